"""The wheel installs into an empty place and serves a page from there."""

import os
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    program = str(uv) if uv.exists() else "uv"
    subprocess.run([program, "build", "--wheel", "--out-dir", str(folder), "-q"], cwd=ROOT, check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_what_serving_needs(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    needed = {"templates/base.html", "qms/static/qms.css", "qms/migrations/versions/0001_begin.py", "forms/base.py",
              "exports/workbook.py", "qms/translations/zh_Hans/LC_MESSAGES/messages.mo",
              "qms/static/vendor/manifest.json", "exports/typst/record.typ", "exports/typst/review.typ",
              "exports/fonts/OFL.txt",
              "exports/fonts/NotoSansCJKsc-Regular.otf", "exports/fonts/NotoSansCJKsc-Bold.otf"}
    assert needed <= set(names)
    assert not [n for n in names if n.startswith("tests/")]


@pytest.mark.slow
def test_the_wheel_serves_a_page_from_an_empty_folder(wheel: Path, tmp_path: Path):
    site = tmp_path / "site"
    uv = Path(sys.executable).with_name("uv")
    program = str(uv) if uv.exists() else "uv"
    subprocess.run([program, "pip", "install", "-q", "--no-deps", "--target", str(site), "--python", sys.executable,
                    str(wheel)], check=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    libraries = next(p for p in sys.path if p.endswith("site-packages"))
    start = (f"import sys; sys.path[:0] = [{str(site)!r}]; sys.path.append({libraries!r}); import qms; "
             f"assert qms.__file__.startswith({str(site)!r}), qms.__file__; from qms.cli import main; main()")
    port = free_port()
    env = {**os.environ, "QMS_INSTANCE": str(empty / "instance"), "QMS_PORT": str(port), "PYTHONPATH": ""}
    command = [sys.executable, "-S", "-c", start]
    subprocess.run([*command, "upgrade"], cwd=empty, env=env, check=True)
    server = subprocess.Popen([*command, "serve"], cwd=empty, env=env, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        assert "<h1" in _page(f"http://127.0.0.1:{port}/accounts/sign-in")
    finally:
        server.terminate()
        assert server.wait(timeout=30) == 0


def _page(address: str) -> str:
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not answer")
