"""How a file that was just written goes to whoever asked for it. Knows no record."""

from pathlib import PurePath
from typing import Protocol
from urllib.parse import quote

from flask import Response

TYPES = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".csv": "text/csv",
         ".pdf": "application/pdf", ".zip": "application/zip",
         ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation"}


class File(Protocol):
    """A name and the bytes that go under it."""

    @property
    def name(self) -> str: ...

    @property
    def content(self) -> bytes: ...


def sent(file: File) -> Response:
    """Answer with a file as a download. A name may hold any character."""
    response = Response(file.content, content_type=TYPES[PurePath(file.name).suffix])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response
