"""How the trail is read: one record's history, the whole trail, and how often each rule acted. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from qms.db.ledger import ledger
from qms.models.trail import RuleCount
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound

PAGE = 50


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the trail, ready to be read. `changes` lists (column, old, new); for a new row old is None."""

    seq: int
    at: datetime
    who: str
    roles: str
    method: str
    action: str
    reason: str | None
    rules: tuple[str, ...]
    entity: str
    entity_id: int
    rev: int
    created: bool
    changes: tuple[tuple[str, Any, Any], ...]
    hash: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What part of the trail is asked for; None asks for everything."""

    entity: str | None = None
    entity_id: int | None = None
    actor_id: int | None = None
    action: str | None = None


def history(session: Session, records: Iterable[tuple[str, int]]) -> list[Told]:
    """Return everything that happened to these (table, id), oldest first."""
    wanted = [and_(ledger.c.entity == entity, ledger.c.entity_id == entity_id) for entity, entity_id in records]
    if not wanted:
        return []
    rows = session.execute(select(ledger.c.entry, ledger.c.at, ledger.c.hash).where(or_(*wanted))
                           .order_by(ledger.c.seq))
    return [_told(*row) for row in rows]


def entries(session: Session, person: Actor, wanted: Filter, *, before: int | None = None) -> list[Told]:
    """Return a page of the trail, newest first, below an entry's number. Raises NotAllowed."""
    person.need("trail.view")
    query = select(ledger.c.entry, ledger.c.at, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(PAGE + 1)
    if wanted.entity is not None:
        query = query.where(ledger.c.entity == wanted.entity)
    if wanted.entity_id is not None:
        query = query.where(ledger.c.entity_id == wanted.entity_id)
    if wanted.action is not None:
        query = query.where(ledger.c.action == wanted.action)
    if before is not None:
        query = query.where(ledger.c.seq < before)
    return [_told(*row) for row in session.execute(query)]


def entry(session: Session, person: Actor, seq: int) -> tuple[Told, str]:
    """Return one entry and its bytes as text, exactly as hashed. Raises NotAllowed, NotFound."""
    person.need("trail.view")
    row = session.execute(select(ledger.c.entry, ledger.c.at, ledger.c.hash).where(ledger.c.seq == seq)).first()
    if row is None:
        raise NotFound
    return _told(*row), bytes(row.entry).decode()


def rule_counts(session: Session) -> dict[tuple[str, str], int]:
    """Return how often each (rule, outcome) was counted; outcomes are blocked, warned and acted."""
    rows: Sequence[Any] = session.execute(
        select(RuleCount.rule, RuleCount.outcome, func.sum(RuleCount.times)).group_by(RuleCount.rule,
                                                                                      RuleCount.outcome)).all()
    return {(rule, outcome): int(times) for rule, outcome, times in rows}


def _told(entry: bytes, at: datetime, digest: bytes) -> Told:
    said = orjson.loads(entry)
    before, after = said["before"], said["after"]
    if before is None:
        changes = tuple((k, None, v) for k, v in after.items() if v not in (None, "", [], {}) and k != "search_text")
    else:
        changes = tuple((k, old, after.get(k)) for k, old in before.items() if k != "search_text")
    return Told(said["seq"], at, said["actor"]["name"], said["actor"]["role"], said["auth"]["method"], said["action"],
                said["reason"], tuple(said["rules"]), said["entity"], said["entity_id"], said["rev"], before is None,
                changes, bytes(digest).hex())
