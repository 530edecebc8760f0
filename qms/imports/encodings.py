"""Knows which encodings a plant's files come in and how to tell them apart; must not know rows or columns."""

import codecs
import re
from itertools import islice

from qms.rules.errors import BadFile, Problem

ENCODINGS = ("utf-8", "utf-16", "gb18030", "cp1252")
COMMON_HANZI_SHARE = 0.6
SAMPLE_CHARACTERS = 10_000

_LINE_END = re.compile(rb"\r{0,2}\n|\r")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def decode(raw: bytes, encoding: str = "auto") -> str:
    """Return the text of a file, without byte order mark.

    `encoding` is a name in ENCODINGS, or "auto": UTF-16 by its mark, UTF-8, then GB18030 when that
    reads like Chinese. Raises BadFile naming the line of the first byte that cannot be read, and for NUL.
    """
    text = _recognised(raw) if encoding == "auto" else _declared(raw, encoding)
    if "\0" in text:
        before = text[: text.index("\0")].encode("utf-8", "replace")
        raise _unreadable(
            line_at(before, len(before)),
            "has a NUL character: the file is damaged or is no text",
            "含有空字符：文件已损坏或不是文本文件",
        )
    return text.removeprefix("\ufeff")


def line_at(raw: bytes, position: int) -> int:
    """Return the number, from 1, of the line that holds the byte at this position."""
    return 1 + sum(1 for _ in _LINE_END.finditer(raw, 0, position))


def _recognised(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _declared(raw, "utf-16")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as failed:
        text = _chinese(raw)
        if text is not None:
            return text
        raise _unreadable(
            line_at(raw, failed.start),
            f"is neither UTF-8 nor GB18030 at byte 0x{raw[failed.start]:02X}: save the file as UTF-8",
            f"的字节 0x{raw[failed.start]:02X} 既不是 UTF-8 也不是 GB18030: 请另存为 UTF-8",
        ) from failed


def _declared(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as failed:
        line = None if encoding == "utf-16" else line_at(raw, failed.start)
        raise _unreadable(line, f"is not {encoding.upper()}", f"不是 {encoding.upper()} 编码") from failed


def _chinese(raw: bytes) -> str | None:
    """Return the text if it is GB18030 and mostly common hanzi; Western text decodes to rare ones."""
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    sample = [found.group() for found in islice(_NOT_ASCII.finditer(text), SAMPLE_CHARACTERS)]
    common = sum(map(_is_common, sample))
    return text if common >= COMMON_HANZI_SHARE * len(sample) else None


def _is_common(character: str) -> bool:
    """Say whether GB 2312 holds the character in its first level or among its full-width signs."""
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7


def _unreadable(line: int | None, en: str, zh: str) -> BadFile:
    where, position = (f"Line {line}", f"第 {line} 行") if line else ("The file", "文件")
    words = f"{where} {en}.", f"{position}{zh}。"
    return BadFile(*words, [Problem(*words, line=line, kind="encoding")])
