"""Knows how one value becomes a cell that shows exactly that value; must not know rows, sheets or files."""

import datetime as dt
import json
import math
import re
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple, Self

from exports.columns import Kind

LONGEST = 32_767
"""UTF-16 units that an Excel cell holds."""
EXACT_INTEGER = 2**53
"""Largest whole number that an Excel cell holds exactly."""
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_CONTINUED = " …[→ {sheet}: {row} {head}]"
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK = re.compile("\r\n?")
_FIRST_EXCEL_YEAR = 1900

Cell = str | int | float | bool | dt.date | dt.datetime | None
Put = Callable[[Any], Cell]


class Part(NamedTuple):
    """A piece of a text that its cell could not hold: `row` as Excel numbers it, `number` from 1."""

    row: int
    head: str
    number: int
    text: str


class Marks:
    """Keeps what could not be written as it was, so that the file can say so.

    `continued_on` names the sheet that takes the rest of texts longer than a cell; None means that the file
    knows no longest cell. The rests wait on disk, so that memory does not grow with them.
    """

    def __init__(self, continued_on: str | None) -> None:
        self.continued_on = continued_on
        self.row = 1
        self.replaced_characters = 0
        self.long_texts = 0
        self.unlinked = 0
        self.without_thumbnail = 0
        self._rests = tempfile.SpooledTemporaryFile(max_size=1 << 20, mode="w+", encoding="utf-8")  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rests.close()

    def shortened(self, text: str, head: str) -> str:
        """Return what the cell can hold of a text, ending in where it goes on; the rest is kept."""
        if self.continued_on is None or text_length(text) <= LONGEST:
            return text
        self.long_texts += 1
        pointer = _CONTINUED.format(sheet=self.continued_on, row=self.row, head=head)
        kept, rest = split(text, LONGEST - text_length(pointer))
        number = 1
        while rest:
            piece, rest = split(rest, LONGEST)
            self._rests.write(json.dumps([self.row, head, number, piece]) + "\n")
            number += 1
        return kept + pointer

    def rests(self) -> Iterator[Part]:
        """Yield the kept pieces in the order of their rows."""
        self._rests.seek(0)
        for line in self._rests:
            yield Part(*json.loads(line))


def clean(text: str, marks: Marks) -> str:
    """Return the text with every control character replaced visibly and line breaks as Excel has them."""
    if "\r" in text:
        text = _LINE_BREAK.sub("\n", text)
    text, count = _UNWRITABLE.subn(REPLACEMENT, text)
    marks.replaced_characters += count
    return text


def split(text: str, longest: int) -> tuple[str, str]:
    """Split a text after at most `longest` UTF-16 units, never inside a character."""
    end = len(text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore"))
    return text[:end], text[end:]


def text_length(text: str) -> int:
    """Return the length in UTF-16 units, as Excel counts it."""
    return len(text.encode("utf-16-le")) // 2


def cell_writer(kind: Kind, head: str, marks: Marks) -> Put:
    """Return the function that turns a value of this column into an exact cell.

    A value that its kind cannot hold exactly (an integer beyond 2^53, a decimal that no float equals, a day
    before 1900) becomes text. An aware datetime raises ValueError: a sheet has no zones, so the caller gives
    the site's local time.
    """

    def text(value: Any) -> Cell:
        if value.__class__ is str and len(value) <= LONGEST // 2 and value.isprintable():
            return value
        return None if value is None else marks.shortened(clean(str(value), marks), head)

    def number(value: Any) -> Cell:
        if value.__class__ is int:
            return value if -EXACT_INTEGER <= value <= EXACT_INTEGER else str(value)
        if isinstance(value, Decimal):
            near = float(value)
            return near if math.isfinite(near) and Decimal(repr(near)) == value else str(value)
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        return value if isinstance(value, bool) else text(value)

    def moment(value: Any) -> Cell:
        if isinstance(value, dt.datetime) and value.tzinfo is not None:
            raise ValueError(f"{head}: an aware datetime cannot go into a sheet: {value.isoformat()}")
        if isinstance(value, dt.date):
            return value if value.year >= _FIRST_EXCEL_YEAR else value.isoformat()
        return text(value)

    return {"integer": number, "decimal": number, "date": moment, "datetime": moment}.get(kind, text)
