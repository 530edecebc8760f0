"""What part of the register of rejections is asked for, and as which conditions. Knows no page of it.

Conditions are made once for each shape of a filter (which columns, how many words) and filled with its values later:
making them costs more than the database needs to answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Table, bindparam
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from qms.db.search import found_rows, patterns, phrase, texts_hold, vector_matches, words
from qms.models.rejections import FILTERED, Rejection
from qms.rules.accounts import Actor
from qms.rules.chain import check_time_zone
from qms.rules.clock import day_bounds
from qms.rules.errors import NotFound
from qms.workflows.rejections_records import VIEW

TABLE = cast("Table", Rejection.__table__)
ROWS = TABLE.c
SEARCH = "search"
"""Leads instead of a filter where what is sought is rarer."""


@dataclass(frozen=True)
class Filter:
    """What part of the register is asked for; None asks for everything. Days are whole days of `zone`, by finding.

    Sorted by receipt, or by finding when `by_found` or a day is given; a search is always sorted by receipt.
    """

    site_id: int | None = None
    state: str | None = None
    kind: str | None = None
    severity: str | None = None
    defect_id: int | None = None
    item_id: int | None = None
    lot_id: int | None = None
    found_unit_id: int | None = None
    origin_unit_id: int | None = None
    origin_state: str | None = None
    link_id: int | None = None
    import_id: int | None = None
    first: date | None = None
    last: date | None = None
    zone: str = "Asia/Shanghai"
    sought: str = ""
    by_found: bool = False
    sites: tuple[int, ...] | None = None

    @property
    def searches(self) -> bool:
        """Tell whether there is a word to look for."""
        return bool(words(self.sought))

    @property
    def sorted_by_found(self) -> bool:
        """Tell whether the time of finding orders the rows, rather than their receipt."""
        return (self.by_found or self.first is not None or self.last is not None) and not self.searches

    @property
    def equal(self) -> Mapping[str, Any]:
        """Map each column that must have one value to that value."""
        return {name: value for name in FILTERED if (value := getattr(self, name)) is not None}


class Shape(NamedTuple):
    """A filter without its values."""

    equal: tuple[str, ...]
    words: int
    first: bool
    last: bool
    sites: bool
    by_found: bool
    sqlite: bool


def scoped(wanted: Filter, person: Actor) -> Filter:
    """Return the filter limited to the sites that the person may see. Raises NotAllowed, NotFound, Invalid."""
    person.need(VIEW)
    check_time_zone(wanted.zone)
    sites = person.sites(VIEW)
    if sites is None:
        return replace(wanted, sites=None)
    if wanted.site_id is not None and wanted.site_id not in sites:
        raise NotFound("There is no such site.", "没有这个工厂。")
    if len(sites) == 1:
        return replace(wanted, site_id=next(iter(sites)), sites=None)
    return replace(wanted, sites=None if wanted.site_id is not None else tuple(sorted(sites)))


def shape_of(wanted: Filter, *, sqlite: bool) -> Shape:
    """Return the shape of a filter."""
    return Shape(tuple(wanted.equal), len(patterns(wanted.sought)), wanted.first is not None, wanted.last is not None,
                 wanted.sites is not None, wanted.sorted_by_found, sqlite)


def values_of(wanted: Filter, *, sqlite: bool) -> dict[str, Any]:
    """Return the values with which the conditions of a filter's shape are filled."""
    values = dict(wanted.equal)
    if wanted.sites is not None:
        values["sites"] = wanted.sites
    if wanted.first is not None:
        values["first"] = day_bounds(wanted.first, wanted.first, wanted.zone)[0]
    if wanted.last is not None:
        values["last"] = day_bounds(wanted.last, wanted.last, wanted.zone)[1]
    if wanted.searches:
        values |= {SEARCH: phrase(wanted.sought, sqlite=sqlite)}
        values |= {f"word_{n}": pattern for n, pattern in enumerate(patterns(wanted.sought))}
    return values


def narrowed(shape: Shape, leader: str | None = None) -> list[ColumnElement[bool]]:
    """Return what a row must fulfil, but for a search.

    With a `leader`, SQLite can choose no index but that filter's: it knows nothing of how rare a value is.
    """
    met = [(off_index(ROWS[name]) if shape.sqlite and leader not in {None, name} else ROWS[name])
           == bindparam(name, type_=ROWS[name].type) for name in shape.equal]
    if shape.sites:
        met.append((off_index(ROWS.site_id) if shape.sqlite else ROWS.site_id).in_(bindparam("sites", expanding=True)))
    return met + in_days(shape)


def in_days(shape: Shape) -> list[ColumnElement[bool]]:
    """Return the condition on the time of finding; its index is used only where it also orders the rows."""
    at: ColumnElement[Any] = ROWS.found_at if shape.by_found or not shape.sqlite else off_index(ROWS.found_at)
    met = []
    if shape.first:
        met.append(at >= bindparam("first", type_=ROWS.found_at.type))
    if shape.last:
        met.append(at < bindparam("last", type_=ROWS.found_at.type))
    return met


def holds_words(shape: Shape) -> list[ColumnElement[bool]]:
    """Return the condition that a row's text holds what is sought, for rows that another index leads to."""
    return texts_hold(TABLE, [bindparam(f"word_{n}") for n in range(shape.words)])


def found_by_search(shape: Shape) -> ColumnElement[bool]:
    """Return the condition that the search index of the database has a row."""
    asked: ColumnElement[str] = bindparam(SEARCH)
    return ROWS.id.in_(found_rows(TABLE, asked)) if shape.sqlite else vector_matches(TABLE, asked)


def off_index(column: Any) -> ColumnElement[Any]:
    """Return the same value, of which SQLite cannot use an index."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)
