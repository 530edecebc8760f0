"""What somebody does to a ledger or to a record who holds the whole database, but neither key nor outside checkpoint.

Each attack is made in a transaction that is rolled back.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from qms.db.ledger import canonical, entry_hash, ledger
from tests.trail.attacks import rewrite

Row = dict[str, Any]


def entry_of(connection: Connection, seq: int) -> Row:
    """Return a row of the ledger, its bytes as bytes."""
    row = connection.execute(select(ledger).where(ledger.c.seq == seq)).mappings().one()
    return {key: bytes(value) if key in {"entry", "prev", "hash"} else value for key, value in row.items()}


def _changed(row: Row) -> bytes:
    said = orjson.loads(row["entry"])
    said["actor"]["name"] += "x"
    return canonical(said)


def modify(connection: Connection, seq: int, _chance: random.Random) -> None:
    """Change an entry's bytes."""
    connection.execute(update(ledger).where(ledger.c.seq == seq).values(entry=_changed(entry_of(connection, seq))))


def modify_and_rehash(connection: Connection, seq: int, _chance: random.Random) -> None:
    """Change an entry's bytes and give it the hash that fits."""
    row = entry_of(connection, seq)
    entry = _changed(row)
    connection.execute(update(ledger).where(ledger.c.seq == seq)
                       .values(entry=entry, hash=entry_hash(row["prev"], seq, entry)))


def remove(connection: Connection, seq: int, _chance: random.Random) -> None:
    """Delete an entry."""
    connection.execute(delete(ledger).where(ledger.c.seq == seq))


def remove_and_renumber(connection: Connection, seq: int, _chance: random.Random) -> None:
    """Delete an entry and let all that follow move up, in their columns and in what they say."""
    connection.execute(delete(ledger).where(ledger.c.seq == seq))
    _move(connection, seq + 1, -1)


def swap(connection: Connection, seq: int, _chance: random.Random) -> None:
    """Exchange what two neighbours say."""
    first, second = entry_of(connection, seq), entry_of(connection, seq + 1)
    for row, other in ((first, second), (second, first)):
        connection.execute(update(ledger).where(ledger.c.seq == row["seq"]).values(entry=other["entry"]))


def insert_forged(connection: Connection, seq: int, chance: random.Random) -> None:
    """Put an entry between two others, which move down; it links well to the one before it."""
    row = entry_of(connection, seq)
    _move(connection, seq, 1)
    said = orjson.loads(row["entry"]) | {"seq": seq, "entity_id": 10**6 + chance.randrange(10**6), "rev": 1}
    entry = canonical(said)
    prev = b"f" + chance.randbytes(31)  # The honest link is taken: no two entries follow on one.
    connection.execute(insert(ledger).values(
        row | {"seq": seq, "entry": entry, "prev": prev, "hash": entry_hash(prev, seq, entry),
               "entity_id": said["entity_id"], "entity_rev": 1}))


def _move(connection: Connection, start: int, by: int) -> None:
    seqs = list(connection.scalars(select(ledger.c.seq).where(ledger.c.seq >= start).order_by(ledger.c.seq)))
    for seq in seqs if by < 0 else reversed(seqs):
        said = orjson.loads(entry_of(connection, seq)["entry"]) | {"seq": seq + by}
        connection.execute(update(ledger).where(ledger.c.seq == seq).values(seq=seq + by, entry=canonical(said)))


ON_ENTRIES: dict[str, Callable[[Connection, int, random.Random], None]] = {
    "modify": modify, "modify and rehash": modify_and_rehash, "delete": remove,
    "delete and renumber": remove_and_renumber, "swap": swap, "insert forged": insert_forged}


def cut_tail(connection: Connection, seq: int) -> None:
    """Cut the ledger off from an entry on."""
    connection.execute(delete(ledger).where(ledger.c.seq >= seq))


WITH_CHECKPOINT: dict[str, Callable[[Connection, int], None]] = {
    "cut tail": cut_tail, "full rewrite": rewrite}


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Open a savepoint that is always rolled back."""
    point = connection.begin_nested()
    try:
        yield
    finally:
        point.rollback()
