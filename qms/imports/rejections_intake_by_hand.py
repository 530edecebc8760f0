"""Reads what a tablet shows or writes as its last resort (protocol A11): a file, or QR codes. Knows no stored record.

A code is `QMS1.<id>.<SHA-256 of the body>.<k>.<n>.<part k of n>.`, all in capitals and figures, so that no keyboard
layout and no Caps Lock of a scanner spoils it. The parts joined are the body, deflated (RFC 1951), in Base32 (RFC
4648).
"""

import base64
import binascii
import hashlib
import json
import re
import unicodedata
import zlib
from collections import defaultdict
from typing import Any, NamedTuple

from qms.rules.devices import ranges as joined
from qms.rules.devices import told
from qms.rules.rejections_intake import LARGEST_BODY
from qms.rules.rejections_intake_by_hand import MOST, Carried
from qms.rules.words import Words

_CODE = re.compile(r"QMS1\.([0-9A-F]{32})\.([0-9A-F]{64})\.(\d{1,4})\.(\d{1,4})\.([A-Z2-7]+)\.")
_TOO_MANY = Words(f"At most {MOST} records go at a time. Take the rest in afterwards.",
                  f"一次最多 {MOST} 条记录, 其余请随后再录入。")
_NO_FILE = Words("This is not the file that a tablet writes.", "这不是平板导出的文件。")


class Read(NamedTuple):
    """The records that were whole, and a sentence for each thing that was not."""

    records: list[Carried]
    wrong: list[Words]


def read_codes(text: str) -> Read:
    """Return the records whose codes are all there, in any order and however often, and what is missing or unreadable.

    Codes may stand one on a line or run on without a break, as a keyboard-wedge scanner types them.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).upper())
    parts: dict[tuple[str, str, int], dict[int, str]] = defaultdict(dict)
    for found in _CODE.finditer(plain):
        client_id, digest, k, n, part = found.groups()
        parts[client_id, digest, int(n)][int(k)] = part
    read = Read([], [])
    rest = _CODE.sub("", plain)
    if rest:
        read.wrong.append(Words(f"This is no code of a tablet: {rest[:40]}", f"这不是平板的二维码内容: {rest[:40]}"))
    for (client_id, digest, n), given in parts.items():
        _add_record(read, client_id.lower()[:8], digest.lower(), n, given)
    return _few(read)


def read_file(content: bytes) -> Read:
    """Return the records of the file that a tablet writes, and what in it is none."""
    try:
        listed: Any = json.loads(content)["records"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Read([], [_NO_FILE])
    read = Read([], [])
    for place, one in enumerate(listed if isinstance(listed, list) else [], start=1):
        body = one.get("body") if isinstance(one, dict) else None
        if not isinstance(body, str) or not _fits(body, one.get("sha256")):
            read.wrong.append(Words(f"Record {place} of the file is damaged.", f"文件中第 {place} 条记录已损坏。"))
            continue
        read.records.append(Carried(body, Words(f"File, record {place}", f"文件第 {place} 条")))
    if not read.records and not read.wrong:
        read.wrong.append(_NO_FILE)
    return _few(read)


def _add_record(read: Read, short: str, digest: str, n: int, given: dict[int, str]) -> None:
    missing = sorted(set(range(1, n + 1)) - set(given))
    if missing:
        numbers = told(joined(missing))
        read.wrong.append(Words(f"Record {short}…: of {n} codes these are missing: {numbers}. Scan them too.",
                                f"记录 {short}…: 共 {n} 个码, 缺 {numbers}, 请补扫。"))
        return
    body = _body("".join(given[k] for k in range(1, n + 1)))
    if body is None or not _fits(body, digest):
        read.wrong.append(Words(f"Record {short}…: its codes do not fit together. Scan them again.",
                                f"记录 {short}…: 各码不相符, 请重新扫描。"))
        return
    read.records.append(Carried(body, Words(f"Codes of {short}…", f"二维码 {short}…")))


def _body(text: str) -> str | None:
    """Return what Base32 and deflate hold, at most what a record may have; None where they hold nothing."""
    try:
        packed = base64.b32decode(text + "=" * (-len(text) % 8))
        unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, LARGEST_BODY + 1)
        return unpacked.decode() if len(unpacked) <= LARGEST_BODY else None
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return None


def _fits(body: str, digest: Any) -> bool:
    try:
        return hashlib.sha256(body.encode()).hexdigest() == str(digest).lower()
    except UnicodeEncodeError:
        return False


def _few(read: Read) -> Read:
    if len(read.records) <= MOST:
        return read
    return Read(read.records[:MOST], [*read.wrong, _TOO_MANY])
