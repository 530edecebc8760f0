"""How a register of the chain is cut into pages by key. Knows no particular register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from qms.db import Record

SIZE = 50
MOST_COUNTED = 10_000

R = TypeVar("R")


class Sorting(NamedTuple):
    """What a register may be sorted by: `value` in the database (never NULL), and the same of a row at hand."""

    value: Any
    attribute: str


class Wish(NamedTuple):
    """Which page is wanted: `sort` is a key, with "-" before it for descending; a cursor comes from a Page."""

    sort: str = ""
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page of a register. `total` stops where counting did (`is_capped`); cursors are empty where nothing follows.
    """

    rows: Sequence[R]
    total: int
    is_capped: bool
    sort: str
    is_descending: bool
    previous: str
    following: str


def page(session: Session, query: Select[Any], cls: type[Record], sortings: Mapping[str, Sorting], wish: Wish,
         *, counted: Select[Any] | None = None, most: int = MOST_COUNTED) -> Page[Any]:
    """Return a page of the rows of `query`: records of `cls`, or rows of columns, one of which is its `id`.

    The first of `sortings` holds where the wish names none of them. `counted` is a query of as many rows that joins
    less; counting stops at `most`.
    """
    key = wish.sort.removeprefix("-")
    known = key in sortings
    key = key if known else next(iter(sortings))
    descending = known and wish.sort.startswith("-")
    sorting = sortings[key]
    cursor = _cursor(wish.before or wish.after, sorting)
    backwards = bool(wish.before) and cursor is not None
    upwards = descending == backwards
    ordered = query.order_by(*(part.asc() if upwards else part.desc() for part in (sorting.value, cls.id)))
    if cursor is not None:
        ordered = ordered.where(_beyond(cls, sorting, cursor, upwards=upwards))
    answer = session.execute(ordered.limit(SIZE + 1))
    found: list[Any] = list(answer.scalars() if len(query.column_descriptions) == 1 else answer)
    more, rows = len(found) > SIZE, found[:SIZE]
    if backwards:
        rows.reverse()
    has_previous, has_following = (more, True) if backwards else (cursor is not None, more)
    rest = (query if counted is None else counted).order_by(None).with_only_columns(cls.id).limit(most + 1)
    total = session.scalar(select(func.count()).select_from(rest.subquery())) or 0
    return Page(rows, min(total, most), total > most, key, descending,
                _mark(rows[0], sorting) if rows and has_previous else "",
                _mark(rows[-1], sorting) if rows and has_following else "")


def _beyond(cls: type[Record], sorting: Sorting, cursor: tuple[int, Any], *, upwards: bool) -> ColumnElement[bool]:
    row_id, value = cursor
    if upwards:
        return or_(sorting.value > value, and_(sorting.value == value, cls.id > row_id))
    return or_(sorting.value < value, and_(sorting.value == value, cls.id < row_id))


def _mark(row: Any, sorting: Sorting) -> str:
    """Write down where a row stands, for the address of the next page."""
    value: Any = row
    for step in sorting.attribute.split("."):
        value = getattr(value, step)
    return f"{row.id}~{value}"


def _cursor(mark: str, sorting: Sorting) -> tuple[int, Any] | None:
    """Read a mark; None for one that nobody gave out."""
    row_id, tilde, text = mark.partition("~")
    if not tilde or not row_id.isdecimal() or len(row_id) > 18 or "\x00" in text:
        return None
    if sorting.value.type.python_type is int:
        return (int(row_id), int(text)) if text.isdecimal() and len(text) < 19 else None
    return int(row_id), text
