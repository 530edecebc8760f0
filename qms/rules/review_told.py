"""Knows how a figure of a management review is named, counted and told; must not know its value.

What is counted is said once, in words; the days and sites are added where it is counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qms.rules.review_snapshots import Chart, Column, Estimate, Figure, Formula, Row, Table
from qms.rules.words import Words


@dataclass(frozen=True, slots=True)
class Told:
    """A figure, or the rows of a table: its key, its name, how it is written and how it is counted."""

    key: str
    words: Words
    kind: str
    query: Words

    def about(self, where: Words) -> Words:
        """Return how it is counted, with sites and days."""
        return Words(f"{self.query.en} {where.en}.", f"{self.query.zh} {where.zh}。")

    def figure(self, where: Words, now: Estimate, before: Estimate | None = None, path: str | None = None,
               formula: Formula | None = None) -> Figure:
        """Return the figure."""
        return Figure(self.key, self.words, self.kind, now, self.about(where), before, path, formula)

    def both(self, where: Words, periods: Sequence[Estimate], path: str | None = None,
             formula: Formula | None = None) -> Figure:
        """Return the figure of this period and of the one it is compared with."""
        now, before = periods
        return self.figure(where, now, before, path, formula)

    def table(self, where: Words, columns: tuple[Column, ...], rows: Iterable[Row], *charts: Chart) -> Table:
        """Return the table."""
        return Table(self.key, self.words, self.about(where), columns, tuple(rows), charts)
