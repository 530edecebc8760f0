"""How the trail and the records are proved to be what was written. Knows no feature: all record tables are alike.

Two passes, each over one consistent state of the database: the chain of entries by itself with the tree over it, and
every row of every record table against the newest entry about it. The tree is then held against every checkpoint.
Source: protocol B, step B7; rules R-43, R-46 and R-47.
"""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

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
)

from qms.db import record_classes
from qms.db.engine import open_engine
from qms.db.ledger import ledger, plain
from qms.db.notes import PublicKey
from qms.models.trail import NumberSeries
from qms.workflows.numbers import HANDOVER, REJECTION
from qms.workflows.verify_chain import Part, chain_pass, joined, parts_of, processors
from qms.workflows.verify_checkpoints import Given, Held, check, held_by
from qms.workflows.verify_disposals import Disposed, verify_disposals
from qms.workflows.verify_findings import Finding

CHUNK = 5000
NUMBERED = {"handovers": HANDOVER, "rejections": REJECTION}


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification looked at, and what it found; nothing found means that all is as written."""

    entries: int
    rows: int
    findings: tuple[Finding, ...]
    checkpoints: int = 0
    root: bytes = b""
    disposed: int = 0

    @property
    def good(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


def verify(url: str, *, together: bool = True, outside: Sequence[Given] = (),
           keys: Sequence[PublicKey] = ()) -> Report:
    """Verify a whole database, also against checkpoints that were kept outside. `together` shares the work among the
    machine's processors. Without `keys` no signature is checked.
    """
    held, last = _begin(url, outside)
    sizes = sorted({one.size for one in held.known})
    parts = parts_of(last, sizes) if together else [Part(0, None, tuple(sizes))]
    if len(parts) == 1:
        chain, (rows, wrong) = [chain_pass(url, parts[0])], _rows_pass(url)
    else:
        with ProcessPoolExecutor(processors(), mp_context=get_context("spawn")) as pool:
            rows_pass = pool.submit(_rows_pass, url)  # First, for it cannot be divided.
            chain = [task.result() for task in [pool.submit(chain_pass, url, part) for part in parts]]
            rows, wrong = rows_pass.result()
    entries = sum(one.count for one in chain)
    broken = min((one.broken_at for one in chain if one.broken_at is not None), default=None)
    tree, roots = joined(chain)
    found = [f for one in chain for f in one.found] + wrong
    found += check(held, keys, roots, max((one.last for one in chain), default=0), broken)
    return Report(entries, rows, tuple(found), len(held.known), tree.root(), sum(one.disposed for one in chain))


def _begin(url: str, outside: Sequence[Given]) -> tuple[Held, int]:
    """Read which checkpoints there are, and how long the ledger is, both before anything is verified."""
    engine = open_engine(url, writes=False, owner=True, pool_size=1)
    try:
        with engine.connect() as connection:
            return held_by(connection, outside), connection.execute(select(func.max(ledger.c.seq))).scalar() or 0
    finally:
        engine.dispose()


def _rows_pass(url: str) -> tuple[int, list[Finding]]:
    """Verify every row, in a process of its own."""
    import qms.models  # noqa: F401  (the metadata must be complete in a process of its own)
    engine = open_engine(url, writes=False, owner=True, pool_size=1)
    try:
        with engine.connect() as connection:
            return verify_rows(connection)
    finally:
        engine.dispose()


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
    disposed = verify_disposals(connection)
    count, found = 0, list(disposed.found)
    for name, cls in record_classes().items():
        table = cls.__table__
        assert isinstance(table, Table)  # noqa: S101
        seen, wrong = verify_table(connection, name, table, disposed.ids.get(name, frozenset()))
        count += seen
        found += wrong
    found += _gaps_in_versions(connection)
    for name, kind in NUMBERED.items():
        found += _gaps_in_numbers(connection, name, kind, disposed)
    return count, found


def verify_table(connection: Connection, name: str, table: Table,
                 disposed: Collection[int] = frozenset()) -> tuple[int, list[Finding]]:
    """Check every row of one record table against the trail; `disposed` may be gone. Returns (rows, findings)."""
    count, found = _differing_rows(connection, name, table)
    return count, [*found, *(f for f in _vanished_rows(connection, name, table)
                             if f.kind != "missing row" or f.row_id not in disposed)]


def _differing_rows(connection: Connection, name: str, table: Table) -> tuple[int, list[Finding]]:
    count, found = 0, []
    joined = table.outerjoin(ledger, and_(ledger.c.entity == name, ledger.c.entity_id == table.c.id,
                                          ledger.c.entity_rev == table.c.rev))
    result = connection.execute(
        select(table, ledger.c.seq.label("entry_seq"), ledger.c.entry.label("entry_bytes")).select_from(joined),
        execution_options={"stream_results": True, "max_row_buffer": CHUNK})
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
            after = orjson.loads(entry).get("after", {})
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


def _gaps_in_numbers(connection: Connection, name: str, kind: str, disposed: Disposed) -> Iterator[Finding]:
    table = record_classes()[name].__table__
    given = {(site, year): last for site, year, last in connection.execute(
        select(NumberSeries.site_id, NumberSeries.year, NumberSeries.last).where(NumberSeries.kind == kind))}
    counted = {(site, year): (count, last) for site, year, count, last in connection.execute(
        select(table.c.site_id, table.c.year, func.count(), func.max(table.c.serial))
        .group_by(table.c.site_id, table.c.year))}
    gone = {(site, year): many for (entity, site, year), many in disposed.numbers.items() if entity == name}
    for site, year in sorted(counted.keys() | gone.keys()):
        count, last = counted.get((site, year), (0, 0))
        whole = count + gone.get((site, year), 0)
        if whole != given.get((site, year)) or (last != whole and (site, year) not in gone):
            yield Finding("gap in numbers", name, None, None,
                          f"site {site}, {year}: {whole} records, highest number {last}, "
                          f"last given {given.get((site, year))}")
