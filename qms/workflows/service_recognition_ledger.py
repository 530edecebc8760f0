"""The lines of the registers of recognition and suggestions, streamed in the reader's language; knows no file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from qms.models.accounts import Person
from qms.models.actions import Action
from qms.models.chain import Unit
from qms.models.rejections import Rejection
from qms.models.service_recognition import Recognition, Suggestion
from qms.rules import service_recognition as rules
from qms.rules.accounts import Actor
from qms.workflows import service_recognition as recognition
from qms.workflows import service_suggestions
from qms.workflows.exports import coded, spoken, streamed
from qms.workflows.service_complaints_records import VIEW


def recognitions(session: Session, person: Actor, wanted: recognition.Filter, language: str, zone: ZoneInfo,
                 _address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per recognition, oldest first. Raises NotAllowed.

    A person, and the self-report that would tell who it is, is told only once approved and with consent (R-35).
    """
    person.need(VIEW)
    named = and_(Recognition.state == "approved", Recognition.consented_at.is_not(None))
    told = or_(named, Recognition.honoured_id.is_(None))
    query = (
        select(Recognition.id, coded(Unit, language).label("unit"), case((named, Person.name)).label("person"),
               Recognition.kind, Recognition.state,
               func.coalesce(Action.number, case((told, Rejection.number))).label("record"),
               Recognition.reason, Recognition.points, Recognition.proposed_at, Recognition.decided_at)
        .join(Recognition.unit).outerjoin(Person, Person.id == Recognition.honoured_id)
        .outerjoin(Action, Action.id == Recognition.action_id)
        .outerjoin(Rejection, Rejection.id == Recognition.rejection_id)
        .where(*recognition.conditions(person, wanted)).order_by(Recognition.id))
    said = {"kind": rules.KINDS, "state": rules.RECOGNITION.words}
    return spoken(streamed(session, query), said, ("proposed_at", "decided_at"), language, zone, "")


def count_recognitions(session: Session, person: Actor, wanted: recognition.Filter) -> int:
    """Return how many recognitions the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(Recognition).join(Recognition.unit)
                          .where(*recognition.conditions(person, wanted))) or 0


def suggestions(session: Session, person: Actor, wanted: service_suggestions.Filter, language: str, zone: ZoneInfo,
                address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per suggestion, oldest first. `address`: of the records' pages. Raises NotAllowed."""
    person.need(VIEW)
    query = (
        select(Suggestion.id, Suggestion.number, Suggestion.state, coded(Unit, language).label("unit"),
               Suggestion.idea, Suggestion.benefit, Suggestion.filed_at, Suggestion.evaluated_at,
               Suggestion.evaluation, Suggestion.outcome)
        .join(Suggestion.unit).where(*service_suggestions.conditions(person, wanted)).order_by(Suggestion.id))
    return spoken(streamed(session, query), {"state": rules.SUGGESTION.words}, ("filed_at", "evaluated_at"), language,
                  zone, f"{address}/service/suggestions/" if address else "")


def count_suggestions(session: Session, person: Actor, wanted: service_suggestions.Filter) -> int:
    """Return how many suggestions the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(Suggestion).join(Suggestion.unit)
                          .where(*service_suggestions.conditions(person, wanted))) or 0
