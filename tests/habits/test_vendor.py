"""Knows that what the browser gets from other projects is what a maintainer fetched, and nothing else."""

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "qms" / "static" / "vendor", ROOT / "tests" / "browser" / "vendor"]
SPRITE = ROOT / "qms" / "static" / "vendor" / "tabler" / "icons.svg"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_vendored_file_is_the_one_in_the_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
             for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"}
    assert found == manifest["files"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_vendored_project_brings_its_licence(folder: Path) -> None:
    places = [place for place in folder.iterdir() if place.is_dir()]
    assert [place.name for place in places if not (place / "LICENSE").exists()] == []


def test_every_pin_is_exact_and_has_its_integrity() -> None:
    for folder in FOLDERS:
        for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["packages"]:
            assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
            assert entry["integrity"].startswith("sha512-")


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    kept = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))
    named = {(path.name, name) for path in (ROOT / "templates").rglob("*.html")
             for name in re.findall(r"""\bicon\(["']([a-z0-9-]+)["']""", path.read_text(encoding="utf-8"))}
    assert {pair for pair in named if pair[1] not in kept} == set()


def test_no_template_carries_a_script_a_style_or_an_address_of_another_host() -> None:
    inline = re.compile(r"<script(?![^>]*(?:\bsrc=|application/json))|<style\b|\sstyle=|\son[a-z]+=|\bhx-on\b"
                        r"|(?:src|href)=[\"'](?:https?:)?//")
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")}
    assert [(path.name, hit.group(0)) for path, text in texts.items() for hit in inline.finditer(text)] == []
