"""Knows how a value of a snapshot is written for a reader, by its kind; must not know which input it belongs to."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal

from qms.rules.review_snapshots import KINDS
from qms.rules.trail import YES_NO
from qms.rules.words import Words
from qms.web.language import say
from qms.web.page import day, number, percent, when

DIGITS = {"decimal": 3, "money": 2, "minutes": 1, "hours": 1, "days": 1, "index": 1, "ppm": 0, "count": 0}
TEXTS = frozenset({"text", "state", "date"})
UNITLESS = frozenset({"text", "state", "date", "percent", "count", "decimal", "money"})


def is_number(kind: str) -> bool:
    """Tell whether values of a kind stand to the right."""
    return kind not in TEXTS


def value_of(value: Any, kind: str) -> str:
    """Return a figure or cell as people read it; a dash for None, which is not 0."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say(YES_NO[value])
    if isinstance(value, Words):
        return say(value)
    if isinstance(value, (int, float, Decimal)):
        return _counted(value, kind)
    return when(value) if isinstance(value, datetime) else day(value) if isinstance(value, date) else str(value)


def unit_of(kind: str) -> str:
    """Return the unit that is written beside a value; empty for a kind that has none or carries it."""
    return "" if kind in UNITLESS else say(KINDS[kind])


def _counted(value: float | Decimal, kind: str) -> str:
    if kind == "percent":
        return percent(float(value))
    digits = DIGITS.get(kind)
    if digits is None or (digits != 2 and value == int(value)):
        return number(int(value) if value == int(value) else value)
    if kind == "decimal":
        shown: str = format_decimal(value, "#,##0.###")
        return shown
    return number(float(value), digits)
