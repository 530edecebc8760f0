"""Knows which files of other projects the browser gets, and fetches them; must not run on a user's machine.

A maintainer runs `python tools/vendor.py` with npm at hand after changing a pin below or a name in
`icons.txt`. What it writes is committed, so that nobody who installs needs npm or a network.
"""

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "qms" / "static" / "vendor"
TESTS_ONLY = ROOT / "tests" / "browser" / "vendor"
MANIFEST = "manifest.json"
SPRITE = "icons.svg"


@dataclass(frozen=True)
class Package:
    """One exact pin, the folder it goes to, and the files taken: path in the package -> name here."""

    name: str
    version: str
    licence: str
    folder: str
    files: dict[str, str]
    target: Path = SHIPPED


PACKAGES = (
    Package("bootstrap", "5.3.9", "MIT", "bootstrap",
            {"dist/css/bootstrap.min.css": "bootstrap.min.css", "LICENSE": "LICENSE"}),
    Package("htmx.org", "4.0.1", "0BSD", "htmx",
            {"dist/htmx.esm.min.js": "htmx.esm.min.js", "LICENSE": "LICENSE"}),
    Package("echarts", "6.1.0", "Apache-2.0", "echarts",
            {"dist/echarts.esm.min.js": "echarts.esm.min.js", "LICENSE": "LICENSE", "NOTICE": "NOTICE",
             "licenses/LICENSE-d3": "LICENSE-d3"}),
    Package("idb", "8.0.4", "ISC", "idb", {"build/index.js": "idb.js", "LICENSE": "LICENSE"}),
    Package("zxing-wasm", "3.1.3", "MIT", "zxing",
            {"dist/es/reader/index.js": "reader/index.js", "dist/es/share.js": "share.js",
             "dist/reader/zxing_reader.wasm": "reader/zxing_reader.wasm", "LICENSE": "LICENSE"}),
    Package("qr", "0.7.0", "MIT OR Apache-2.0", "qr", {"index.js": "qr.js", "LICENSE-MIT": "LICENSE"}),
    Package("@tabler/icons", "3.51.0", "MIT", "tabler", {"LICENSE": "LICENSE"}),
    Package("axe-core", "4.14.1", "MPL-2.0", "axe",
            {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE",
             "LICENSE-3RD-PARTY.txt": "LICENSE-3RD-PARTY.txt"}, target=TESTS_ONLY),
)

ICONS = (ROOT / "tools" / "icons.txt").read_text(encoding="utf-8").split()


def main() -> None:
    """Fetch every pin, copy what is named, and write both manifests anew."""
    for target in (SHIPPED, TESTS_ONLY):
        known = read_manifest(target)
        packages = [package for package in PACKAGES if package.target == target]
        write_manifest(target, [fetch(package, known) for package in packages])


def read_manifest(target: Path) -> dict[str, dict[str, str]]:
    """Return the integrity recorded per package and version, empty on the first run."""
    path = target / MANIFEST
    if not path.exists():
        return {}
    entries = json.loads(path.read_text(encoding="utf-8"))["packages"]
    return {f"{entry['name']}@{entry['version']}": entry for entry in entries}


def fetch(package: Package, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """Download one package, check it, copy its files; return its manifest entry.

    Raises: SystemExit when the bytes are not those the registry promises, or not those taken before.
    """
    spec = f"{package.name}@{package.version}"
    promised = npm("view", spec, "dist.integrity")
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / npm("pack", spec, "--silent", "--pack-destination", folder).splitlines()[-1]
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != promised or known.get(spec, {}).get("integrity", found) != found:
            raise SystemExit(f"{spec}: {found} is not what was promised ({promised}) or taken before")
        with tarfile.open(archive) as packed:
            copy_files(package, packed)
    print(f"{spec}  {found[:24]}...")
    return {"name": package.name, "version": package.version, "licence": package.licence, "integrity": found}


def npm(*words: str) -> str:
    """Run npm without its lifecycle scripts and return what it printed."""
    command = ["npm", *words, "--ignore-scripts"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def copy_files(package: Package, packed: tarfile.TarFile) -> None:
    """Write the named files, and the icon sprite where the package is the icon set."""
    folder = package.target / package.folder
    folder.mkdir(parents=True, exist_ok=True)
    for source, name in package.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(read(packed, source))
    if package.folder == "tabler":
        symbols = [symbol(name, read(packed, f"icons/outline/{name}.svg").decode()) for name in sorted(ICONS)]
        sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
        (folder / SPRITE).write_text(sprite, encoding="utf-8")


def read(packed: tarfile.TarFile, path: str) -> bytes:
    """Return one file of the package; SystemExit when it is not there."""
    member = packed.extractfile(f"package/{path}")
    if member is None:
        raise SystemExit(f"no file {path}")
    return member.read()


def symbol(name: str, svg: str) -> str:
    """Return one icon as a sprite symbol that draws in the colour of the text beside it."""
    drawn = re.findall(r"<(?:path|circle|rect|line)[^>]*/>", svg)
    shapes = [shape for shape in drawn if 'stroke="none"' not in shape]
    return (f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
            f'stroke-linecap="round" stroke-linejoin="round">{"".join(shapes)}</symbol>')


def write_manifest(target: Path, entries: list[dict[str, str]]) -> None:
    """List the packages and the SHA-256 of every file kept beside the manifest."""
    files = {path.relative_to(target).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
             for path in sorted(target.rglob("*")) if path.is_file() and path.name != MANIFEST}
    text = json.dumps({"packages": entries, "files": files}, indent=2) + "\n"
    (target / MANIFEST).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
