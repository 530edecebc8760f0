"""What waits for a person of internal complaints: to answer, to confirm, appeals to decide, follow-ups to make."""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from qms.models.chain import Unit
from qms.models.service_appeals import Appeal
from qms.models.service_complaints import ComplaintStep, InternalComplaint
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.rules import service_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.service_complaints_late import LADDER, OWED
from qms.workflows.accounts_scope import with_role
from qms.workflows.today_waiting import Waiting, first_of, in_scope

NOTHING = Waiting((), 0)


@dataclass(frozen=True, slots=True)
class Complained:
    """What waits: overdue ones that climbed, others on their units, some of theirs to confirm, appeals, follow-ups."""

    climbed: Waiting = NOTHING
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
        climbed=climbed(session, person), answer=to_answer(session, person), confirm=to_confirm(session, person),
        appeals=to_decide(session, person), follow_ups=to_follow(session, person))


def climbed(session: Session, person: Actor) -> Waiting:
    """Return the overdue complaints that have climbed to a role of the person, or whose plan is theirs."""
    accused = aliased(Unit)
    return first_of(session, _owed(person, accused).where(_climbed(person, accused)), InternalComplaint.id, *_parties())


def to_answer(session: Session, person: Actor) -> Waiting:
    """Return the other complaints on units for which the person answers, the earliest due first; none they filed."""
    accused = aliased(Unit)
    query = _owed(person, accused).where(
        ~_climbed(person, accused), in_scope(person, rules.ANSWER, InternalComplaint.site_id, accused.path))
    return first_of(session, query, InternalComplaint.id, *_parties())


def _owed(person: Actor, accused: Any) -> Select[InternalComplaint]:
    """Return the question for complaints that wait for the unit complained of, but for those the person filed."""
    held = InternalComplaint
    return (select(held).join(accused, accused.id == held.accused_id)
            .where(held.state.in_(OWED), held.frozen_at.is_(None), held.filed_by_id != person.id)
            .order_by(held.due_at))


def _climbed(person: Actor, accused: Any) -> ColumnElement[bool]:
    held = InternalComplaint
    return or_(and_(held.rungs > 0, held.state == "planned", held.plan_owner_id == person.id),
               *(and_(held.rungs > n, with_role(person, rung.roles, held.site_id, accused.path))
                 for n, rung in enumerate(LADDER)))


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
