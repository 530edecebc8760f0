"""Knows how an entry of the ledger loses its content and keeps its place in chain and tree; must not know why.

The chain hash covers the leaf of an entry, not its bytes: an entry whose leaf is kept here still proves its neighbours.
Only the owner of the database writes here, and the guards let an entry be replaced, and a row go, only where this table
names it (`qms.db.schema`).
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, delete, insert, select, update

from qms.db.base import Base
from qms.db.ledger import HASH_VERSION, canonical, leaf_hash, ledger
from qms.db.search import SEARCHED, forget_found
from qms.db.types import Id

MARK = '"disposed":'
"""What the bytes of a disposed entry hold, and no other entry's: a quote within a text is written with a backslash."""
LONGEST = 600

disposed_leaves = Table(
    "disposed_leaves",
    Base.metadata,
    Column("seq", Id, primary_key=True, autoincrement=False, comment="entry of the ledger"),
    Column("leaf", LargeBinary(32), nullable=False, comment="RFC 9162 leaf of the bytes that were there"),
    Column("tombstone_id", Integer, nullable=False, index=True, comment="tombstone of the record it was about"),
)


_PLACE = ("seq", "entity", "entity_id", "rev", "action", "at")
_LEFT = {*_PLACE, "hv", "disposed", "actor"}


def leaves(connection: Connection, after: int = 0, until: int | None = None) -> dict[int, bytes]:
    """Map the entries in (after, until] whose content was disposed of to the leaf that they had; mostly there is none.
    """
    query = select(disposed_leaves.c.seq, disposed_leaves.c.leaf).where(disposed_leaves.c.seq > after)
    if until is not None:
        query = query.where(disposed_leaves.c.seq <= until)
    return {seq: bytes(leaf) for seq, leaf in connection.execute(query)}


def last_leaf(connection: Connection, entity: str, entity_id: int) -> tuple[int, bytes]:
    """Return how many entries there are about a record, and the leaf of the newest."""
    rows = connection.execute(select(ledger.c.entry).where(
        ledger.c.entity == entity, ledger.c.entity_id == entity_id).order_by(ledger.c.entity_rev)).scalars().all()
    return len(rows), leaf_hash(bytes(rows[-1]))


def dispose(connection: Connection, tombstones: Sequence[tuple[int, str, int]], tables: dict[str, Table]) -> None:
    """Take the content of records out of their entries, and the rows away, each (tombstone, table, id) after what
    refers to it. As the owner of the database only; the tombstones are there already.
    """
    for tombstone_id, entity, entity_id in tombstones:
        entries = connection.execute(
            select(ledger.c.seq, ledger.c.entry)
            .where(ledger.c.entity == entity, ledger.c.entity_id == entity_id).order_by(ledger.c.seq)).all()
        for seq, entry in entries:
            content = bytes(entry)
            connection.execute(insert(disposed_leaves).values(seq=seq, leaf=leaf_hash(content),
                                                              tombstone_id=tombstone_id))
            connection.execute(update(ledger).where(ledger.c.seq == seq).values(entry=remains(content, tombstone_id)))
    for _tombstone_id, entity, entity_id in tombstones:
        connection.execute(delete(tables[entity]).where(tables[entity].c.id == entity_id))
        if entity in SEARCHED:
            forget_found(connection, entity, entity_id)


def is_remains(entry: bytes) -> bool:
    """Tell whether these bytes are what disposal leaves of an entry, and hold nothing else."""
    try:
        said = orjson.loads(entry)
        return (isinstance(said, dict) and set(said) == _LEFT and isinstance(said["disposed"], int)
                and set(said["actor"]) == {"id"})
    except (ValueError, TypeError):
        return False


def remains(entry: bytes, tombstone_id: int) -> bytes:
    """Return what is left of an entry: its place, its record and action, who acted by their id, and the tombstone."""
    said: dict[str, Any] = orjson.loads(entry)
    kept = {name: said[name] for name in _PLACE}
    actor = {"id": said["actor"]["id"]}
    return canonical(kept | {"hv": HASH_VERSION, "disposed": tombstone_id, "actor": actor})
