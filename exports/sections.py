"""Knows the parts that a printed record is made of: sections of facts, tables, pictures; must not know any file.

The same sections become a PDF (`exports.document`) and a workbook (`exports.sheets`), so that both tell the same. A
value is a text, a number, a day, a naive local time, yes or no, a wording, or None for what does not apply; `OWED`
stands where an answer is missing, and is shown as missing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from qms.rules.words import Words

LANGUAGES = ("zh", "en", "both")
OWED = Words("Not answered", "未填写")
NOTHING = "–"
NONE_KEPT = Words("None recorded.", "无记录。")
_YES, _NO = Words("Yes", "是"), Words("No", "否")

Value = str | int | Decimal | dt.date | dt.datetime | bool | Words | None
Mark = Literal["true", "false", "open"]
RESULTS: dict[Mark, Words] = {
    "true": Words("Holds", "成立"),
    "false": Words("Does not hold", "不成立"),
    "open": Words("Not tested", "未验证"),
}
"""What the test of a candidate cause has shown."""


class Fact(NamedTuple):
    """One labelled value; `wide` facts take a line of their own."""

    label: Words
    value: Value
    wide: bool = False


@dataclass(frozen=True)
class Facts:
    """Labelled values, in reading order."""

    facts: Sequence[Fact]


class Head(NamedTuple):
    """One column of a table: its width is a share of the page."""

    words: Words
    width: float = 1
    number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of values under headings. `empty` is said where there are none."""

    title: Words
    heads: Sequence[Head]
    rows: Sequence[Sequence[Value]]
    empty: Words = NONE_KEPT


@dataclass(frozen=True)
class Fishbone:
    """An Ishikawa diagram: the problem, and for each bone its candidates with what their test has shown."""

    problem: str
    bones: Sequence[tuple[Words, Sequence[tuple[Mark, str]]]]


@dataclass(frozen=True)
class Photo:
    """A picture as it is stored (empty: it is no longer there), and what is said of it."""

    content: bytes
    caption: str


@dataclass(frozen=True)
class Photos:
    """Pictures, in a grid."""

    photos: Sequence[Photo]


Block = Facts | Table | Fishbone | Photos


@dataclass(frozen=True)
class Section:
    """One part of the record: a short mark such as D4, a title, and what stands in it."""

    mark: str
    title: Words
    blocks: Sequence[Block]
    done: Words | None = None


@dataclass(frozen=True)
class Paper:
    """A whole record to be printed: which, of which site, its sections, and who prints it when (naive, in `zone`).

    `checkpoint`: how many entries the audit trail had, and its root in base64, so that the paper is a copy of it.
    """

    title: Words
    number: str
    subject: str
    site: Words
    sections: Sequence[Section]
    printed_at: dt.datetime
    printed_by: str
    zone: str
    address: str = ""
    demo: bool = False
    state: Words | None = field(default=None)
    checkpoint: tuple[int, str] | None = None


def say(words: Words, language: str, between: str = " ") -> str:
    """Return the wording for zh or en; for `both` the Chinese and the English, once if they are the same."""
    if language == "both":
        return words.zh if words.zh == words.en else f"{words.zh}{between}{words.en}"
    return words.to(language)


def shown(value: Value, language: str) -> str:
    """Return a value as it is printed."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return say(_YES if value else _NO, language)
    if isinstance(value, Words):
        return say(value, language)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return str(value)


def owed(value: Any) -> Any:
    """Return the value of something that has to be answered."""
    return OWED if value is None or value == "" else value
