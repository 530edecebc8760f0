"""How the register of rejections is cut into pages by key. Changes nothing.

Every page is led by one index that already has the page's order, so that time does not grow with the table: of the
filters asked for, the one that keeps the fewest rows leads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, FromClause, Row, Select, bindparam, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.visitors import cloned_traverse

from qms.db.search import found_rows
from qms.models.chain import Defect, Item, Lot, Unit
from qms.rules.accounts import Actor
from qms.rules.clock import rfc3339
from qms.workflows.rejections_filter import (
    ROWS,
    SEARCH,
    TABLE,
    Filter,
    Shape,
    found_by_search,
    holds_words,
    narrowed,
    scoped,
    shape_of,
    values_of,
)
from qms.workflows.rejections_leader import lead

__all__ = ["COLUMNS", "Filter", "Mark", "Page", "conditions", "page", "select_rows"]

SIZE = 50

_FOUND = Unit.__table__.alias("found")
_ORIGIN = Unit.__table__.alias("origin")
_ITEM, _LOT, _DEFECT = Item.__table__, Lot.__table__, Defect.__table__

COLUMNS: tuple[ColumnElement[Any], ...] = (
    ROWS.id, ROWS.number, ROWS.state, ROWS.kind, ROWS.severity, ROWS.quantity, ROWS.whole_lot, ROWS.origin_state,
    ROWS.escape_class, ROWS.found_at, ROWS.received_at,
    _ITEM.c.code.label("item_code"), _ITEM.c.name_zh.label("item_zh"), _ITEM.c.name_en.label("item_en"),
    _ITEM.c.unit.label("unit"), _LOT.c.number.label("lot_number"),
    _DEFECT.c.code.label("defect_code"), _DEFECT.c.name_zh.label("defect_zh"), _DEFECT.c.name_en.label("defect_en"),
    _FOUND.c.code.label("found_code"), _FOUND.c.name_zh.label("found_zh"), _FOUND.c.name_en.label("found_en"),
    _ORIGIN.c.code.label("origin_code"), _ORIGIN.c.name_zh.label("origin_zh"), _ORIGIN.c.name_en.label("origin_en"),
)


class Mark(NamedTuple):
    """Where a page begins or ends. `at` only where the time of finding orders the rows."""

    id: int
    at: datetime | None = None

    def text(self) -> str:
        """Write the mark for an address."""
        return str(self.id) if self.at is None else f"{self.id}~{rfc3339(self.at)}"

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        """Read a mark from an address; None for one that nobody gave out."""
        row_id, _, at = text.partition("~")
        if not (row_id.isascii() and row_id.isdecimal() and len(row_id) <= 18):
            return None
        try:
            return cls(int(row_id), datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC) if at else None)
        except ValueError:
            return None


@dataclass(frozen=True)
class Page:
    """One page. `total` is a lower bound where `is_capped`; marks are None where nothing follows."""

    rows: Sequence[Row[Any]]
    total: int
    is_capped: bool
    newer: Mark | None
    older: Mark | None


def page(session: Session, person: Actor, wanted: Filter, *, before: Mark | None = None, after: Mark | None = None,
         size: int = SIZE) -> Page:
    """Return a page of the register, newest first: what comes `before` a mark (older) or `after` it (newer).

    Rows have COLUMNS. A mark of another order is ignored. Raises NotAllowed, NotFound.
    """
    connection = session.connection()
    sqlite = connection.dialect.name == "sqlite"
    wanted = scoped(wanted, person)
    shape, values = shape_of(wanted, sqlite=sqlite), values_of(wanted, sqlite=sqlite)
    leader, total, is_capped = lead(connection, shape, values)
    before, after = (mark if mark is not None and (mark.at is not None) == shape.by_found else None
                     for mark in (before, after))
    mark, upwards = before or after, after is not None and before is None
    if mark is not None:
        values |= {"mark_id": mark.id, **({"mark_at": mark.at} if shape.by_found else {})}
    found = connection.execute(_rows(shape, leader, mark is not None, upwards).limit(size + 1), values).all()
    more, rows = len(found) > size, found[:size]
    if upwards:
        rows = rows[::-1]
    has_newer, has_older = (more, True) if upwards else (before is not None, more)
    return Page(rows, max(total, len(rows)), is_capped, _mark(shape, rows[0]) if rows and has_newer else None,
                _mark(shape, rows[-1]) if rows and has_older else None)


def select_rows(wanted: Filter, person: Actor, sqlite: bool,
                columns: tuple[ColumnElement[Any], ...] = COLUMNS) -> Select[Any]:
    """Return the query of every row asked for that the person may see, in the order of the register.

    Raises NotAllowed, NotFound.
    """
    wanted = scoped(wanted, person)
    query = _rows(shape_of(wanted, sqlite=sqlite), None, False, False)
    return query.with_only_columns(*columns).params(values_of(wanted, sqlite=sqlite))


def conditions(wanted: Filter, person: Actor, *, sqlite: bool, leader: str | None = None) -> list[ColumnElement[bool]]:
    """Return what a row must fulfil to be in the register that the person sees; an empty leader: all rows are read.

    Raises NotAllowed, NotFound.
    """
    wanted = scoped(wanted, person)
    shape, values = shape_of(wanted, sqlite=sqlite), values_of(wanted, sqlite=sqlite)
    met = narrowed(shape, leader) + ([found_by_search(shape)] if shape.words else [])
    return [cloned_traverse(condition, {}, {"bindparam": lambda bind: _fill(bind, values)}) for condition in met]


def _fill(bind: BindParameter[Any], values: dict[str, Any]) -> None:
    """Give a condition's own copy of a parameter its value."""
    if bind.key in values:
        bind.value, bind.required = values[bind.key], False


@lru_cache(maxsize=512)
def _rows(shape: Shape, leader: str | None, is_marked: bool, upwards: bool) -> Select[Any]:
    """Return the query of a filter's shape; `mark_id` and `mark_at` are where it begins when it `is_marked`."""
    by: tuple[ColumnElement[Any], ...] = (ROWS.found_at, ROWS.id) if shape.by_found else (ROWS.id,)
    rows: FromClause = TABLE
    met = narrowed(shape, leader)
    if leader == SEARCH and shape.sqlite:
        search = found_rows(TABLE, bindparam(SEARCH))
        index = search.get_final_froms()[0]
        rows, by = index.join(TABLE, ROWS.id == index.c.rowid), (index.c.rowid,)
        met += [search.whereclause] if search.whereclause is not None else []
    elif shape.words:
        met += [found_by_search(shape)] if leader in {SEARCH, None} else holds_words(shape)
    if is_marked:
        marks = [bindparam(name, type_=part.type) for name, part in
                 zip(("mark_at", "mark_id") if shape.by_found else ("mark_id",), by, strict=True)]
        here, there = tuple_(*by), tuple_(*marks)
        met.append(here > there if upwards else here < there)
    rows = (rows.outerjoin(_ITEM, _ITEM.c.id == ROWS.item_id).outerjoin(_LOT, _LOT.c.id == ROWS.lot_id)
            .outerjoin(_DEFECT, _DEFECT.c.id == ROWS.defect_id).outerjoin(_FOUND, _FOUND.c.id == ROWS.found_unit_id)
            .outerjoin(_ORIGIN, _ORIGIN.c.id == ROWS.origin_unit_id))
    return select(*COLUMNS).select_from(rows).where(*met).order_by(
        *(part.asc() if upwards else part.desc() for part in by))


def _mark(shape: Shape, row: Row[Any]) -> Mark:
    return Mark(row.id, row.found_at if shape.by_found else None)
