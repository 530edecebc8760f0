"""Knows what a cell may hold and why it is refused; must not know what the column stands for."""

import re
from decimal import Decimal

from qms.rules.errors import Problem

MAX_TEXT = 200
MAX_WHOLE_DIGITS = 9
MAX_DECIMAL_DIGITS = 18
MAX_EXPONENT = 30

# Control characters, direction overrides, zero-width marks and the sign of a character lost in conversion.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufffd-\uffff]")
_WHOLE = re.compile(r"\d+(?:\.0*)?", re.ASCII)
_FRACTION = re.compile(r"\d*\.\d+", re.ASCII)
_NEGATIVE = re.compile(r"-\d+(?:\.\d*)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,3}))?", re.ASCII)


def plain_text(cell: str, line: int, column: str, limit: int = MAX_TEXT) -> str:
    """Return the cell when it is text that a person could have meant. Raises Problem."""
    if len(cell) > limit:
        raise Problem(
            f"The cell has {len(cell):,} characters, at most {limit} are taken.",
            f"单元格有 {len(cell):,} 个字符，最多 {limit} 个。",
            line=line,
            column=column,
            kind="too_long",
        )
    found = _INVISIBLE.search(cell)
    if found:
        code = f"U+{ord(found.group()):04X}"
        raise Problem(
            f"The cell holds the invisible or damaged character {code}.",
            f"单元格含有不可见或损坏的字符 {code}。",
            line=line,
            column=column,
            kind="control_character",
        )
    if cell.startswith("="):
        raise Problem(
            f"{shown(cell)} is a formula, not a value.",
            f"{shown(cell)} 是公式，不是值。",
            line=line,
            column=column,
            kind="formula",
        )
    return cell


def required_text(cell: str, line: int, column: str, limit: int = MAX_TEXT) -> str:
    """Return the cell as plain_text does, refusing an empty one. Raises Problem."""
    if not cell:
        raise Problem("The cell is empty.", "单元格为空。", line=line, column=column, kind="empty")
    return plain_text(cell, line, column, limit)


def whole(cell: str, line: int, column: str) -> int:
    """Return a number of pieces, 0 or more; "3.0" is 3. Raises Problem for anything else."""
    text = required_text(cell, line, column)
    if _WHOLE.fullmatch(text):
        digits = text.split(".")[0].lstrip("0")
        if len(digits) <= MAX_WHOLE_DIGITS:
            return int(digits or "0")
        en, zh = f"{shown(cell)} is more than a lot can hold.", f"{shown(cell)} 超出批次可能的数量。"
    elif _NEGATIVE.fullmatch(text):
        en, zh = f"{shown(cell)} is negative.", f"{shown(cell)} 是负数。"
    elif _FRACTION.fullmatch(text):
        en, zh = f"{shown(cell)} is no whole number of pieces.", f"{shown(cell)} 不是整数件数。"
    else:
        en, zh = f"{shown(cell)} is no number.", f"{shown(cell)} 不是数字。"
    raise Problem(en, zh, line=line, column=column, kind="quantity")


def measured(cell: str, line: int, column: str, point: str = ".") -> Decimal:
    """Return a measured value exactly as written; `point` is the decimal mark. Raises Problem."""
    text = required_text(cell, line, column)
    found = _DECIMAL.fullmatch(text if point == "." else text.replace(".", "x").replace(point, "."))
    if not found:
        en, zh = f"{shown(cell)} is no number.", f"{shown(cell)} 不是数字。"
    elif sum(map(str.isdigit, re.split("[eE]", text)[0])) > MAX_DECIMAL_DIGITS:
        en, zh = (
            f"{shown(cell)} has more than {MAX_DECIMAL_DIGITS} digits.",
            f"{shown(cell)} 超过 {MAX_DECIMAL_DIGITS} 位数字。",
        )
    elif abs(int(found.group(1) or 0)) > MAX_EXPONENT:
        en, zh = f"{shown(cell)} is out of all proportion.", f"{shown(cell)} 超出合理范围。"
    else:
        return Decimal(found.group())
    raise Problem(en, zh, line=line, column=column, kind="number")


def shown(cell: str, limit: int = 40) -> str:
    """Return a cell fit to stand in a sentence: quoted, cut to `limit`, with nothing invisible in it."""
    short = cell if len(cell) <= limit else cell[:limit] + "…"
    return f"“{_INVISIBLE.sub('·', short)}”"
