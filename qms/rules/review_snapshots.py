"""Knows what an input of a management review is filled with: figures, tables and sentences, each with how it was
counted; must not know any record, page or file.

A snapshot goes into JSON and comes back equal, so that its hash tells whether anything in it has moved.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "text": Words("text", "文字"),
    "state": Words("state", "状态"),
    "date": Words("day", "日期"),
    "count": Words("count", "数量"),
    "decimal": Words("number", "数值"),
    "percent": Words("%", "%"),
    "ppm": Words("PPM", "PPM"),
    "money": Words("amount", "金额"),
    "minutes": Words("min", "分钟"),
    "hours": Words("h", "小时"),
    "days": Words("days", "天"),
    "index": Words("0 to 100", "0 至 100"),
}
"""How a value is written. `percent` values are shares from 0 to 1."""
CHARTS = ("line", "bar", "stacked", "pareto", "limits", "flow")
FORMULAS = ("share", "per_million", "ratio", "sum", "count")

Cell = int | float | Decimal | str | bool | date | datetime | Words | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with how many things it was counted from and its interval; None where there is none."""

    value: float | int | Decimal | None
    n: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """How a figure follows from a table of the same snapshot: `of` over `out_of`, or the sum or count of `of`.

    `per_million` is a share times 1,000,000. `out_of` None: a sum or count.
    """

    kind: str
    table: str
    of: str
    out_of: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that a reader may quote: now and in the comparison period, what was counted, where the records are.

    `kind` is one of KINDS. `path` leads to the records in this system; None: no page lists them. `formula` None: it
    does not follow from one table.
    """

    key: str
    words: Words
    kind: str
    now: Estimate
    query: Words
    before: Estimate | None = None
    path: str | None = None
    formula: Formula | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `unit` stands in its heading."""

    key: str
    words: Words
    kind: str = "text"
    unit: Words | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The cells in the order of the columns, and where the row's records are."""

    cells: tuple[Cell, ...]
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """How a table is drawn: the column along the axis and the columns drawn over it.

    `limits`: value, centre, lower, upper limit. `pareto`: number, cumulated share. `flow`: `x` is where it comes from,
    the series are where it goes to and how much.
    """

    kind: str
    words: Words
    x: str
    series: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that were counted, with the sentence that tells how."""

    key: str
    words: Words
    query: Words
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    charts: tuple[Chart, ...] = ()

    def place(self, key: str) -> int:
        """Return the position of a column. Raises ValueError."""
        return [column.key for column in self.columns].index(key)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one input was filled with. `said` are sentences made from the numbers, `warned` what to mind."""

    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    said: tuple[Words, ...] = ()
    warned: tuple[Words, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all was counted: the input is then missing, not zero."""
        return not any(figure.now.n or figure.now.value for figure in self.figures) and not any(
            table.rows for table in self.tables)


def written(snapshot: Snapshot) -> str:
    """Return a snapshot as canonical JSON."""
    return json.dumps(_plain(snapshot), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """Return the hash that is kept beside the JSON: SHA-256, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> Snapshot:
    """Return the snapshot of canonical JSON."""
    given = json.loads(text)
    return Snapshot(tuple(map(_figure, given["figures"])), tuple(map(_table, given["tables"])),
                    tuple(map(_words, given["said"])), tuple(map(_words, given["warned"])))


def moved(frozen: Snapshot, live: Snapshot) -> list[tuple[Figure, Estimate]]:
    """Return each frozen figure whose value or n is another by now, with what it is now; one that is gone has None."""
    current = {figure.key: figure.now for figure in live.figures}
    pairs = [(figure, current.get(figure.key, Estimate(None))) for figure in frozen.figures]
    return [(figure, now) for figure, now in pairs if (figure.now.value, figure.now.n) != (now.value, now.n)]


def _plain(value: Any) -> Any:
    if isinstance(value, Words):
        return {"en": value.en, "zh": value.zh}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def _cell(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "decimal" in value:
        return Decimal(value["decimal"])
    if "time" in value:
        return datetime.fromisoformat(value["time"])
    return date.fromisoformat(value["date"]) if "date" in value else _words(value)


def _words(value: dict[str, str]) -> Words:
    return Words(value["en"], value["zh"])


def _estimate(value: dict[str, Any]) -> Estimate:
    return Estimate(_cell(value["value"]), value["n"], value["low"], value["high"])


def _figure(value: dict[str, Any]) -> Figure:
    return Figure(value["key"], _words(value["words"]), value["kind"], _estimate(value["now"]), _words(value["query"]),
                  _estimate(value["before"]) if value["before"] else None, value["path"],
                  Formula(**value["formula"]) if value["formula"] else None)


def _column(value: dict[str, Any]) -> Column:
    return Column(value["key"], _words(value["words"]), value["kind"], _words(value["unit"]) if value["unit"] else None)


def _table(value: dict[str, Any]) -> Table:
    charts = (Chart(c["kind"], _words(c["words"]), c["x"], tuple(c["series"])) for c in value["charts"])
    rows = (Row(tuple(map(_cell, row["cells"])), row["path"]) for row in value["rows"])
    return Table(value["key"], _words(value["words"]), _words(value["query"]), tuple(map(_column, value["columns"])),
                 tuple(rows), tuple(charts))
