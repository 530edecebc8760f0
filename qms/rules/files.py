"""Knows what a file from outside has to be before it may be kept; must not know where it lies.

A PDF is never opened here, only recognised: it begins as one, and after its end there is nothing. Whoever reads it gets
it as a download.
"""

import hashlib
import re
from typing import NamedTuple

from qms.rules.errors import Invalid

MOST_FILES = 20
"""Files that one record holds."""
MOST_BYTES = 10 << 20
CONTENT_TYPE = "application/pdf"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_TYPES = (CONTENT_TYPE, WORKBOOK)
"""What an attachment can be beside a photo."""

_BEGIN = re.compile(rb"%PDF-[12]\.[0-9][\r\n]")
_END = re.compile(rb"%%EOF\s*\Z")
_ZIP = b"PK\x03\x04"
_TAIL_BYTES = 1024


class File(NamedTuple):
    """The bytes of a file and their hash."""

    content: bytes
    sha256: str


def pdf(data: bytes) -> File:
    """Return a PDF as it came. Raises Invalid (field `file`) for more than 10 MiB, and for what is or holds another.

    What begins before the PDF or goes on after it could be read as something else.
    """
    if len(data) > MOST_BYTES:
        raise Invalid("The file has more than 10 MiB.", "文件超过 10 MiB。", field="file")
    if not _BEGIN.match(data) or not _END.search(data[-_TAIL_BYTES:]):
        raise Invalid("This is not a whole PDF, or something else is hidden in it.",
                      "这不是完整的 PDF, 或其中夹带其他内容。", field="file")
    return File(data, hashlib.sha256(data).hexdigest())


def workbook(data: bytes) -> File:
    """Return a workbook (.xlsx) as it came; whoever calls has read its sheets. Raises Invalid (field `file`)."""
    if len(data) > MOST_BYTES:
        raise Invalid("The file has more than 10 MiB.", "文件超过 10 MiB。", field="file")
    if not data.startswith(_ZIP):
        raise Invalid("This is not an Excel workbook (.xlsx).", "这不是 Excel 工作簿 (.xlsx)。", field="file")
    return File(data, hashlib.sha256(data).hexdigest())


def pdf_name(name: str) -> str:
    """Return the last part of a file name without control or direction signs, at most 200 characters, with .pdf."""
    return _name(name, ".pdf")


def workbook_name(name: str) -> str:
    """Return the last part of a file name without control or direction signs, at most 200 characters, with .xlsx."""
    return _name(name, ".xlsx")


def _name(name: str, suffix: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '"<>:|?*').strip()
    stem = kept[:-len(suffix)] if kept.lower().endswith(suffix) else kept
    return f"{stem[:200 - len(suffix)].strip(' .') or 'file'}{suffix}"
