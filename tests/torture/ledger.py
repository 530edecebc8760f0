"""The torture of protocol B: every attack on the ledger and on the records, tried and found, on both databases.

`python -m tests.torture.ledger --trials 25` prints found/tried of each attack.
Source: shared reliability promises 6, 7, 8 and 11.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Table, delete

import qms.models  # noqa: F401
from qms.db import Database, record_classes
from qms.db.checkpoints import checkpoints
from qms.db.engine import open_engine
from qms.models.chain import Unit
from qms.workflows.trail_checkpoints import make
from qms.workflows.verify import verify_table
from qms.workflows.verify_chain import Part, joined, verify_chain
from qms.workflows.verify_checkpoints import Given, check, held_by
from qms.workflows.verify_findings import Finding
from tests.databases import HAS_POSTGRES, made_database
from tests.plant import Plant, make_plant
from tests.torture import ledger_attacks as attacks
from tests.torture import ledger_records as records
from tests.trail.attacks import unguard
from tests.trail.test_append_only import ON_POSTGRESQL, ON_SQLITE, refused

SEED = bytes(range(32))
NEAR = 1


class Tried(NamedTuple):
    """How often an attack was tried, and found with the right name."""

    attack: str
    found: int
    tried: int


def run(url: str, trials: int, seed: int = 6) -> Iterator[Tried]:
    """Make every attack on a database of its own; yield how each went."""
    database = Database(url)
    chance = random.Random(seed)
    plant = make_plant(database)
    early = make(database, SEED, "command")
    _edit(database, plant)
    late = make(database, SEED, "command")
    yield from _refusals(database)
    assert early is not None
    assert late is not None
    size = late.size
    outside = [Given("early.txt", early.note), Given("late.txt", late.note)]
    with _as_owner(database) as connection:
        yield Tried("untouched: nothing found", int(not _found(connection, outside)), 1)
        for name, attack in attacks.ON_ENTRIES.items():
            def by_chain(place: int, attack: Callable[..., None] = attack) -> bool:
                with attacks.undone(connection):
                    attack(connection, place, chance)
                    return any(f.seq is not None and abs(f.seq - place) <= NEAR for f in _chain(connection))
            yield Tried(name, sum(by_chain(chance.randrange(2, size - 1)) for _ in range(trials)), trials)
        for name, whole in attacks.WITH_CHECKPOINT.items():
            places = [chance.randrange(early.size + 1, size + 1) for _ in range(trials)]
            yield Tried(f"{name}, chain alone (finds nothing)",
                        sum(not _after(connection, whole, place, []) for place in places[:3]), 3)
            yield Tried(f"{name}, checkpoint outside",
                        sum(_told(_after(connection, whole, place, outside), early.size, place) for place in places),
                        trials)
        yield from _on_records(connection)
    database.dispose()


def _edit(database: Database, plant: Plant) -> None:
    for n in range(40):
        with database.transaction(plant.quality_engineer, "chain.edit_unit") as session:
            session.get_one(Unit, plant.press).line = f"A{n}"


def _refusals(database: Database) -> Iterator[Tried]:
    listed = ON_SQLITE if database.is_sqlite else ON_POSTGRESQL
    yield Tried("the application's own connection (refused)", sum(refused(database, one) for one in listed),
                len(listed))


def _on_records(connection: Connection) -> Iterator[Tried]:
    """Attack one row of every record table; a find names the table and the row."""
    tables = [cls.__table__ for cls in record_classes().values()]
    for verb in records.VERBS:
        missed = [table.name for table in tables if not _is_named(connection, table, verb)]
        for name in missed:
            sys.stdout.write(f"  {verb} not found: {name}\n")
        yield Tried(f"{verb} by SQL on every record table", len(tables) - len(missed), len(tables))


def _is_named(connection: Connection, table: Table, verb: str) -> bool:
    with attacks.undone(connection):
        records.put(connection, table, records.FIRST)
        assert verify_table(connection, table.name, table)[1] == []
        row_id = records.attack(connection, table, verb)
        return any((f.table, f.row_id) == (table.name, row_id) for f in verify_table(connection, table.name, table)[1])


def _after(connection: Connection, attack: Callable[[Connection, int], None], place: int,
           outside: list[Given]) -> list[Finding]:
    """Return what is found of an attack on the ledger whose stored checkpoints were wiped out as well."""
    with attacks.undone(connection):
        attack(connection, place)
        connection.execute(delete(checkpoints))
        return _found(connection, outside)


def _told(found: list[Finding], agreed: int, place: int) -> bool:
    """Tell whether a find says where: the first entry that is gone, or the stretch since the checkpoint that agrees."""
    return any((f.kind, f.seq) in {("cut tail", place), ("rewritten", agreed + 1)} for f in found)


def _found(connection: Connection, outside: list[Given]) -> list[Finding]:
    """Verify the ledger with what the connection sees, and hold it against checkpoints."""
    held = held_by(connection, outside)
    seen = verify_chain(connection, Part(0, None, tuple(sorted({one.size for one in held.known}))))
    _tree, roots = joined([seen])
    return seen.found + check(held, (), roots, seen.last, seen.broken_at)


def _chain(connection: Connection) -> list[Finding]:
    return verify_chain(connection).found


@contextmanager
def _as_owner(database: Database) -> Iterator[Connection]:
    """Lend a connection that may do anything; nothing of it is kept."""
    engine = open_engine(database.url, writes=True, owner=True)
    with engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        unguard(connection)
        records.loosen(connection)
        yield connection
        connection.rollback()
    engine.dispose()


def main() -> int:
    """Run on SQLite and on PostgreSQL where one answers; return 1 when an attack was not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=25)
    parser.add_argument("--seed", type=int, default=6)
    asked = parser.parse_args()
    missed = 0
    for backend in ["sqlite", *(["postgresql"] if HAS_POSTGRES else [])]:
        with tempfile.TemporaryDirectory() as folder, made_database(backend, Path(folder)) as url:
            for one in run(url, asked.trials, asked.seed):
                missed += one.tried - one.found
                sys.stdout.write(f"{backend:11} {one.attack:52} {one.found}/{one.tried}\n")
                sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
