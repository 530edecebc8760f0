"""Knows how the values of a snapshot are written, so that page, workbook, document and slides show the same digits;
must not know any page or file.

Halves are rounded away from zero, as a spreadsheet shows them.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from qms.rules.review_snapshots import KINDS, Cell, Column, Estimate
from qms.rules.words import Words

NOTHING = "–"
"""Stands where nothing was counted, which is not 0."""
DIGITS: dict[str, int] = {"count": 0, "ppm": 0, "percent": 1, "minutes": 1, "hours": 1, "days": 1, "index": 1,
                          "decimal": 2, "money": 2}
"""Digits after the point; of `percent` in per cent. A whole number of a kind that measures has none."""
POINTS = Words("pp", "个百分点")
"""Percentage points, in which the change of a share is told."""
_YES, _NO = Words("Yes", "是"), Words("No", "否")
_BARE = ("text", "state", "date", "count", "decimal", "percent")
_MEASURED = ("minutes", "hours", "days", "index")


def digits_of(value: Cell, kind: str) -> int:
    """Return how many digits after the point a number of a kind is written with."""
    if isinstance(value, int) and kind in {*_MEASURED, "decimal"}:
        return 0
    return DIGITS.get(kind, 2)


def shown(value: Cell, kind: str, language: str) -> str:
    """Return a value as it is written; `percent` carries its sign, every other unit stands in the heading."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return (_YES if value else _NO).to(language)
    if isinstance(value, int | float | Decimal):
        return _number(value, kind)
    return _text(value, language)


def unit_of(column: Column) -> Words | None:
    """Return what stands beside the name of a column as its unit; None: nothing."""
    return column.unit or unit_of_kind(column.kind)


def unit_of_kind(kind: str) -> Words | None:
    """Return what the numbers of a kind are counted in; None where the number says it or needs none."""
    return None if kind in {*_BARE, "money", "index"} else KINDS[kind]


def between(estimate: Estimate, kind: str, language: str) -> str:
    """Return the interval of an estimate; empty where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    parts = shown(estimate.low, kind, language), shown(estimate.high, kind, language)
    return Words(f"{parts[0]} to {parts[1]}", f"{parts[0]} 至 {parts[1]}").to(language)


def changed(now: Estimate, before: Estimate | None, kind: str, language: str) -> str:
    """Return the signed change of a value (of a share: in percentage points); a dash where one is unknown."""
    if before is None or now.value is None or before.value is None:
        return NOTHING
    apart = _exact(now.value) - _exact(before.value)
    whole = isinstance(now.value, int) and isinstance(before.value, int)
    text = shown(int(apart) if whole else apart, kind, language).removesuffix("%")
    signed = f"+{text}" if apart > 0 and set(text) & set("123456789") else text
    return f"{signed} {POINTS.to(language)}" if kind == "percent" else signed


def _number(value: float | Decimal, kind: str) -> str:
    exact = _exact(value)
    if not exact.is_finite():
        return NOTHING
    scaled, digits = (exact * 100 if kind == "percent" else exact), digits_of(value, kind)
    rounded = scaled.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0
    return f"{rounded:,f}" + ("%" if kind == "percent" else "")


def _exact(value: float | Decimal) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def _text(value: str | date | datetime | Words, language: str) -> str:
    if isinstance(value, Words):
        return value.to(language)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")[:16]
    return str(value)
