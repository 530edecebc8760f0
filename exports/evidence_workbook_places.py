"""Knows where in a workbook of evidence each record stands, before any row is written, and how values become cells;
must not know what rows hold.
"""

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from exports.streamed import part_of
from exports.streamed_cells import Goto
from qms.rules.trail_evidence_sheets import Ref
from qms.rules.words import Words

_LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")


class Places:
    """The sheet of each kind of record, and the row of each record: ids are written in their order."""

    def __init__(self, language: str, zone: str, most_rows: int, taken: Iterable[Words]) -> None:
        self.language, self.most_rows = language, most_rows
        self._zone = ZoneInfo(zone)
        self._taken = {words.to(language).lower() for words in taken}
        self._kinds: dict[str, tuple[str, Sequence[int]]] = {}

    def say(self, words: Words | str) -> str:
        """Return a wording in the language of the workbook."""
        return words if isinstance(words, str) else words.to(self.language)

    def cell(self, value: Any) -> Any:
        """Return a value as a sheet takes it: a reference leads to its record, an instant is local time."""
        if isinstance(value, Ref):
            return self.goto(value)
        if isinstance(value, Words):
            return self.say(value)
        return value.astimezone(self._zone).replace(tzinfo=None) if isinstance(value, dt.datetime) else value

    def add(self, table: str, words: Words, ids: Sequence[int]) -> None:
        """Give a kind a sheet, under a name that no other one has."""
        plain = " ".join(_NOT_IN_NAMES.sub("-", self.say(words)).split())
        tails = ["", *(f" ({number})" for number in range(2, 1000))]
        name = next(made for tail in tails
                    if (made := plain[:_LONGEST_NAME - len(tail)].strip() + tail).lower() not in self._taken)
        self._taken.add(name.lower())
        self._kinds[table] = name, ids

    def sheet(self, table: str) -> str:
        """Return the name of the sheet of a kind. Raises KeyError."""
        return self._kinds[table][0]

    def has(self, table: str) -> bool:
        """Tell whether a kind has a sheet."""
        return table in self._kinds

    def count(self, table: str) -> int:
        """Return how many records of a kind there are; 0 for one that has no sheet."""
        return len(self._kinds[table][1]) if table in self._kinds else 0

    def sheets(self, table: str) -> list[tuple[str, int]]:
        """Return the names of the sheets of a kind, each with its rows."""
        name, ids = self._kinds[table]
        whole, rest = divmod(len(ids), self.most_rows)
        return [(part_of(name, place), self.most_rows if place < whole else rest)
                for place in range(whole + bool(rest or not whole))]

    def goto(self, ref: Ref) -> Goto:
        """Return the cell that leads to a record; only its name when the workbook does not hold it."""
        text = self.say(ref.name)
        name, ids = self._kinds.get(ref.table, ("", ()))
        place = bisect_left(ids, ref.id)
        if place == len(ids) or ids[place] != ref.id:
            return Goto(text)
        part, row = divmod(place, self.most_rows)
        return Goto(text, part_of(name, part), row + 2)
