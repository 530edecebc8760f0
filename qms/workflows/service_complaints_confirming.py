"""How the complaining unit says that a complaint is solved or not; what silence does. Knows no page.

Silence closes without answer and never counts as satisfied (R-32).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.service_complaints import InternalComplaint
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.rules import service_complaints as rules
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.service_follow_ups import DAYS
from qms.rules.steps import step
from qms.workflows.chain_calendar import hours_of
from qms.workflows.service_complaints_records import begun, run_clock, taken, told


def confirm(session: Session, person: Actor, complaint_id: int, rev: int, *, satisfied: int,
            confirmation: str | None = None) -> InternalComplaint:
    """Confirm for the complaining unit that it is solved; follow-ups after 7 and 30 days are planned.

    Raises Refused (R-32), Invalid, Stale, IllegalStep, NotFound, NotAllowed.
    """
    complaint, state, grant = begun(session, person, complaint_id, rev, "confirm", satisfied=satisfied)
    rules.check_satisfaction(satisfied)
    at = now(session)
    complaint.state, complaint.confirmed_at, complaint.satisfied = state, at, satisfied
    complaint.confirmation = (confirmation or "").strip() or None
    run_clock(complaint)
    session.add_all([ComplaintFollowUp(complaint_id=complaint.id, days_after=days, due_at=at + timedelta(days=days),
                                       state="planned") for days in DAYS])
    taken(session, person, complaint, "confirm", "complaining", said=confirmation, grant=grant)
    session.flush()
    return complaint


def reopen(session: Session, person: Actor, complaint_id: int, rev: int, *, reason: str) -> InternalComplaint:
    """Say for the complaining unit that it is not solved, and why. Raises Refused (R-32), Invalid, Stale..."""
    complaint, state, grant = begun(session, person, complaint_id, rev, "reopen")
    said = told(reason, "reason")
    open_again(session, complaint, state)
    taken(session, person, complaint, "reopen", "complaining", said=said, grant=grant)
    session.flush()
    return complaint


def withdraw(session: Session, person: Actor, complaint_id: int, rev: int, *, reason: str) -> InternalComplaint:
    """Take a complaint back, with a reason; its number stays. Raises Refused (R-32), Invalid, Stale..."""
    complaint, state, grant = begun(session, person, complaint_id, rev, "withdraw")
    said = told(reason, "reason")
    complaint.state, complaint.closed_at, complaint.appeal_until = state, now(session), None
    run_clock(complaint)
    taken(session, person, complaint, "withdraw", "complaining", said=said, grant=grant)
    session.flush()
    return complaint


def open_again(session: Session, complaint: InternalComplaint, state: str) -> None:
    """Bring a complaint back to be planned, with new clocks; follow-ups not made yet are dropped."""
    at, hours = now(session), hours_of(session, complaint.site_id)
    complaint.state, complaint.reopened, complaint.closed_at = state, complaint.reopened + 1, None
    complaint.confirmed_at = complaint.satisfied = complaint.confirmation = complaint.done_at = None
    complaint.confirm_due_at = None
    complaint.plan_due_at = rules.after_days(hours, at, rules.PLAN_DAYS)
    complaint.solve_due_at = rules.after_days(hours, at, rules.SOLVE_DAYS)
    run_clock(complaint)
    for follow_up in session.scalars(select(ComplaintFollowUp).where(
            ComplaintFollowUp.complaint_id == complaint.id, ComplaintFollowUp.state == "planned")).all():
        follow_up.state = "dropped"


def silent(session: Session, at: datetime) -> Sequence[InternalComplaint]:
    """Return the complaints that were done and that nobody confirmed in time."""
    return session.scalars(select(InternalComplaint).where(
        InternalComplaint.state == "done", InternalComplaint.due_at <= at).order_by(InternalComplaint.id)).all()


def lapse(session: Session) -> int:
    """Close what nobody confirmed in time as without answer; return how many."""
    at, closed = now(session), 0
    for complaint in silent(session, at):
        complaint.state, complaint.closed_at = step(rules.STEPS, complaint.state, "lapse"), at
        run_clock(complaint)
        taken(session, SYSTEM, complaint, "lapse", "clock")
        closed += 1
    if closed:
        session.flush()
        acted(session, "R-32")
    return closed
