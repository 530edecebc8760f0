"""How the trail is read: one record's history, the whole trail, and how often each rule acted. Writes nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from qms.db import UtcTime, record_classes
from qms.db.ledger import ledger
from qms.db.rule_counts import rule_counts as counts
from qms.models.accounts import Person
from qms.models.service_complaints_protected import ProtectedLook, ProtectedReport
from qms.rules.accounts import ROLES, SYSTEM, Actor
from qms.rules.errors import NotFound
from qms.rules.service_complaints_protected import PROTECT
from qms.rules.service_complaints_protected import TABLES as PROTECTED
from qms.rules.trail import action_words, column_words, method_words, table_words, value_words
from qms.rules.trail_evidence_sheets import PERSONAL
from qms.rules.words import Words
from qms.workflows.trail_names import Names, names, target
from qms.workflows.trail_search import Filter, conditions

PAGE = 50
_MACHINE = frozenset({"search_text", "id", "rev", "path", "initials", "edits"})


_SYSTEM = Words("System", "系统")


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the trail, ready to be read. `changes` lists (column, old, new), each as people read it.

    `behalf` names those on whose behalf it was done, empty where nobody delegated it.
    """

    seq: int
    at: datetime
    who: Words | str
    behalf: str
    roles: tuple[Words, ...]
    method: Words
    action: Words
    what: Words
    reason: str | None
    rules: tuple[str, ...]
    entity: str
    entity_id: int
    rev: int
    created: bool
    changes: tuple[tuple[Words, Words | str | datetime | None, Words | str | datetime | None], ...]
    hash: str


def history(session: Session, records: Iterable[tuple[str, int]]) -> list[Told]:
    """Return everything that happened to these (table, id), oldest first."""
    wanted = [and_(ledger.c.entity == entity, ledger.c.entity_id == entity_id) for entity, entity_id in records]
    if not wanted:
        return []
    rows = session.execute(select(ledger.c.entry, ledger.c.at, ledger.c.hash).where(or_(*wanted))
                           .order_by(ledger.c.seq))
    return read(session, rows.all())


def entries(session: Session, person: Actor, wanted: Filter, *, before: int | None = None) -> list[Told]:
    """Return a page of the trail, newest first, below an entry's number. Raises NotAllowed.

    What was done with protected reports of a site is there only for who may read them there (R-35).
    """
    person.need("trail.view")
    query = (select(ledger.c.entry, ledger.c.at, ledger.c.hash)
             .where(*_readable(person), *conditions(session, wanted)).order_by(ledger.c.seq.desc()).limit(PAGE + 1))
    if before is not None:
        query = query.where(ledger.c.seq < before)
    return read(session, session.execute(query).all())


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many entries the filter leaves that the person may read. Raises NotAllowed."""
    person.need("trail.view")
    query = select(func.count(ledger.c.seq)).where(*_readable(person), *conditions(session, wanted))
    return session.scalar(query) or 0


def actors(session: Session, person: Actor) -> Sequence[Person]:
    """Return everybody who may have acted, by name. Raises NotAllowed."""
    person.need("trail.view")
    return session.scalars(select(Person).order_by(Person.name, Person.id)).all()


def entry(session: Session, person: Actor, seq: int) -> tuple[Told, str]:
    """Return one entry and its bytes as text, exactly as hashed. Raises NotAllowed, NotFound."""
    person.need("trail.view")
    row = session.execute(select(ledger.c.entry, ledger.c.at, ledger.c.hash)
                          .where(ledger.c.seq == seq, *_readable(person))).first()
    if row is None:
        raise NotFound
    return read(session, [row])[0], bytes(row.entry).decode()


def _readable(person: Actor) -> list[ColumnElement[bool]]:
    """Return what an entry must fulfil so that the person may read it: not protected, or of a site where they protect.
    """
    sites = person.sites(PROTECT)
    if sites is None:
        return []
    reports = select(ProtectedReport.id).where(ProtectedReport.site_id.in_(sorted(sites)))
    own = {ProtectedReport.__tablename__: reports,
           ProtectedLook.__tablename__: select(ProtectedLook.id).where(ProtectedLook.report_id.in_(reports))}
    return [or_(ledger.c.entity.notin_(sorted(PROTECTED)),
                *(and_(ledger.c.entity == table, ledger.c.entity_id.in_(ids)) for table, ids in own.items()))]


def rule_counts(session: Session) -> dict[tuple[str, str], int]:
    """Return how often each (rule, outcome) was counted; outcomes are blocked, warned and acted."""
    rows: Sequence[Any] = session.execute(
        select(counts.c.rule, counts.c.outcome, func.sum(counts.c.times))
        .group_by(counts.c.rule, counts.c.outcome)).all()
    return {(rule, outcome): int(times) for rule, outcome, times in rows}


def read(session: Session, rows: Sequence[Any], person: Callable[[str], str] = str, *,
         whole: bool = True) -> list[Told]:
    """Turn entries (entry, at, hash) into what people read; ids of other records become those records' names, in few
    queries. `person` says how a person's name is written; not `whole`: without what changed.
    """
    said = [_whole(orjson.loads(row.entry)) for row in rows]
    changed = [_changed(entry) if whole else [] for entry in said]
    called = _names(session, ((entry["entity"], *change) for entry, changes in zip(said, changed, strict=True)
                             for change in changes), person)

    def shown(entity: str, column: str, value: Any) -> Words | str | datetime | None:
        if value is not None and _is_instant(entity, column):
            return datetime.fromisoformat(value)
        to = target(entity, column)
        if to is not None and value is not None:
            return called.get((to, value), f"#{value}")
        return person(value) if value and (entity, column) in PERSONAL else value_words(entity, column, value)

    return [
        Told(
            entry["seq"], row.at, _who(entry["actor"], person),
            ", ".join(dict.fromkeys(person(one["name"]) for one in entry["actor"].get("behalf", ()))),
            tuple(ROLES.get(role, Words(role, role)) for role in entry["actor"]["role"].split(",") if role),
            method_words(entry["auth"]["method"]), action_words(entry["action"]), table_words(entry["entity"]),
            entry["reason"],
            tuple(entry["rules"]), entry["entity"], entry["entity_id"], entry["rev"], entry["before"] is None,
            tuple((column_words(column, entry["entity"]), shown(entry["entity"], column, old),
                   shown(entry["entity"], column, new)) for column, old, new in changes),
            bytes(row.hash).hex(),
        )
        for row, entry, changes in zip(rows, said, changed, strict=True)
    ]


def _who(actor: dict[str, Any], person: Callable[[str], str]) -> Words | str:
    """Return who acted: a person by name, or the system itself, which has a name in both languages."""
    return _SYSTEM if actor["id"] == SYSTEM.id and actor["name"] == SYSTEM.name else person(actor["name"])


def _whole(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as it is; of one whose content was disposed of, that it is so (R-44)."""
    if "disposed" not in entry:
        return entry
    return entry | {"actor": entry["actor"] | {"name": "", "role": ""}, "auth": {"method": ""}, "rules": ["R-44"],
                    "before": {}, "after": {}, "reason": f"# {entry['disposed']}"}


def _changed(entry: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """List (column, old, new) of an entry, without what only the machine reads and what a new row leaves empty."""
    before, after = entry["before"], entry["after"]
    if before is None:
        return [(k, None, v) for k, v in after.items() if v not in (None, "", [], {}) and k not in _MACHINE]
    return [(k, old, after.get(k)) for k, old in before.items() if k not in _MACHINE]


@cache
def _is_instant(entity: str, column: str) -> bool:
    """Tell whether a column holds an instant, which readers see in their own zone."""
    cls = record_classes().get(entity)
    found = cls.__table__.columns.get(column) if cls is not None else None
    return found is not None and isinstance(found.type, UtcTime)


def _names(session: Session, changes: Iterable[tuple[str, str, Any, Any]], person: Callable[[str], str]) -> Names:
    """Look up what the records that these changes refer to are called."""
    wanted: dict[str, set[int]] = {}
    for entity, column, old, new in changes:
        table = target(entity, column)
        if table is not None:
            wanted.setdefault(table, set()).update(v for v in (old, new) if v is not None)
    return names(session, wanted, person)
