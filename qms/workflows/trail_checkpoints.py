"""How checkpoints of the trail are made, found due and handed out. Knows the key's bytes, never where they lie.

Source: protocol B, step B6.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from qms.db import Database
from qms.db import checkpoints as table
from qms.db.checkpoints import Kept, checkpoints
from qms.db.ledger import installation, ledger
from qms.db.merkle import Peaks
from qms.db.notes import BadNote, Checkpoint, PublicKey, Signer, origin_of, read
from qms.models.chain import Site
from qms.rules.accounts import SYSTEM
from qms.rules.chain_calendar import shifts_in
from qms.rules.clock import utc_now
from qms.rules.errors import Doubled
from qms.workflows.chain_calendar import hours_of

EVERY = timedelta(minutes=15)
_LONGEST_SHIFT = timedelta(hours=24)


def make(database: Database, seed: bytes, reason: str) -> Kept | None:
    """Return a checkpoint over the ledger as it is now, made unless there is one; None while the ledger is empty.

    Entries are read before the write begins: nobody waits for it.
    """
    with database.reading() as session:
        connection = session.connection()
        if _is_current(connection):
            return table.newest(connection)
        peaks = table.grown(connection)
        origin = origin_of(identity(session))
    keep(database, peaks, sign(Signer(origin, seed), peaks), reason)
    with database.reading() as session:
        return table.one(session.connection(), peaks.size)


def sign(signer: Signer, peaks: Peaks) -> str:
    """Return the signed note over a tree."""
    return signer.sign(str(table.said(signer.name, peaks)))


def keep(database: Database, peaks: Peaks, note: str, reason: str) -> None:
    """Write a checkpoint down, unless one over as many entries is there."""
    with suppress(Doubled), database.transaction(SYSTEM, "trail.checkpoint") as session:
        table.keep(session.connection(), peaks, note, reason, utc_now())


def is_due(session: Session, at: datetime) -> bool:
    """Tell whether the ledger has grown since a quarter of an hour ago, or since before a shift ended."""
    connection = session.connection()
    if _is_current(connection):
        return False
    held = table.newest(connection)
    made_at = held.at if held else None
    if not isinstance(made_at, datetime) or at - made_at >= EVERY:
        return True
    return any(made_at < end <= at for end in _shift_ends(session, at))


def newest(session: Session) -> Kept | None:
    """Return the checkpoint that covers most; None before the first."""
    return table.newest(session.connection())


def public_key(session: Session, seed: bytes) -> PublicKey:
    """Return the key by which anybody checks this installation's checkpoints."""
    return Signer(origin_of(identity(session)), seed).public


def identity(session: Session) -> str:
    """Return the installation's own name, from which its chain begins."""
    return str(session.execute(select(installation.c.identity)).scalar_one())


def is_ours(session: Session, note: str) -> bool:
    """Tell whether a note that somebody kept is part of this trail's history: one that was given out, over entries that
    are here.
    """
    try:
        said = Checkpoint.of(read(note))
    except BadNote:
        return False
    connection = session.connection()
    last = connection.execute(select(ledger.c.seq).order_by(ledger.c.seq.desc()).limit(1)).scalar() or 0
    held = table.one(connection, said.size)
    return (said.origin == origin_of(identity(session)) and said.size <= last and held is not None
            and held.root == said.root)


def _is_current(connection: Connection) -> bool:
    """Tell whether the newest checkpoint covers every entry, by one look at each table's end."""
    last = connection.execute(select(ledger.c.seq).order_by(ledger.c.seq.desc()).limit(1)).scalar() or 0
    held = connection.execute(select(checkpoints.c.size)
                              .order_by(checkpoints.c.size.desc()).limit(1)).scalar() or 0
    return bool(last <= held)


def _shift_ends(session: Session, at: datetime) -> Iterator[datetime]:
    for site_id in session.scalars(select(Site.id)):
        for _begun, ended in shifts_in(hours_of(session, site_id), at - _LONGEST_SHIFT - EVERY, at):
            yield ended
