"""What goes with a record that is disposed of, what still refers to it, and what a legal hold stops. Changes nothing.

A record goes only when everything that refers to it goes too. References are read from the foreign keys of all tables
and from the few tables that name another record by its table and id; none can be forgotten here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, func, select

from qms.db import Base, record_classes
from qms.rules.trail_retention_classes import BESIDE, PARTS, POINTERS, ROOTS

_CHUNK = 500
Key = tuple[str, int]
"""A record: its table and its id."""


class Refers(NamedTuple):
    """A record that refers to another one."""

    record: Key
    to: Key


@dataclass
class Reach:
    """What goes with each root. `owner`: the root of each record that would go; `kept`: roots that stay, and because of
    which record; `links`: references from what goes with one root to what goes with another.
    """

    owner: dict[Key, Key] = field(default_factory=dict)
    kept: dict[Key, Key] = field(default_factory=dict)
    links: list[Refers] = field(default_factory=list)

    def ids(self, table: str) -> list[int]:
        """Return the ids of a table's rows that would go."""
        return [row_id for name, row_id in self.owner if name == table]


def reach(connection: Connection, roots: Iterable[Key]) -> Reach:
    """Find what goes with these roots, and which of them stay because something that stays refers to them."""
    found = Reach({root: root for root in roots})
    _parts(connection, found)
    for table in BESIDE:
        _beside(connection, found, table)
    _parts(connection, found)
    _newest(connection, found)
    for record, to in _references(connection, found):
        here, there = found.owner.get(record), found.owner[to]
        if here is None:
            found.kept.setdefault(there, record)
        elif here != there:
            found.links.append(Refers(here, there))
    spread(found.kept, found.links)
    return found


def spread(kept: dict[Key, Key], links: Iterable[Refers], *, both: bool = False) -> None:
    """Keep what a kept root refers to, through any number of steps; `both`: also what refers to a kept root."""
    pairs = [*links, *(Refers(to, record) for record, to in links)] if both else list(links)
    grew = True
    while grew:
        grew = False
        for record, to in pairs:
            if record in kept and to not in kept:
                kept[to], grew = record, True


def with_referrers(root: Key, links: Iterable[Refers]) -> set[Key]:
    """Return a root and every root that refers to it, through any number of steps."""
    whole, grew = {root}, True
    pairs = list(links)
    while grew:
        more = {record for record, to in pairs if to in whole} - whole
        whole |= more
        grew = bool(more)
    return whole


def held(connection: Connection, found: Reach, covers: Callable[[str, Mapping[str, Any]], bool]) -> dict[Key, Key]:
    """Return the roots that a hold stops: it covers a row that goes with them, or a root that such a row refers to.

    What a held root refers to, and what refers to it, is held too.
    """
    stopped: dict[Key, Key] = {}
    for name in sorted({name for name, _ in found.owner}):
        for row in _rows(connection, table_of(name), found.ids(name)):
            root = found.owner[name, row["id"]]
            if covers(name, row):
                stopped.setdefault(root, (name, row["id"]))
            for target in _roots_named(name, row):
                for other in _rows(connection, table_of(target[0]), [target[1]]):
                    if covers(target[0], other):
                        stopped.setdefault(root, target)
    spread(stopped, found.links, both=True)
    return stopped


def table_of(name: str) -> Table:
    """Return a table by its name."""
    return Base.metadata.tables[name]


def in_order(records: Iterable[Key]) -> list[Key]:
    """Return records so that each comes before what it can refer to."""
    place = {table.name: n for n, table in enumerate(Base.metadata.sorted_tables)}
    return sorted(records, key=lambda record: (-place[record[0]], -record[1]))


def _parts(connection: Connection, found: Reach) -> None:
    """Add the rows that belong to the roots, part by part until there are no more."""
    waiting = {name for name, _ in found.owner}
    while waiting:
        added: set[str] = set()
        for name, part in PARTS.items():
            if part.table not in waiting:
                continue
            table = table_of(name)
            for row_id, whole in _named(connection, table.c.id, table.c[part.column], found.ids(part.table)):
                found.owner[name, row_id] = found.owner[part.table, whole]
                added.add(name)
        waiting = added


def _beside(connection: Connection, found: Reach, name: str) -> None:
    table = table_of(name)
    for entity in sorted({entity for entity, _ in found.owner} - set(BESIDE)):
        for row_id, whole in _named(connection, table.c.id, table.c.entity_id, found.ids(entity),
                                    (table.c.entity, entity)):
            found.owner[name, row_id] = found.owner[entity, whole]


def _newest(connection: Connection, found: Reach) -> None:
    """Keep whose going would take the newest row of a table: SQLite would give its id again, and the trail knows it."""
    for name in sorted({name for name, _ in found.owner}):
        last = name, connection.execute(select(func.max(table_of(name).c.id))).scalar() or 0
        if last in found.owner:
            found.kept.setdefault(found.owner[last], last)


def _references(connection: Connection, found: Reach) -> Iterator[tuple[Key, Key]]:
    """Yield (record, record that would go) for every reference to what would go."""
    for table in Base.metadata.tables.values():
        mark = next(iter(table.primary_key.columns))
        for column in table.columns:
            for key in column.foreign_keys:
                target = key.column.table.name
                for row_id, to in _named(connection, mark, column, found.ids(target)):
                    yield (table.name, row_id), (target, to)
    for name, (kind, record) in POINTERS.items():
        table = table_of(name)
        for target in sorted({target for target, _ in found.owner}):
            for row_id, to in _named(connection, table.c.id, table.c[record], found.ids(target),
                                     (table.c[kind], target)):
                yield (name, row_id), (target, to)


def _roots_named(name: str, row: Mapping[str, Any]) -> Iterator[Key]:
    """Yield the roots that a row refers to."""
    for column in table_of(name).columns:
        for key in column.foreign_keys:
            if key.column.table.name in ROOTS and row[column.name] is not None:
                yield key.column.table.name, row[column.name]
    if name in POINTERS and row[POINTERS[name][0]] in ROOTS and row[POINTERS[name][1]] is not None:
        yield row[POINTERS[name][0]], row[POINTERS[name][1]]


def _named(connection: Connection, mark: Column[Any], column: Column[Any], ids: list[int],
           also: tuple[Column[Any], str] | None = None) -> Iterator[tuple[int, int]]:
    for begun in range(0, len(ids), _CHUNK):
        query = select(mark, column).where(column.in_(ids[begun:begun + _CHUNK]))
        if also is not None:
            query = query.where(also[0] == also[1])
        yield from ((int(row_id), int(to)) for row_id, to in connection.execute(query))


def _rows(connection: Connection, table: Table, ids: list[int]) -> Iterator[Mapping[str, Any]]:
    for begun in range(0, len(ids), _CHUNK):
        for row in connection.execute(select(table).where(table.c.id.in_(ids[begun:begun + _CHUNK]))).mappings():
            yield dict(row)


def record_tables() -> dict[str, Table]:
    """Map the name of every record table to it."""
    return {name: table_of(name) for name in record_classes()}
