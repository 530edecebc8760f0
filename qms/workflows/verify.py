"""How the trail and the records are proved to be what was written. Knows no feature: all record tables are alike.

Two passes, each over one consistent state of the database: the chain of entries by itself, and every row of every
record table against the newest entry about it. Source: protocol B, step B7; rules R-43, R-46 and R-47.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Integer,
    String,
    Table,
    Text,
    and_,
    func,
    select,
    type_coerce,
)

from qms.db import record_classes
from qms.db.engine import open_engine
from qms.db.ledger import entry_hash, genesis, installation, ledger, plain
from qms.models.trail import NumberSeries
from qms.rules.clock import rfc3339
from qms.workflows.numbers import HANDOVER, REJECTION

CHUNK = 5000
WORTH_SHARING = 50_000
SHARES = 4
"""Parts of the chain for each processor, so that all of them are done at about the same time."""
NUMBERED = {"handovers": HANDOVER, "rejections": REJECTION}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written. `row_id` or `seq` None: not about one row, or not about one entry."""

    kind: str
    table: str
    row_id: int | None
    seq: int | None
    detail: str

    def __str__(self) -> str:
        where = [self.table]
        if self.row_id is not None:
            where.append(f"row {self.row_id}")
        if self.seq is not None:
            where.append(f"entry {self.seq}")
        return f"{self.kind}: {', '.join(where)}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification looked at, and what it found; nothing found means that all is as written."""

    entries: int
    rows: int
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


def verify(url: str, *, together: bool = True) -> Report:
    """Verify a whole database. `together` shares the work among the machine's processors."""
    parts = _parts(url) if together else [(0, None)]
    if len(parts) == 1:
        done = [_pass(url, part) for part in (*parts, None)]
    else:
        with ProcessPoolExecutor(_processors(), mp_context=get_context("spawn")) as pool:
            rows_pass = pool.submit(_pass, url, None)  # First, for it cannot be divided.
            done = [task.result() for task in [*(pool.submit(_pass, url, part) for part in parts), rows_pass]]
    entries, rows = sum(count for count, _ in done[:-1]), done[-1][0]
    return Report(entries, rows, tuple(f for _, found in done for f in found))


def _parts(url: str) -> list[tuple[int, int | None]]:
    """Divide a long chain into (first, last] ranges of entries, SHARES for each processor; the last has no end."""
    engine = open_engine(url, writes=False, owner=True, pool_size=1)
    with engine.connect() as connection:
        last = connection.execute(select(func.max(ledger.c.seq))).scalar() or 0
    engine.dispose()
    shares = _processors() * SHARES if last > WORTH_SHARING else 1
    cuts: list[int | None] = [last * n // shares for n in range(shares)]
    return [(int(first or 0), after) for first, after in zip(cuts, [*cuts[1:], None], strict=True)]


def _processors() -> int:
    return os.cpu_count() or 1


def _pass(url: str, part: tuple[int, int | None] | None) -> tuple[int, list[Finding]]:
    """Do one share of the work: a part of the chain, or (None) every row."""
    if part is None:
        import qms.models  # noqa: F401  (the metadata must be complete in a process of its own)
    engine = open_engine(url, writes=False, owner=True, pool_size=1)
    try:
        with engine.connect() as connection:
            return verify_rows(connection) if part is None else verify_chain(connection, *part)
    finally:
        engine.dispose()


def verify_chain(connection: Connection, after: int = 0, until: int | None = None) -> tuple[int, list[Finding]]:
    """Check numbering, links, hashes and index columns of the entries in a range. Returns (entries, findings)."""
    found: list[Finding] = []
    identity = connection.execute(select(installation.c.identity)).scalar()
    if identity is None:
        return 0, [Finding("no installation", "installation", None, None, "the chain has no beginning")]
    at = type_coerce(ledger.c.at, String) if connection.dialect.name == "sqlite" else ledger.c.at
    query = select(ledger.c.seq, ledger.c.entry, ledger.c.prev, ledger.c.hash, ledger.c.entity, ledger.c.entity_id,
                   ledger.c.entity_rev, ledger.c.action, at).where(ledger.c.seq > after).order_by(ledger.c.seq)
    if until is not None:
        query = query.where(ledger.c.seq <= until)
    before = connection.execute(select(ledger.c.hash).where(ledger.c.seq == after)).scalar()
    head, expected, count = before or genesis(identity), after + 1, 0
    last_at, said_at = None, ""  # Entries of one transaction have one time.
    result = connection.execution_options(stream_results=True, max_row_buffer=CHUNK).execute(query)
    while rows := result.fetchmany(CHUNK):
        count += len(rows)
        for seq, entry, prev, digest, entity, entity_id, rev, action, at in rows:
            if seq != expected or prev != head:
                found.append(_out_of_line(seq, expected))
            if digest != entry_hash(prev, seq, entry):
                found.append(Finding("changed entry", "ledger", None, seq, "its bytes do not give its hash"))
            if at != last_at:
                last_at, said_at = at, f"{at[:10]}T{at[11:]}Z" if isinstance(at, str) else rfc3339(at)
            wrong = _index_differs(entry, (seq, entity, entity_id, rev, action, said_at))
            if wrong:
                found.append(Finding("changed index", "ledger", None, seq, f"differs from its entry in {wrong}"))
            head, expected = digest, seq + 1
    if until is not None and expected <= until:
        found.append(Finding("missing entries", "ledger", None, expected,
                             f"entries {expected} to {until} are not there"))
    return count, found


def _out_of_line(seq: int, expected: int) -> Finding:
    if seq != expected:
        return Finding("missing entries", "ledger", None, expected, f"entries {expected} to {seq - 1} are not there")
    return Finding("broken link", "ledger", None, seq, "does not link to the entry before it")


_INDEX = itemgetter("seq", "entity", "entity_id", "rev", "action", "at")


def _index_differs(entry: bytes, shown: tuple[Any, ...]) -> str:
    """Name the columns that say something else than the entry; empty when all agree."""
    try:
        told = _INDEX(orjson.loads(entry))
    except (ValueError, KeyError, TypeError):
        return "everything: the entry cannot be read"
    if told == shown:
        return ""
    names = ("seq", "entity", "entity_id", "entity_rev", "action", "at")
    return ", ".join(name for name, a, b in zip(names, told, shown, strict=True) if a != b)


def _gaps_in_versions(connection: Connection) -> Iterator[Finding]:
    """Find records whose entries do not count 1, 2, 3 ..."""
    known = set(record_classes())
    rows = connection.execute(
        select(ledger.c.entity, ledger.c.entity_id, func.count(), func.max(ledger.c.entity_rev))
        .group_by(ledger.c.entity, ledger.c.entity_id)
        .having(func.count() != func.max(ledger.c.entity_rev)))
    for entity, entity_id, count, last in rows:
        yield Finding("missing version", entity, entity_id, None, f"has {count} entries for {last} versions")
    for entity in _entities(connection):
        if entity not in known:
            yield Finding("unknown table", entity, None, None, "the ledger speaks of a table that is not there")


def _entities(connection: Connection) -> Iterator[str]:
    """Find the tables that the ledger speaks of, each by one step in its index: DISTINCT reads every entry."""
    entity = connection.execute(select(func.min(ledger.c.entity))).scalar()
    while entity is not None:
        yield entity
        entity = connection.execute(select(func.min(ledger.c.entity)).where(ledger.c.entity > entity)).scalar()


def verify_rows(connection: Connection) -> tuple[int, list[Finding]]:
    """Check every row of every record table against the trail. Returns (rows, findings)."""
    count, found = 0, []
    for name, cls in record_classes().items():
        table = cls.__table__
        assert isinstance(table, Table)  # noqa: S101
        seen, wrong = _differing_rows(connection, name, table)
        count += seen
        found += wrong
        found += _vanished_rows(connection, name, table)
    found += _gaps_in_versions(connection)
    for name, kind in NUMBERED.items():
        found += _gaps_in_numbers(connection, name, kind)
    return count, found


def _differing_rows(connection: Connection, name: str, table: Table) -> tuple[int, list[Finding]]:
    count, found = 0, []
    joined = table.outerjoin(ledger, and_(ledger.c.entity == name, ledger.c.entity_id == table.c.id,
                                          ledger.c.entity_rev == table.c.rev))
    result = connection.execution_options(stream_results=True, max_row_buffer=CHUNK).execute(
        select(table, ledger.c.seq.label("entry_seq"), ledger.c.entry.label("entry_bytes")).select_from(joined))
    names = [column.name for column in table.columns]
    place, width = names.index("id"), len(names)
    spelled = [column.name for column in table.columns if type(column.type) not in _SAID_AS_IT_IS]
    while rows := result.fetchmany(CHUNK):
        count += len(rows)
        for row in rows:
            entry = row[width + 1]
            if entry is None:
                found.append(Finding("row without entry", name, row[place], None,
                                     "this version of the row was never written to the trail"))
                continue
            after = orjson.loads(entry)["after"]
            now = dict(zip(names, row, strict=False))
            for key in spelled:
                if type(now[key]) not in _SIMPLE:
                    now[key] = plain(now[key])
            if after != now:
                names_of_both = sorted(after.keys() | now.keys())
                changed = ", ".join(k for k in names_of_both if after.get(k, ...) != now.get(k, ...))
                found.append(Finding("changed row", name, row[place], row[width],
                                     f"differs from the trail in {changed}"))
    return count, found


_SAID_AS_IT_IS = frozenset({Boolean, Integer, BigInteger, String, Text})
"""The types of columns whose values stand in an entry as they are."""
_SIMPLE = frozenset({int, str, bool, type(None)})


def _vanished_rows(connection: Connection, name: str, table: Table) -> Iterator[Finding]:
    """Find rows that the trail knows and the table does not, or knows in a later version."""
    gone = connection.execute(
        select(ledger.c.entity_id, ledger.c.seq).outerjoin(table, table.c.id == ledger.c.entity_id)
        .where(ledger.c.entity == name, ledger.c.entity_rev == 1, table.c.id.is_(None)))
    for row_id, seq in gone:
        yield Finding("missing row", name, row_id, seq, "the trail knows it, the table does not")
    older = connection.execute(
        select(ledger.c.entity_id, ledger.c.seq)
        .join(table, and_(table.c.id == ledger.c.entity_id, ledger.c.entity_rev == table.c.rev + 1))
        .where(ledger.c.entity == name))
    for row_id, seq in older:
        yield Finding("older row", name, row_id, seq, "the trail knows a later version")


def _gaps_in_numbers(connection: Connection, name: str, kind: str) -> Iterator[Finding]:
    table = record_classes()[name].__table__
    given = {(site, year): last for site, year, last in connection.execute(
        select(NumberSeries.site_id, NumberSeries.year, NumberSeries.last).where(NumberSeries.kind == kind))}
    counted = connection.execute(
        select(table.c.site_id, table.c.year, func.count(), func.max(table.c.serial))
        .group_by(table.c.site_id, table.c.year))
    for site, year, count, last in counted:
        if count != last or given.get((site, year)) != last:
            yield Finding("gap in numbers", name, None, None,
                          f"site {site}, {year}: {count} records, highest number {last}, "
                          f"last given {given.get((site, year))}")
