"""Knows what a column of an exported table is; must not know which file it goes into."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from qms.rules.words import Words

Kind = Literal["text", "integer", "decimal", "date", "datetime", "link"]
"""`link` is the address of the record's page; a workbook shows it as the text of the first column."""

Row = Sequence[Any] | Mapping[str, Any]


class Column(NamedTuple):
    """One column: `key` names the value in a row, `width` is in characters as Excel counts them."""

    key: str
    words: Words
    kind: Kind = "text"
    unit: Words | None = None
    width: float = 14

    def head(self, language: str, zone: str = "") -> str:
        """Return the header text: the wording, and in brackets its unit or the zone of its times."""
        name = self.words.to(language)
        bracket = zone if self.kind == "datetime" else self.unit.to(language) if self.unit else ""
        return f"{name} [{bracket}]" if bracket else name


def in_order(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[Sequence[Any]]:
    """Yield each row as values in the order of the columns, whichever shape the rows have."""
    pick = itemgetter(*(column.key for column in columns))
    waiting = iter(rows)
    for first in waiting:
        if isinstance(first, Mapping):
            yield pick(first)
            yield from map(pick, waiting)
        else:
            yield first
            yield from waiting  # type: ignore[misc]
