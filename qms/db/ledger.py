"""Knows protocol B: what an entry says, how it is hashed and appended; must not know any feature's table.

The chain is one per installation and is appended last in the business transaction, under a lock, so that it cannot
fork.
Source: shared rules R-43 and R-46.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
)
from sqlalchemy.orm import Session

from qms.db.base import Base
from qms.db.prepared import Prepared, bare_cursor, last_before_commit
from qms.db.types import Id, UtcTime
from qms.rules.accounts import Actor
from qms.rules.clock import rfc3339

HASH_VERSION = 1

installation = Table(
    "installation",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("identity", String(36), nullable=False, comment="UUID; the genesis of the chain is made from it"),
    Column("created_at", UtcTime, nullable=False),
)

ledger = Table(
    "ledger",
    Base.metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False, comment="canonical JSON, exactly the bytes that were hashed"),
    Column("prev", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("entity", String(40), nullable=False, comment="table name; this and what follows only index the entry"),
    Column("entity_id", Id, nullable=False),
    Column("entity_rev", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_id", Id, comment="person who acted"),
    UniqueConstraint("prev", name="uq_ledger_prev"),
    UniqueConstraint("hash", name="uq_ledger_hash"),
    UniqueConstraint("entity", "entity_id", "entity_rev"),
    Index("ix_ledger_at", "at", "seq"),
    Index("ix_ledger_actor_id", "actor_id", "seq"),
)


_INSERT = Prepared(insert(ledger), ledger.c.keys())
_LAST = Prepared(select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(1))
_LOCK_AND_LAST = "SELECT pg_advisory_xact_lock(x'716d73'::int); SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1"
"""The advisory lock's key is "qms"."""


class Change(NamedTuple):
    """One row's new version. `before` holds only what changed, by column; None means that the row is new."""

    entity: str
    entity_id: int
    rev: int
    before: dict[str, Any] | None
    after: dict[str, Any]


def plain(value: Any) -> Any:
    """Turn a column's value into what canonical JSON may hold: no float, times in RFC 3339, decimals as text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {plain(str(k)): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    msg = f"{type(value).__name__} has no place in a trail entry"
    raise TypeError(msg)


def canonical(entry: dict[str, Any]) -> bytes:
    """Return the entry's one byte form: sorted keys, UTF-8, no spaces."""
    return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)


_sha256 = hashlib.sha256


def genesis(identity: str) -> bytes:
    """Return what the first entry of an installation links back to."""
    return hashlib.sha256(b"genesis|" + identity.encode()).digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the Merkle leaf of an entry. Source: RFC 9162 section 2.1.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def entry_hash(prev: bytes, seq: int, entry: bytes) -> bytes:
    """Return the hash that the next entry links back to."""
    leaf = _sha256(b"\x00" + entry).digest()  # leaf_hash, without a call for each of a million entries.
    return _sha256(b"\x02" + prev + seq.to_bytes(8, "big") + leaf).digest()


def append(session: Session, person: Actor, action: str, reason: str | None, at: datetime,
           changes: Iterable[Change], rules: tuple[str, ...] = ()) -> None:
    """Append one entry per change, of which there are some, as the last writes of this transaction.

    Nothing may be written after it: a session of its own on PostgreSQL is committed by it.
    """
    said = {
        "hv": HASH_VERSION,
        "at": rfc3339(at),
        "actor": _actor(person),
        "auth": {"method": person.method, "session": person.session_id, "device": person.device,
                 "address": person.address},
        "action": action,
        "reason": plain(reason),
        "request_id": person.request_id,
        "rules": list(rules),
    }
    seq, prev = _tail(session)
    rows = []
    for change in changes:
        seq += 1
        entry = canonical(said | {
            "seq": seq, "entity": change.entity, "entity_id": change.entity_id, "rev": change.rev,
            "before": change.before, "after": change.after,
        })
        head = entry_hash(prev, seq, entry)
        rows.append({"seq": seq, "entry": entry, "prev": prev, "hash": head, "entity": change.entity,
                     "entity_id": change.entity_id, "entity_rev": change.rev, "action": action, "at": at,
                     "actor_id": person.id})
        prev = head
    with last_before_commit(session):
        _INSERT.run_many(session.connection(), rows)


def _actor(person: Actor) -> dict[str, Any]:
    """Return who acted, and on whose behalf where only delegated grants allowed it (R-49)."""
    said = {"id": person.id, "name": plain(person.name), "role": ",".join(person.roles)}
    behalf = [{"grant": grant.id, "id": grant.behalf_id, "name": plain(grant.behalf), "role": grant.role}
              for grant in person.leaned_on.values()]
    return said | {"behalf": behalf} if behalf else said


def _tail(session: Session) -> tuple[int, bytes]:
    """Lock the end of the chain and read it. SQLite is locked already: its transaction began IMMEDIATE."""
    connection = session.connection()
    tail = _locked_tail(connection) if connection.dialect.name == "postgresql" else _LAST.rows(connection, {})
    if tail:
        seq, head = tail[0]
        return seq, head
    return 0, genesis(str(connection.execute(select(installation.c.identity)).scalar_one()))


def _locked_tail(connection: Connection) -> list[tuple[int, bytes]]:
    """Lock the end of the chain on PostgreSQL and read it, by one round trip of two statements.

    The second sees what was committed while the first waited; one statement would see what was there before it.
    """
    with bare_cursor(connection, _LOCK_AND_LAST) as cursor:
        cursor.execute(_LOCK_AND_LAST)
        cursor.nextset()
        return list(cursor.fetchall())
