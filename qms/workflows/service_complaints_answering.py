"""How the unit complained of answers: acknowledged, accepted or not, planned, done. It can never close (R-32)."""

from datetime import date

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import Person
from qms.models.service_complaints import InternalComplaint
from qms.rules import service_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid
from qms.rules.service_appeals import WINDOW_DAYS
from qms.workflows.chain_calendar import hours_of
from qms.workflows.service_complaints_records import begun, run_clock, taken, told


def acknowledge(session: Session, person: Actor, complaint_id: int, rev: int) -> InternalComplaint:
    """Say that the complaint was received. Raises Refused (R-32), Stale, IllegalStep, NotFound, NotAllowed."""
    complaint, _state, grant = begun(session, person, complaint_id, rev, "acknowledge")
    if complaint.acknowledged_at is not None:
        raise IllegalStep("This complaint is acknowledged already.", "此投诉已签收。")
    complaint.acknowledged_at = now(session)
    return _settled(session, person, complaint, "acknowledge", None, grant)


def accept(session: Session, person: Actor, complaint_id: int, rev: int, *, answer: str | None = None,
           ) -> InternalComplaint:
    """Accept the complaint. Raises Refused (R-32), Stale, IllegalStep, NotFound, NotAllowed."""
    return _answered(session, person, complaint_id, rev, "accept", (answer or "").strip() or None)


def refuse(session: Session, person: Actor, complaint_id: int, rev: int, *, answer: str) -> InternalComplaint:
    """Do not accept the complaint, and say why; it may be appealed against. Raises Invalid, Refused (R-32), Stale..."""
    return _answered(session, person, complaint_id, rev, "refuse", told(answer, "answer"))


def plan(session: Session, person: Actor, complaint_id: int, rev: int, *, plan: str, promised_on: date,
         owner_id: int | None = None, cause: str | None = None) -> InternalComplaint:
    """Say what will be done by whom and when. Raises Invalid, Refused (R-32), Stale, IllegalStep, NotAllowed..."""
    complaint, state, grant = begun(session, person, complaint_id, rev, "plan", plan=plan, promised_on=promised_on)
    owner = session.get(Person, owner_id or person.id)
    if owner is None or not owner.active:
        raise Invalid("There is no such person.", "没有此人员。", field="owner_id")
    if owner.id == complaint.filed_by_id:
        raise Invalid("Whoever filed the complaint does not own the plan.", "投诉提出人不能是措施负责人。",
                      field="owner_id")
    complaint.state, complaint.plan, complaint.promised_on = state, told(plan, "plan"), promised_on
    complaint.cause = (cause or "").strip() or complaint.cause
    complaint.plan_owner_id, complaint.planned_at = owner.id, now(session)
    return _settled(session, person, complaint, "plan", complaint.plan, grant)


def finish(session: Session, person: Actor, complaint_id: int, rev: int, *, result: str) -> InternalComplaint:
    """Report as done; now the complaining unit confirms. Raises Invalid, Refused (R-32), Stale, IllegalStep..."""
    complaint, state, grant = begun(session, person, complaint_id, rev, "finish", result=result)
    at, hours = now(session), hours_of(session, complaint.site_id)
    complaint.state, complaint.result, complaint.done_at = state, told(result, "result"), at
    complaint.appeal_until = None
    complaint.confirm_due_at = rules.after_days(hours, at, rules.SILENCE_DAYS)
    return _settled(session, person, complaint, "finish", complaint.result, grant)


def _answered(session: Session, person: Actor, complaint_id: int, rev: int, name: str, answer: str | None,
              ) -> InternalComplaint:
    complaint, state, grant = begun(session, person, complaint_id, rev, name, answer=answer)
    at, hours = now(session), hours_of(session, complaint.site_id)
    complaint.state, complaint.answer, complaint.answered_at = state, answer, at
    complaint.acknowledged_at = complaint.acknowledged_at or at
    complaint.appeal_until = rules.after_days(hours, at, WINDOW_DAYS)
    return _settled(session, person, complaint, name, answer, grant)


def _settled(session: Session, person: Actor, complaint: InternalComplaint, name: str, said: str | None,
             grant: int | None) -> InternalComplaint:
    run_clock(complaint)
    taken(session, person, complaint, name, "accused", said=said, grant=grant)
    session.flush()
    return complaint
