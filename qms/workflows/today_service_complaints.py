"""What waits for a person of internal complaints: to answer, to confirm, appeals to decide, follow-ups to make."""

from dataclasses import dataclass, fields

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from qms.models.chain import Unit
from qms.models.service_appeals import Appeal
from qms.models.service_complaints import ComplaintStep, InternalComplaint
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.rules import service_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.workflows.today_waiting import Waiting, first_of, in_scope

NOTHING = Waiting((), 0)


@dataclass(frozen=True, slots=True)
class Complained:
    """What waits: complaints on the person's units, complaints of theirs to confirm, appeals, follow-ups."""

    answer: Waiting = NOTHING
    confirm: Waiting = NOTHING
    appeals: Waiting = NOTHING
    follow_ups: Waiting = NOTHING

    @property
    def total(self) -> int:
        """Return how many matters wait in all, counting as far as each was counted."""
        return sum(getattr(self, part.name).total for part in fields(self))


def complained(session: Session, person: Actor) -> Complained:
    """Gather what waits for a person. Sections whose permission they lack are empty."""
    return Complained(
        answer=to_answer(session, person), confirm=to_confirm(session, person), appeals=to_decide(session, person),
        follow_ups=to_follow(session, person))


def to_answer(session: Session, person: Actor) -> Waiting:
    """Return the complaints on units for which the person answers, the earliest due first; none that they filed."""
    accused = aliased(Unit)
    query = (select(InternalComplaint).join(accused, accused.id == InternalComplaint.accused_id)
             .where(InternalComplaint.state.in_(("filed", "accepted", "planned")),
                    InternalComplaint.frozen_at.is_(None), InternalComplaint.filed_by_id != person.id,
                    in_scope(person, rules.ANSWER, InternalComplaint.site_id, accused.path))
             .order_by(InternalComplaint.due_at))
    return first_of(session, query, InternalComplaint.id, *_parties())


def to_confirm(session: Session, person: Actor) -> Waiting:
    """Return the complaints reported as done that the person filed, or that are of a unit of theirs."""
    own = aliased(Unit)
    query = (select(InternalComplaint).join(own, own.id == InternalComplaint.complaining_id)
             .where(InternalComplaint.state == "done", or_(
                 InternalComplaint.filed_by_id == person.id,
                 in_scope(person, rules.COMPLAIN, InternalComplaint.site_id, own.path, unit_only=True)))
             .order_by(InternalComplaint.due_at))
    return first_of(session, query, InternalComplaint.id, *_parties())


def to_decide(session: Session, person: Actor) -> Waiting:
    """Return the open appeals of cases in which the person took no part."""
    accused = aliased(Unit)
    query = (select(Appeal).join(Appeal.complaint).join(accused, accused.id == InternalComplaint.accused_id)
             .where(Appeal.state == "open", in_scope(person, rules.REVIEW, Appeal.site_id, accused.path),
                    ~exists().where(and_(ComplaintStep.complaint_id == Appeal.complaint_id,
                                         ComplaintStep.by_id == person.id)))
             .order_by(Appeal.due_at))
    complaint = joinedload(Appeal.complaint)
    return first_of(session, query, Appeal.id, complaint.joinedload(InternalComplaint.complaining),
                    complaint.joinedload(InternalComplaint.accused))


def to_follow(session: Session, person: Actor) -> Waiting:
    """Return the follow-ups that are due where the person follows up, of cases that they did not handle."""
    own = aliased(Unit)
    query = (select(ComplaintFollowUp).join(ComplaintFollowUp.complaint)
             .join(own, own.id == InternalComplaint.complaining_id)
             .where(ComplaintFollowUp.state == "planned", ComplaintFollowUp.due_at <= utc_now(),
                    in_scope(person, rules.FOLLOW, InternalComplaint.site_id, own.path),
                    ~exists().where(and_(ComplaintStep.complaint_id == InternalComplaint.id,
                                         ComplaintStep.by_id == person.id, ComplaintStep.side == "accused")))
             .order_by(ComplaintFollowUp.due_at))
    complaint = joinedload(ComplaintFollowUp.complaint)
    return first_of(session, query, ComplaintFollowUp.id, complaint.joinedload(InternalComplaint.complaining),
                    complaint.joinedload(InternalComplaint.accused))


def _parties() -> tuple[object, ...]:
    return joinedload(InternalComplaint.complaining), joinedload(InternalComplaint.accused)
