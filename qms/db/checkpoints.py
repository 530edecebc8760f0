"""Knows the table of checkpoints: signed statements of how long the ledger was and what its root was then.

Must not know the key. Append-only like the ledger; a checkpoint can be made again from the entries, and proves nothing
until a copy of it lies outside the database.
"""

from typing import NamedTuple

from sqlalchemy import Column, Connection, Index, LargeBinary, String, Table, Text, insert, select

from qms.db.base import Base
from qms.db.disposed import leaves
from qms.db.ledger import leaf_hash, ledger
from qms.db.merkle import Peaks
from qms.db.notes import Checkpoint
from qms.db.types import Id, UtcTime

CHUNK = 5000

checkpoints = Table(
    "checkpoints",
    Base.metadata,
    Column("size", Id, primary_key=True, autoincrement=False, comment="entries of the ledger that it covers"),
    Column("root", LargeBinary(32), nullable=False, comment="RFC 9162 root over their leaves"),
    Column("peaks", LargeBinary, nullable=False, comment="the tree's whole subtrees: the next reads only new entries"),
    Column("note", Text, nullable=False, comment="C2SP signed note, exactly as it was given out"),
    Column("reason", String(20), nullable=False, comment="what it was made for"),
    Column("at", UtcTime, nullable=False),
    Index("ix_checkpoints_at", "at"),
)


class Kept(NamedTuple):
    """A checkpoint as it is kept."""

    size: int
    root: bytes
    note: str
    at: object


def newest(connection: Connection) -> Kept | None:
    """Return the checkpoint that covers most; None before the first."""
    row = connection.execute(select(checkpoints.c.size, checkpoints.c.root, checkpoints.c.note, checkpoints.c.at)
                             .order_by(checkpoints.c.size.desc()).limit(1)).first()
    return None if row is None else Kept(row.size, bytes(row.root), row.note, row.at)


def one(connection: Connection, size: int) -> Kept | None:
    """Return the checkpoint over so many entries; None when none was made just then."""
    row = connection.execute(select(checkpoints.c.size, checkpoints.c.root, checkpoints.c.note, checkpoints.c.at)
                             .where(checkpoints.c.size == size)).first()
    return None if row is None else Kept(row.size, bytes(row.root), row.note, row.at)


def grown(connection: Connection) -> Peaks:
    """Return the tree over the ledger as it is now, reading only the entries since the newest checkpoint."""
    held = connection.execute(select(checkpoints.c.size, checkpoints.c.peaks)
                              .order_by(checkpoints.c.size.desc()).limit(1)).first()
    peaks = Peaks(held.size, bytes(held.peaks)) if held else Peaks()
    gone = leaves(connection, peaks.size)
    result = connection.execute(
        select(ledger.c.seq, ledger.c.entry).where(ledger.c.seq > peaks.size).order_by(ledger.c.seq),
        execution_options={"stream_results": True, "max_row_buffer": CHUNK})
    while rows := result.fetchmany(CHUNK):
        peaks.extend(gone.get(seq) or leaf_hash(entry) for seq, entry in rows)
    return peaks


def keep(connection: Connection, peaks: Peaks, note: str, reason: str, at: object) -> None:
    """Write a checkpoint down, unless one over as many entries is there."""
    if one(connection, peaks.size) is None:
        connection.execute(insert(checkpoints).values(size=peaks.size, root=peaks.root(), peaks=bytes(peaks),
                                                      note=note, reason=reason, at=at))


def said(origin: str, peaks: Peaks) -> Checkpoint:
    """Return what a checkpoint of this tree says."""
    return Checkpoint(origin, peaks.size, peaks.root())
