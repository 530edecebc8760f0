"""Where the bytes of photos and pictures lie, under their SHA-256; must not know which record names them.

The same bytes are kept once. Who names them holds the hash, so what was changed on disk is found out when it is read.
"""

import hashlib
import os
import secrets
from pathlib import Path

from qms.rules.errors import NotFound


def place(folder: Path, sha256: str) -> Path:
    """Return where the bytes with this hash lie."""
    return folder / sha256[:2] / sha256


def keep(folder: Path, sha256: str, content: bytes) -> None:
    """Write the bytes to disk for good, before the record that names them is committed."""
    path = place(folder, sha256)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    with unfinished.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def forget(folder: Path, sha256: str) -> None:
    """Take the bytes away for good, once no record names them; nothing when they are gone already."""
    place(folder, sha256).unlink(missing_ok=True)


def kept(folder: Path, sha256: str) -> bytes:
    """Return the bytes with this hash. Raises NotFound also when they were changed on disk."""
    path = place(folder, sha256)
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotFound("The photo store no longer has this photo as it was kept.",
                       "照片库中的这张照片已丢失或被改动。")
    return content
