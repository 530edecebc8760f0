"""Knows how an uploaded workbook waits between its preview and its use; must not know what is in it."""

import hashlib
import json
import uuid
from pathlib import Path
from typing import IO, NamedTuple

from qms.rules.errors import NotFound

_CHUNK = 1 << 20
CHAIN, SCORES = "chain", "scores"
"""Kinds of workbook: master data, scorecard readings; each waits apart from the other."""


class Kept(NamedTuple):
    """A workbook that waits: where, for which site, how its owner called it, and its SHA-256 in hex."""

    path: Path
    site_id: int
    file_name: str
    sha256: str


def keep(folder: Path, person_id: int, site_id: int, file_name: str, content: IO[bytes],
         kind: str = CHAIN) -> uuid.UUID:
    """Keep an upload under a random name; what the same person had waiting of this kind goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{kind}-{person_id}-*"):
        old.unlink(missing_ok=True)
    upload_id = uuid.uuid4()
    path = _path(folder, person_id, upload_id, kind)
    digest = hashlib.sha256()
    with path.open("xb") as file:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    own_name = Path(file_name.replace("\\", "/")).name[:200]
    told = {"site_id": site_id, "file_name": own_name, "sha256": digest.hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
    return upload_id


def kept(folder: Path, person_id: int, upload_id: uuid.UUID, kind: str = CHAIN) -> Kept:
    """Return an upload that the person left waiting. Raises NotFound."""
    path = _path(folder, person_id, upload_id, kind)
    if not path.exists() or not path.with_suffix(".json").exists():
        raise NotFound("This upload is no longer there. Upload the workbook again.",
                       "该上传文件已不存在。请重新上传工作簿。")
    return Kept(path, **json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))


def discard(folder: Path, person_id: int, upload_id: uuid.UUID, kind: str = CHAIN) -> None:
    """Let an upload go."""
    path = _path(folder, person_id, upload_id, kind)
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)


def _path(folder: Path, person_id: int, upload_id: uuid.UUID, kind: str) -> Path:
    return folder / f"{kind}-{person_id}-{upload_id}.xlsx"
