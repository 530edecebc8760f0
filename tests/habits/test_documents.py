"""What the documents say is so: commands, settings, links."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from qms.cli import main
from qms.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_every_link_leads_somewhere(document: Path):
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert not [link for link in links if not link.startswith("http") and not (document.parent / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_every_command_named_is_there(document: Path):
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"^\s*(?:\S+[\\/])?qms ([a-z-]+)", text, re.MULTILINE) + re.findall(r"`qms ([a-z-]+)", text)
    assert set(named) <= set(main.commands)


def test_every_command_helps():
    for name, command in main.commands.items():
        shown = CliRunner().invoke(main, [name, "--help"])
        assert shown.exit_code == 0, name
        assert command.get_short_help_str(), name


def test_every_setting_is_in_the_admin_guide_with_its_default():
    guide = (ROOT / "docs/admin-guide.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default) or "empty"
        rows = [line for line in guide.splitlines() if line.startswith(f"| `QMS_{name.upper()}` |")]
        row = rows[0] if rows else ""
        assert default in row, name
        said = str(field.description).replace("`", "")[:20].lower()
        assert said in row.replace("`", "").lower(), name


def test_the_two_commands_of_the_readme_are_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test", "lint"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_readme_names_every_layer():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    folders = {p.name for p in (ROOT / "qms").iterdir() if p.is_dir() and p.name not in {"__pycache__", "static"}}
    assert not [f for f in folders - {"migrations", "translations"} if f"qms/{f}" not in readme]


def test_every_test_that_the_security_checklist_names_is_there():
    named = re.findall(r"`(tests/[a-z_/]+\.py)(?:::(\w+))?`", (ROOT / "docs/asvs.md").read_text(encoding="utf-8"))
    assert len(named) > 40
    assert not [(file, test) for file, test in named
                if not (ROOT / file).exists() or f"def {test}" not in (ROOT / file).read_text(encoding="utf-8")]
