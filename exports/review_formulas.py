"""Knows the live formulas of a review's workbook: a figure over its data sheet, its Wilson interval, its change; must
not know how sheets are laid out.

Source: Wilson 1927; domain.md N. Every formula leaves a dash where nothing was counted.
"""

from typing import NamedTuple

from qms.rules.review_shown import NOTHING
from qms.rules.review_snapshots import Figure, Formula

Z = "NORMSINV(0.975)"


class Area(NamedTuple):
    """Where the rows of a table are: name of the sheet, first and last row, and the letter of each column by key."""

    sheet: str
    first: int
    last: int
    letters: dict[str, str]

    def range_of(self, key: str) -> str:
        """Return the cells of a column, for a formula. Raises KeyError."""
        letter = self.letters[key]
        return f"'{self.sheet.replace(chr(39), chr(39) * 2)}'!${letter}${self.first}:${letter}${self.last}"


class Live(NamedTuple):
    """The formulas of a figure; None: the frozen value stands."""

    now: str | None = None
    n: str | None = None
    low: str | None = None
    high: str | None = None


def live(figure: Figure, areas: dict[str, Area], row: int) -> Live:
    """Return what a figure's cells hold: value in B, n in C, interval in D and E of a row. Raises KeyError."""
    formula = figure.formula
    if formula is None or figure.now.value is None:
        return Live()
    area = areas[formula.table]
    value = _value(formula, area)
    if formula.kind not in {"share", "per_million"} or formula.out_of is None:
        return Live(value)
    n = f"=SUM({area.range_of(formula.out_of)})"
    if formula.kind == "per_million" or figure.now.low is None:
        return Live(value, n)
    return Live(value, n, _wilson(row, "-"), _wilson(row, "+"))


def change(row: int, kind: str) -> str:
    """Return the formula of the change from F to B of a row; of a share in percentage points."""
    apart = f"(B{row}-F{row})*100" if kind == "percent" else f"B{row}-F{row}"
    return f'=IF(AND(ISNUMBER(B{row}),ISNUMBER(F{row})),{apart},"{NOTHING}")'


def _value(formula: Formula, area: Area) -> str:
    of = area.range_of(formula.of)
    if formula.out_of is None:
        return f"={'COUNTA' if formula.kind == 'count' else 'SUM'}({of})"
    out_of = area.range_of(formula.out_of)
    times = "*1000000" if formula.kind == "per_million" else ""
    return f'=IF(SUM({out_of})=0,"{NOTHING}",SUM({of})/SUM({out_of}){times})'


def _wilson(row: int, side: str) -> str:
    p, n = f"B{row}", f"C{row}"
    root = f"{Z}*SQRT({p}*(1-{p})/{n}+{Z}^2/(4*{n}^2))"
    end = f"({p}+{Z}^2/(2*{n}){side}{root})/(1+{Z}^2/{n})"
    kept = f"MAX(0,{end})" if side == "-" else f"MIN(1,{end})"
    return f'=IF(ISNUMBER({p}),{kept},"{NOTHING}")'
