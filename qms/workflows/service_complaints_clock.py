"""How internal complaints that the unit complained of leaves overdue climb their rungs. Knows no page and no person."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import Person
from qms.models.chain import Unit
from qms.models.service_complaints import InternalComplaint
from qms.rules.chain_calendar import Hours
from qms.rules.service_complaints_late import LADDER, OWED, ROLES, climbed, told
from qms.rules.words import Words
from qms.workflows.accounts_mail import post
from qms.workflows.chain_calendar import hours_of
from qms.workflows.chain_rosters import roster_of

AT_ONCE = 50
"""Complaints that one run of the clock moves on; the next run follows at once where there are more."""


def due(session: Session, at: datetime) -> list[int]:
    """Return the complaints that climb a rung at an instant, the longest overdue first."""
    held = InternalComplaint
    rows = session.execute(
        select(held.id, held.due_at, held.rungs, held.site_id)
        .where(held.due_at <= at, held.state.in_(OWED), _may_climb(at)).order_by(held.due_at, held.id)).all()
    hours: dict[int, Hours] = {site_id: hours_of(session, site_id) for site_id in {row.site_id for row in rows}}
    return [row.id for row in rows if climbed(hours[row.site_id], row.due_at, at) > row.rungs]


def escalate(session: Session, complaint_ids: Sequence[int]) -> int:
    """Climb every rung that is due and tell its people; return how many complaints moved on.

    What somebody works on at this moment, or another clock, is left to the next run.
    """
    at = now(session)
    free = session.scalars(
        select(InternalComplaint).where(InternalComplaint.id.in_(complaint_ids[:AT_ONCE]))
        .order_by(InternalComplaint.id).with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)).all()
    moved = sum(_climb(session, complaint, at) for complaint in free)
    session.flush()
    return moved


def _climb(session: Session, complaint: InternalComplaint, at: datetime) -> bool:
    if complaint.due_at is None or complaint.state not in OWED:
        return False
    reached = climbed(hours_of(session, complaint.site_id), complaint.due_at, at)
    if reached <= complaint.rungs:
        return False
    accused = session.get_one(Unit, complaint.accused_id)
    name = Words(accused.name_en or accused.code, accused.name_zh or accused.code)
    heard = {complaint.filed_by_id}
    for rung in range(complaint.rungs, reached):
        people = [p for p in _people(session, complaint, rung, at) if p.id not in heard]
        heard |= {p.id for p in people}
        post(session, people, *told(complaint.number, name, complaint.state, rung),
             path=f"/service/complaints/{complaint.id}")
    complaint.rungs, complaint.escalated_at = reached, at
    return True


def _people(session: Session, complaint: InternalComplaint, rung: int, at: datetime) -> Iterable[Person]:
    """Return whom a rung tells, each once: roles by the roster of the unit complained of, and who owns the plan."""
    roster = roster_of(session, complaint.accused_id, ROLES).on_duty(LADDER[rung].roles, at)
    owner = _owner(session, complaint) if LADDER[rung].owner else ()
    return {person.id: person for person in (*owner, *roster)}.values()


def _owner(session: Session, complaint: InternalComplaint) -> Iterator[Person]:
    person = session.get(Person, complaint.plan_owner_id) if complaint.plan_owner_id is not None else None
    if person is not None and person.active and complaint.state == "planned":
        yield person


def _may_climb(at: datetime) -> ColumnElement[bool]:
    """Return the condition that the next rung can be due: the plant never works longer than the wall clock runs."""
    held = InternalComplaint
    return or_(*(and_(held.rungs == n, held.due_at <= at - rung.after) for n, rung in enumerate(LADDER)))
