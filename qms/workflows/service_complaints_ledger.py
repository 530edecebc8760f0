"""The lines of the registers of internal complaints, appeals and follow-ups, streamed; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from qms.models.chain import Unit
from qms.models.service_appeals import Appeal
from qms.models.service_complaints import InternalComplaint
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.rules import service_appeals as appeal_rules
from qms.rules import service_complaints as rules
from qms.rules import service_follow_ups as follow_up_rules
from qms.rules.accounts import Actor
from qms.rules.chain import LINK_KINDS
from qms.rules.clock import utc_now
from qms.rules.words import Words
from qms.workflows import service_appeals, service_follow_ups
from qms.workflows import service_complaints_register as pages
from qms.workflows.exports import coded, spoken, streamed
from qms.workflows.service_complaints_records import VIEW

_RECURRED = {"yes": Words("yes", "是"), "no": Words("no", "否")}


def complaints(session: Session, person: Actor, wanted: pages.Filter, language: str, zone: ZoneInfo,
               address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per complaint of the register, the first first. Raises NotAllowed."""
    person.need(VIEW)
    appeal = (select(func.max(Appeal.number)).where(Appeal.complaint_id == InternalComplaint.id).scalar_subquery())
    c = InternalComplaint
    query = _with_units(select(
        c.id, c.number, c.state, c.kind, c.matter, c.standard_ref, c.source_ref, c.evidence, c.impact, c.expectation,
        c.filed_at, c.acknowledged_at, c.answered_at, c.answer, c.due_at, c.cause, c.plan, c.promised_on, c.done_at,
        c.confirmed_at, c.satisfied, appeal.label("appeal"), c.reopened, c.closed_at), language)
    times = ("filed_at", "acknowledged_at", "answered_at", "due_at", "done_at", "confirmed_at", "closed_at")
    return spoken(streamed(session, query.where(*pages.conditions(person, wanted)).order_by(c.id)),
                  {"state": rules.STATES, "kind": LINK_KINDS}, times, language, zone, _page(address))


def count_complaints(session: Session, person: Actor, wanted: pages.Filter) -> int:
    """Return how many complaints the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(InternalComplaint)
                          .where(*pages.conditions(person, wanted))) or 0


def appeals(session: Session, person: Actor, wanted: service_appeals.Filter, language: str, zone: ZoneInfo,
            address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per appeal of the register, the first first. Raises NotAllowed."""
    person.need(VIEW)
    query = _with_units(select(
        InternalComplaint.id, Appeal.number, Appeal.state, Appeal.appeal_level.label("level"),
        InternalComplaint.number.label("complaint"), Appeal.side, Appeal.against, Appeal.grounds, Appeal.filed_at,
        Appeal.due_at, Appeal.decided_at, Appeal.reasons).select_from(Appeal).join(Appeal.complaint), language)
    said = {"state": appeal_rules.STATES, "side": rules.SIDES, "against": rules.STATES}
    return spoken(streamed(session, query.where(*service_appeals.conditions(person, wanted)).order_by(Appeal.id)),
                  said, ("filed_at", "due_at", "decided_at"), language, zone, _page(address))


def count_appeals(session: Session, person: Actor, wanted: service_appeals.Filter) -> int:
    """Return how many appeals the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(Appeal).join(Appeal.complaint)
                          .where(*service_appeals.conditions(person, wanted))) or 0


def follow_ups(session: Session, person: Actor, wanted: service_follow_ups.Filter, language: str, zone: ZoneInfo,
               address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per follow-up of the register, the first first. Raises NotAllowed."""
    person.need(VIEW)
    f = ComplaintFollowUp
    came_back = case((f.recurred.is_(None), None), (f.recurred.is_(True), "yes"), else_="no")
    query = _with_units(select(
        InternalComplaint.id, InternalComplaint.number, f.state, InternalComplaint.matter, f.days_after, f.due_at,
        f.visited_at, f.channel, came_back.label("recurred"), f.satisfied, f.note)
        .select_from(f).join(f.complaint), language)
    said = {"state": follow_up_rules.LISTED, "channel": follow_up_rules.CHANNELS, "recurred": _RECURRED}
    met = service_follow_ups.conditions(person, wanted, utc_now())
    return spoken(streamed(session, query.where(*met).order_by(f.id)), said, ("due_at", "visited_at"), language, zone,
                  _page(address))


def count_follow_ups(session: Session, person: Actor, wanted: service_follow_ups.Filter) -> int:
    """Return how many follow-ups the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(ComplaintFollowUp).join(ComplaintFollowUp.complaint)
                          .where(*service_follow_ups.conditions(person, wanted, utc_now()))) or 0


def _with_units(query: Any, language: str) -> Any:
    """Add code and name of both units."""
    complaining, accused = aliased(Unit), aliased(Unit)
    return (query.add_columns(coded(complaining, language).label("complaining"),
                              coded(accused, language).label("accused"))
            .join(complaining, complaining.id == InternalComplaint.complaining_id)
            .join(accused, accused.id == InternalComplaint.accused_id))


def _page(address: str) -> str:
    return f"{address}/service/complaints/" if address else ""
