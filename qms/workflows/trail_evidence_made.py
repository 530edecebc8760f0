"""Which evidence packages were made, by whom and of what; and who may still fetch one. Changes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.accounts import Person
from qms.models.jobs import Job
from qms.models.trail import Export
from qms.rules.accounts import Actor
from qms.rules.errors import NotAllowed, RuleError
from qms.workflows import trail_evidence_question as question
from qms.workflows.trail_evidence_clauses import EVIDENCE
from qms.workflows.trail_evidence_scope import NEEDED, seen_sites

SHOWN = 20
KIND = "evidence"


@dataclass(frozen=True, slots=True)
class Made:
    """One package that left: who took it, when, what was asked for in words, how much it held, and its hash."""

    id: int
    at: datetime
    who: str
    asked: Sequence[tuple[str, str]]
    rows: int
    sha256: str


def made(session: Session, person: Actor, language: str, *, before: int | None = None) -> tuple[list[Made], int | None]:
    """Return the packages that were made, newest first, and below which id the rest is; None: that is all.

    Raises NotAllowed.
    """
    for permission in NEEDED:
        person.need(permission)
    query = (select(Export, Person.name).join(Person, Person.id == Export.person_id).where(Export.kind == KIND)
             .order_by(Export.id.desc()).limit(SHOWN + 1))
    if before is not None:
        query = query.where(Export.id < before)
    rows = session.execute(query).all()
    found = [Made(one.id, one.at, name, _told(one.filters, language), one.rows, one.sha256)
             for one, name in rows[:SHOWN]]
    return found, found[-1].id if len(rows) > SHOWN else None


def own_jobs(session: Session, person: Actor, kind: str) -> Sequence[Job]:
    """Return what this person asked for last, newest first."""
    return session.scalars(select(Job).where(Job.person_id == person.id, Job.kind == kind)
                           .order_by(Job.id.desc()).limit(SHOWN)).all()


def check_held(person: Actor, clauses: Collection[str], sites: Collection[int]) -> None:
    """Raise NotAllowed unless a person may still see what a package holds: clauses, of these sites."""
    for code in clauses:
        permissions = EVIDENCE[code].permissions
        for permission in (*NEEDED, *permissions):
            person.need(permission)
        seen = seen_sites(person, permissions)
        if seen is not None and not set(sites) <= seen:
            raise NotAllowed("exports.run", "This package holds records of a site that you no longer see.",
                             "证据包含有您已无权查看的工厂的记录。")


def _told(filters: str, language: str) -> list[tuple[str, str]]:
    """Return in words what the trail keeps of a question; what cannot be read stays as it is."""
    try:
        return question.told(question.asked_of(parse_qs(filters)), language)
    except RuleError:
        return [("", filters)]
