"""Layers and feature words hold."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FEATURES = {"chain", "acceptance", "rejections", "stops", "dispositions", "actions", "service", "customers",
            "satisfaction", "review", "trail", "accounts", "controls"}
ACROSS = {"today", "boards", "station", "measures", "imports", "exports", "attachments", "jobs", "health"}
FOLDERS = ("qms/views", "qms/api", "forms", "qms/workflows", "qms/models", "qms/jobs")
NOT_A_FEATURE = {"base", "worker", "verify", "backup", "numbers", "openapi"}


def test_imports_point_down():
    command = [str(Path(sys.executable).with_name("lint-imports"))]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:]


def test_every_file_of_a_layer_begins_with_a_feature_word():
    strange = [
        str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).glob("*.py")
        if path.stem != "__init__" and path.stem.split("_")[0] not in FEATURES | ACROSS | NOT_A_FEATURE
    ]
    assert not strange


def test_template_folders_are_named_by_feature():
    known = FEATURES | ACROSS | {"errors"}
    assert not [p.name for p in (ROOT / "templates").iterdir() if p.is_dir() and p.name not in known]


def test_no_file_gathers_everything():
    sources = [p for folder in ("qms", "forms", "exports") for p in (ROOT / folder).rglob("*.py")
               if "migrations" not in p.parts]
    lines = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in sources}
    long = {name: n for name, n in lines.items() if n > 400}
    assert not long


def test_every_module_says_what_it_knows():
    sources = [p for folder in ("qms", "forms", "exports") for p in (ROOT / folder).rglob("*.py")]
    silent = [str(p.relative_to(ROOT)) for p in sources
              if p.name != "__init__.py" and not p.read_text(encoding="utf-8").startswith('"""')]
    assert not silent
