"""Knows how the files of a prepared import wait for their run; must not know what is in them."""

import hashlib
from pathlib import Path
from typing import IO, NamedTuple

from qms.rules.errors import NotFound

_CHUNK = 1 << 20
ROWS, NAMES = "rows", "names"
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")


class Upload(NamedTuple):
    """A kept file: where, and its SHA-256 in hex."""

    path: Path
    sha256: str


def keep(folder: Path, import_id: int, part: str, file_name: str, content: IO[bytes]) -> Upload:
    """Keep a file of an import: its rows, or the names of their columns."""
    folder.mkdir(parents=True, exist_ok=True)
    suffix = Path(file_name).suffix.lower()
    path = folder / f"import-{import_id}-{part}{suffix if suffix in WORKBOOK_SUFFIXES else '.txt'}"
    digest = hashlib.sha256()
    with path.open("wb") as file:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return Upload(path, digest.hexdigest())


def kept(folder: Path, import_id: int, part: str = ROWS) -> Path:
    """Return a kept file. Raises NotFound when it is no longer there."""
    found = next(folder.glob(f"import-{import_id}-{part}.*"), None)
    if found is None:
        raise NotFound("The uploaded file is no longer there. Upload it again.", "上传的文件已不存在，请重新上传。")
    return found


def kept_names(folder: Path, import_id: int) -> Path | None:
    """Return the kept file of column names; None when there is none."""
    return next(folder.glob(f"import-{import_id}-{NAMES}.*"), None)


def discard(folder: Path, import_id: int) -> None:
    """Let the files of an import go."""
    for path in folder.glob(f"import-{import_id}-*"):
        path.unlink(missing_ok=True)
