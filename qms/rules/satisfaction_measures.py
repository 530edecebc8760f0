"""Knows what an imported measure of a unit is, and how its value may be written; must not know any file or table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "internal": Words("Internal measure", "内部指标"),
    "external": Words("External measure", "外部指标"),
}
MISSING = frozenset({"", "-", "–", "?", "n/a", "na", "nan", "null", "none", "not available", "not applicable",
                     "no data", "suppressed", "*", "不适用", "无", "缺失"})
"""How files say that there is no value. It is left out and counted, never taken for 0."""
_VALUE = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?\s?%?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Measured:
    """One value of one unit, and the line of the file that it stands in."""

    line: int
    unit_code: str
    unit_name: str
    measure: str
    kind: str
    period: str
    value: Decimal
    is_percent: bool


@dataclass(frozen=True, slots=True)
class Long:
    """A table with one value per line: the columns of unit, measure and value; other files name units and measures."""

    unit: str
    measure: str
    value: str
    kind: str
    period: str
    names: Mapping[str, str]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wide:
    """A table with one unit per line: the columns of its id, name and period, and of each measure with its kind."""

    unit: str
    name: str | None
    period: str
    kinds: Mapping[str, str]


def value_of(cell: str) -> tuple[Decimal, bool] | None:
    """Return a value and whether it is written in percent; None for no number."""
    text = cell.strip()
    if not _VALUE.fullmatch(text):
        return None
    return Decimal(text.rstrip("% ")), text.endswith("%")


def is_missing(cell: str) -> bool:
    """Tell whether a cell says that there is no value."""
    return cell.strip().lower() in MISSING
