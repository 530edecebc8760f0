"""Knows which numbers of a table a chart shows, for whatever draws it; must not know how it is drawn."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from qms.rules.review_shown import shown
from qms.rules.review_snapshots import Cell, Chart, Table

COLOURS = ("0B5CAD", "8F3D00", "1A7F37", "7A4D00", "56646F", "B42318", "1559B3", "6B4FA0")
LIMITS = ("0B5CAD", "1A7F37", "B42318", "B42318")
"""Value, centre, lower and upper limit."""


class Line(NamedTuple):
    """One series: its name, how its values are written, and a value or None for each label."""

    name: str
    kind: str
    values: list[float | None]


class Drawn(NamedTuple):
    """The labels along the axis and what stands over each."""

    labels: list[str]
    lines: list[Line]


class Flow(NamedTuple):
    """How much goes from each of `sources` to each of `targets`, in the order in which the table has them."""

    sources: list[str]
    targets: list[str]
    kind: str
    amounts: dict[tuple[str, str], float]


def drawn(table: Table, chart: Chart, language: str) -> Drawn:
    """Return the labels and series of a chart. Raises ValueError for a column that the table lacks."""
    at = table.place(chart.x)
    labels = [label(row.cells[at], language) for row in table.rows]
    lines = []
    for key in chart.series:
        place = table.place(key)
        column = table.columns[place]
        lines.append(Line(column.words.to(language), column.kind, [_number(row.cells[place]) for row in table.rows]))
    return Drawn(labels, lines)


def charts_of(tables: Iterable[Table]) -> Iterator[tuple[Table, Chart]]:
    """Yield every chart that has a number to show, with its table."""
    for table in tables:
        for chart in table.charts:
            shows = [table.place(key) for key in (chart.series[1:2] if chart.kind == "flow" else chart.series)]
            if any(_number(row.cells[place]) is not None for row in table.rows for place in shows):
                yield table, chart


def flow(table: Table, chart: Chart, language: str) -> Flow:
    """Return the amounts of a flow chart, whose series are where it goes to and how much."""
    source, target, amount = (table.place(key) for key in (chart.x, *chart.series[:2]))
    amounts: dict[tuple[str, str], float] = {}
    for row in table.rows:
        pair = label(row.cells[source], language), label(row.cells[target], language)
        amounts[pair] = amounts.get(pair, 0) + (_number(row.cells[amount]) or 0)
    return Flow(_in_order(pair[0] for pair in amounts), _in_order(pair[1] for pair in amounts),
                table.columns[amount].kind, amounts)


def label(cell: Cell, language: str) -> str:
    """Return what stands under the axis: of the first day of a month, the month."""
    if isinstance(cell, date) and cell.day == 1:
        return f"{cell:%Y-%m}"
    return shown(cell, "text", language)


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, int | float | Decimal) else None


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
