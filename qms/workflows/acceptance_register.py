"""How the register of hand-overs is filtered, searched and cut into pages by key. Changes nothing.

Every query is led by one index that has the order of the page, so that time does not grow with the table. SQLite, which
keeps no statistics, is told which one by switching the other filters' indexes off.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, FromClause, Row, Select, Table, and_, false, func, literal, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from qms.db import Id, UtcTime
from qms.db.search import found_rows, matches, patterns, phrase, words
from qms.models.acceptance import FILTERED, Handover
from qms.models.chain import Item, Lot, Unit
from qms.rules.accounts import Actor
from qms.rules.clock import day_bounds, rfc3339

VIEW = "acceptance.view"
SIZE = 50
MOST_COUNTED = 1_000

_TABLE = cast("Table", Handover.__table__)
_ROWS = _TABLE.c
_SUPPLIER, _CUSTOMER = Unit.__table__.alias("supplier"), Unit.__table__.alias("customer")
_ITEM, _LOT = Item.__table__, Lot.__table__
_SOUGHT = "sought"

COLUMNS: tuple[ColumnElement[Any], ...] = (
    *(_ROWS[name] for name in ("id", "number", "state", "quantity", "accepted", "rejected", "for_review",
                               "presentation", "self_check", "rework", "presented_at", "decided_at", "link_id")),
    _ITEM.c.code.label("item_code"), _ITEM.c.name_zh.label("item_zh"), _ITEM.c.name_en.label("item_en"),
    _ITEM.c.unit.label("unit"), _LOT.c.number.label("lot_number"), _SUPPLIER.c.code.label("supplier_code"),
    _SUPPLIER.c.name_zh.label("supplier_zh"), _SUPPLIER.c.name_en.label("supplier_en"),
    _CUSTOMER.c.code.label("customer_code"), _CUSTOMER.c.name_zh.label("customer_zh"),
    _CUSTOMER.c.name_en.label("customer_en"),
)


@dataclass(frozen=True)
class Filter:
    """What part of the register is asked for; None asks for everything. Days are whole days of `zone`, of presentation.

    Sorted by presentation, newest first unless `oldest_first`; a search is sorted by number. `again` keeps what was
    presented again.
    """

    site_id: int | None = None
    state: str | None = None
    link_id: int | None = None
    supplier_id: int | None = None
    customer_id: int | None = None
    item_id: int | None = None
    lot_id: int | None = None
    import_id: int | None = None
    again: bool = False
    first: date | None = None
    last: date | None = None
    zone: str = "Asia/Shanghai"
    sought: str = ""
    oldest_first: bool = False

    @property
    def equal(self) -> dict[str, Any]:
        """Map each column that has to have one value to that value."""
        return {name: value for name in FILTERED if (value := getattr(self, name)) is not None}

    @property
    def is_search(self) -> bool:
        """Tell whether there is a word to search for."""
        return bool(words(self.sought))


class Mark(NamedTuple):
    """Where a page begins or ends. `at` is None where the number orders the rows."""

    id: int
    at: datetime | None = None

    def text(self) -> str:
        """Write the mark for an address."""
        return str(self.id) if self.at is None else f"{self.id}~{rfc3339(self.at)}"

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        """Read a mark from an address; None for one that nobody gave out."""
        row_id, _, at = text.partition("~")
        if not row_id.isdecimal() or not row_id.isascii() or len(row_id) > 18:
            return None
        try:
            return cls(int(row_id), datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC) if at else None)
        except ValueError:
            return None


@dataclass(frozen=True)
class Page:
    """One page. `total` is a lower bound where `is_capped`; marks are None where nothing lies beyond."""

    rows: list[Row[Any]]
    total: int
    is_capped: bool
    previous: Mark | None
    following: Mark | None


def page(session: Session, person: Actor, wanted: Filter, *, before: Mark | None = None, after: Mark | None = None,
         size: int = SIZE) -> Page:
    """Return a page of the register: what comes `after` a mark in its order, or `before` it.

    Rows have COLUMNS. Raises NotAllowed.
    """
    person.need(VIEW)
    sqlite = session.get_bind().dialect.name == "sqlite"
    leader = _leader(session, wanted) if sqlite else None
    mark, backwards = (after, False) if after is not None else (before, before is not None)
    if mark is not None and (mark.at is None) is not wanted.is_search:
        mark, backwards = None, False
    query = select_rows(wanted, person, sqlite, leader=leader, mark=mark, backwards=backwards).limit(size + 1)
    found = list(session.execute(query))
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    total = _count(session, wanted, person, sqlite=sqlite, leader=leader)
    return Page(rows, min(total, MOST_COUNTED), total > MOST_COUNTED,
                _mark(wanted, rows[:1]) if (more if backwards else mark is not None) else None,
                _mark(wanted, rows[-1:]) if more or backwards else None)


def select_rows(wanted: Filter, person: Actor, sqlite: bool, *, leader: str | None = None, mark: Mark | None = None,
                backwards: bool = False, columns: Iterable[ColumnElement[Any]] = COLUMNS) -> Select[Any]:
    """Return the query of every row asked for that the person may see, in the order of the register.

    `leader` names the filter whose index leads (SQLite only); `mark` and `backwards` begin elsewhere than at its head.
    """
    rows: FromClause = _TABLE
    order: tuple[ColumnElement[Any], ...] = (_ROWS.id,) if wanted.is_search else (_ROWS.presented_at, _ROWS.id)
    if sqlite and leader == _SOUGHT:
        index = _search(wanted.sought).subquery("found")
        rows, order = index.join(_TABLE, _ROWS.id == index.c.rowid), (index.c.rowid,)
    rows = (rows.join(_ITEM, _ITEM.c.id == _ROWS.item_id).join(_LOT, _LOT.c.id == _ROWS.lot_id)
            .join(_SUPPLIER, _SUPPLIER.c.id == _ROWS.supplier_id)
            .join(_CUSTOMER, _CUSTOMER.c.id == _ROWS.customer_id))
    query = select(*columns).select_from(rows).where(*conditions(wanted, person, sqlite=sqlite, leader=leader))
    upwards = wanted.oldest_first is not backwards
    if mark is not None:
        query = query.where(_beyond(order, mark, upwards=upwards))
    return query.order_by(*(part.asc() if upwards else part.desc() for part in order))


def conditions(wanted: Filter, person: Actor, *, sqlite: bool, leader: str | None = None) -> list[ColumnElement[bool]]:
    """Return what a row must fulfil. With a leader no other filter's index is chosen; a leading search is left out."""
    met: list[ColumnElement[bool]] = []
    for name, value in wanted.equal.items():
        column = _ROWS[name]
        met.append((_off(column) if sqlite and leader not in {None, name} else column) == value)
    sites = person.sites(VIEW)
    if sites is not None and wanted.site_id is None:
        met.append((_off(_ROWS.site_id) if sqlite else _ROWS.site_id).in_(sorted(sites)))
    elif sites is not None and wanted.site_id not in sites:
        met.append(false())
    if wanted.again:
        met.append(_ROWS.presentation > 1)
    at: ColumnElement[Any] = _off(_ROWS.presented_at) if sqlite and wanted.is_search else _ROWS.presented_at
    if wanted.first is not None:
        met.append(at >= literal(day_bounds(wanted.first, wanted.first, wanted.zone)[0], UtcTime))
    if wanted.last is not None:
        met.append(at < literal(day_bounds(wanted.last, wanted.last, wanted.zone)[1], UtcTime))
    if wanted.is_search and not (sqlite and leader == _SOUGHT):
        met.append(_found_each(wanted.sought) if sqlite and leader is not None else
                   matches(_TABLE, wanted.sought, sqlite=sqlite))  # type: ignore[arg-type]
    return met


def _leader(session: Session, wanted: Filter) -> str | None:
    """Name the filter that keeps the fewest rows.

    Of those that keep more than are counted, the one whose newest reach back furthest is the sparsest; a search among
    them leads, because only its index has its order.
    """
    names = [*([_SOUGHT] if wanted.is_search else []), *wanted.equal]
    if len(names) < 2:
        return names[0] if names else None
    kept = {name: _kept(session, wanted, name) for name in names}
    fewest = min(kept, key=lambda name: kept[name])
    return _SOUGHT if wanted.is_search and kept[fewest][0] > MOST_COUNTED else fewest


def _kept(session: Session, wanted: Filter, name: str) -> tuple[int, int]:
    """Return how many rows a filter keeps, as far as is counted, and the lowest id of them."""
    if name == _SOUGHT:
        found = _search(wanted.sought)
        newest = found.order_by(found.selected_columns[0].desc())
    else:
        newest = (select(_ROWS.id).where(_ROWS[name] == wanted.equal[name])
                  .order_by(_ROWS.presented_at.desc(), _ROWS.id.desc()))
    rows = newest.limit(MOST_COUNTED + 1).subquery()
    number, lowest = session.execute(select(func.count(), func.min(rows.c[0])).select_from(rows)).one()
    return number, lowest or 0


def _count(session: Session, wanted: Filter, person: Actor, *, sqlite: bool, leader: str | None) -> int:
    """Count the rows asked for, at most one more than MOST_COUNTED."""
    query = select_rows(wanted, person, sqlite, leader=leader, columns=(_ROWS.id,))
    return session.scalar(select(func.count()).select_from(
        query.order_by(None).limit(MOST_COUNTED + 1).subquery())) or 0


def _search(sought: str) -> Select[tuple[int]]:
    """Return what SQLite's search table finds, in the order of its ids."""
    return found_rows(_TABLE, literal(phrase(sought, sqlite=True)))


def _found_each(sought: str) -> ColumnElement[bool]:
    """Return the condition that a row led to by another filter holds what was sought, read from the row itself."""
    text = literal(" ").concat(_ROWS.search_text).concat(" ")
    return and_(*(text.like(pattern) for pattern in patterns(sought)))


def _beyond(order: tuple[ColumnElement[Any], ...], mark: Mark, *, upwards: bool) -> ColumnElement[bool]:
    if len(order) == 1 or mark.at is None:
        here: ColumnElement[Any] = order[-1]
        there: ColumnElement[Any] = literal(mark.id, Id)
    else:
        here, there = tuple_(*order), tuple_(literal(mark.at, UtcTime), literal(mark.id, Id))
    return here > there if upwards else here < there


def _mark(wanted: Filter, rows: list[Row[Any]]) -> Mark | None:
    if not rows:
        return None
    return Mark(rows[0].id, None if wanted.is_search else rows[0].presented_at)


def _off(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the same value without the index: a unary plus, as SQLite has it."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)
