"""Which filter of the register keeps the fewest rows, and how many rows there are. Knows no page and no person.

SQLite knows nothing of how rare a value is, and no database has an index for every pair of filters. So the newest rows
of each filter are looked at first: an index that has a page's order answers that at once, however large the table.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Subquery, bindparam, func, literal, select, union_all

from qms.db.search import found_rows
from qms.workflows.rejections_filter import (
    ROWS,
    SEARCH,
    TABLE,
    Shape,
    found_by_search,
    holds_words,
    in_days,
    narrowed,
)

MOST_COUNTED = 1_000
"""Counting stops here: the count is a lower bound then."""
LOOKED_AT = 300
"""Rows that counting looks at when even the leading filter has more than MOST_COUNTED and others apply as well."""


class Lead(NamedTuple):
    """Which filter leads (None: there is none), how many rows there are, and whether there may be more."""

    name: str | None
    total: int
    is_capped: bool


def lead(connection: Connection, shape: Shape, values: dict[str, Any]) -> Lead:
    """Return the filter that has few rows, or whose newest rows reach back furthest, and count the rows."""
    names = [*shape.equal, *([SEARCH] if shape.words else [])]
    if not names:
        return _counted(connection, shape, values, None)
    reach = {names[r.name]: r for r in connection.execute(_reaches(shape), values)}
    rows = {name: reach[name].rows for name in names}
    few = [name for name in names if rows[name] <= MOST_COUNTED]
    ordered = [name for name in names if name != SEARCH or shape.sqlite]
    leader = (min(few, key=lambda name: rows[name]) if few
              else max(ordered, key=lambda name: reach[name].newest - reach[name].oldest) if ordered else None)
    if leader is not None and (rows[leader] == 0 or _is_alone(shape)):
        return Lead(leader, min(rows[leader], MOST_COUNTED), rows[leader] > MOST_COUNTED)
    return _counted(connection, shape, values, leader, is_whole=leader in few)


def _is_alone(shape: Shape) -> bool:
    """Tell whether one filter says everything."""
    return len(shape.equal) + bool(shape.words) == 1 and not shape.sites and (
        shape.by_found or not (shape.first or shape.last))


@lru_cache(maxsize=512)
def _reaches(shape: Shape) -> Any:
    """Return (name, rows, newest, oldest) of the newest rows of each filter; `name` is its place in the shape."""
    leaders = [*shape.equal, *([SEARCH] if shape.words else [])]
    parts = []
    for place, name in enumerate(leaders):
        at = newest(shape, name, MOST_COUNTED + 1).subquery(f"newest_{place}").c.at
        parts.append(select(literal(place).label("name"), func.count(at).label("rows"), func.max(at).label("newest"),
                            func.min(at).label("oldest")))
    return parts[0] if len(parts) == 1 else union_all(*parts)


def newest(shape: Shape, leader: str | None, most: int) -> Select[Any]:
    """Return (id, at) of the newest rows that one filter keeps; `at` is what orders them."""
    if leader == SEARCH and shape.sqlite:
        search = found_rows(TABLE, bindparam(SEARCH))
        rowid = search.selected_columns[0]
        return search.with_only_columns(rowid.label("id"), rowid.label("at")).order_by(rowid.desc()).limit(most)
    by = (ROWS.found_at, ROWS.id) if shape.by_found else (ROWS.id,)
    query = select(ROWS.id, by[0].label("at")).limit(most)
    if leader == SEARCH:
        return query.where(found_by_search(shape))
    if leader is not None:
        query = query.where(ROWS[leader] == bindparam(leader, type_=ROWS[leader].type))
    return query.where(*(in_days(shape) if shape.by_found else ())).order_by(*(part.desc() for part in by))


def _counted(connection: Connection, shape: Shape, values: dict[str, Any], leader: str | None,
             *, is_whole: bool = False) -> Lead:
    """Count among the newest rows of the leader: all of them when there are few (`is_whole`)."""
    most = MOST_COUNTED if is_whole or leader is None else LOOKED_AT
    looked_at, rows = connection.execute(_count(shape, leader, most + 1), values).one()
    return Lead(leader, min(rows, most), looked_at > most)


@lru_cache(maxsize=512)
def _count(shape: Shape, leader: str | None, most: int) -> Select[Any]:
    """Return the query of (rows looked at, rows kept) among so many of the newest rows of the leader."""
    looked_at: Subquery = newest(shape, leader, most).subquery("newest")
    met = narrowed(shape, leader) + ([] if leader == SEARCH else holds_words(shape))
    kept = select(ROWS.id).select_from(looked_at.join(TABLE, ROWS.id == looked_at.c.id)).where(*met).subquery()
    return select(select(func.count()).select_from(looked_at).scalar_subquery(),
                  select(func.count()).select_from(kept).scalar_subquery())
