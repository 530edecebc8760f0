"""Knows how a finished file reaches a path or a stream whole or not at all; must not know what is in it."""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20


@dataclass
class Unfinished:
    """A file being written; `sha256` (hex) is known once it has been delivered."""

    path: Path
    sha256: str = ""


@contextmanager
def delivered(target: str | os.PathLike[str] | BinaryIO, suffix: str) -> Iterator[Unfinished]:
    """Give a temporary file to write; on success move it to the path, or copy it into the stream.

    A path gets the file in one step from its own folder; after a fault nothing is left behind.
    """
    place = Path(target) if isinstance(target, str | os.PathLike) else None
    folder = place.parent if place else Path(tempfile.gettempdir())
    file = Unfinished(folder / f".unfinished-{secrets.token_hex(8)}{suffix}")
    try:
        yield file
        file.sha256 = _sha256(file.path)
        if place:
            file.path.replace(place)
        elif not isinstance(target, str | os.PathLike):
            with file.path.open("rb") as source:
                shutil.copyfileobj(source, target, _CHUNK)
    finally:
        file.path.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()

