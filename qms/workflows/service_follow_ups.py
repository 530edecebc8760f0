"""How a solved internal complaint is looked at again after days, by someone who did not handle it. Knows no page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.service_complaints import InternalComplaint
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.rules import service_complaints as complaints
from qms.rules import service_follow_ups as rules
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.rules.steps import step
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.rejections_records import check_version
from qms.workflows.service_complaints_confirming import open_again
from qms.workflows.service_complaints_records import VIEW, one, paths, run_clock, sees, standing, taken


@dataclass(frozen=True, slots=True)
class Filter:
    """What follow-ups are asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    state: str = ""
    unit_id: int | None = None


def make(session: Session, person: Actor, follow_up_id: int, rev: int, *, recurred: bool, channel: str,
         satisfied: int | None = None, note: str | None = None) -> ComplaintFollowUp:
    """Record a follow-up; "came back" reopens the complaint, the last good one closes it.

    Raises Refused (R-32), Invalid, Stale, IllegalStep, NotFound, NotAllowed.
    """
    found = session.get(ComplaintFollowUp, follow_up_id, with_for_update=True)
    if found is None:
        raise NotFound
    complaint = one(session, person, found.complaint_id, lock=True)
    grant = person.need(complaints.FOLLOW, site_id=complaint.site_id, unit_path=paths(session, complaint)[0])
    check_version(found, rev, {"recurred": recurred, "satisfied": satisfied, "note": note})
    if found.state != "planned":
        raise IllegalStep("This follow-up was made, or is no longer needed.", "此回访已完成或不再需要。")
    here = standing(session, person, complaint)
    rules.check_visitor(handled=here.handled, belongs_to_accused=here.of_accused)
    _check(recurred=recurred, channel=channel, satisfied=satisfied)
    found.state, found.visited_at, found.visited_by_id, found.grant_id = "made", now(session), person.id, grant
    found.recurred, found.satisfied, found.channel = recurred, satisfied, channel
    found.note = (note or "").strip() or None
    _lead_on(session, person, complaint, found)
    session.flush()
    return found


def _check(*, recurred: bool, channel: str, satisfied: int | None) -> None:
    if channel not in rules.CHANNELS:
        raise Invalid("Say how they were asked.", "请选择回访方式。", field="channel")
    if satisfied is not None:
        complaints.check_satisfaction(satisfied)
    if not recurred and satisfied is None:
        raise Invalid("Ask how satisfied they are, from 1 to 5.", "请询问满意度, 1 至 5 分。", field="satisfied")


def _lead_on(session: Session, person: Actor, complaint: InternalComplaint, made: ComplaintFollowUp) -> None:
    """Reopen the complaint, or close it with the last follow-up."""
    session.flush()
    if made.recurred:
        open_again(session, complaint, step(complaints.STEPS, complaint.state, "recur"))
        taken(session, person, complaint, "recur", "follower", said=made.note, grant=made.grant_id)
        return
    left = session.scalar(select(ComplaintFollowUp.id).where(
        ComplaintFollowUp.complaint_id == complaint.id, ComplaintFollowUp.state == "planned").limit(1))
    if left is None:
        complaint.state = step(complaints.STEPS, complaint.state, "end_follow_ups")
        complaint.closed_at = now(session)
        run_clock(complaint)
        taken(session, person, complaint, "end_follow_ups", "follower", said=made.note, grant=made.grant_id)


def whole(session: Session, person: Actor, follow_up_id: int) -> ComplaintFollowUp:
    """Return a follow-up with its complaint. Raises NotFound."""
    found = session.scalar(select(ComplaintFollowUp).where(ComplaintFollowUp.id == follow_up_id).options(*_told()))
    if found is None or not sees(person, found.complaint.site_id):
        raise NotFound
    return found


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[ComplaintFollowUp]:
    """Return a page of follow-ups by the order they were planned in. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(ComplaintFollowUp).join(ComplaintFollowUp.complaint)
             .where(*conditions(person, wanted, utc_now())).options(*_told()))
    return page(session, query, ComplaintFollowUp, {"planned": Sorting(ComplaintFollowUp.id, "id")},
                wish._replace(sort=wish.sort or "-planned"))


def conditions(person: Actor, wanted: Filter, at: datetime) -> list[ColumnElement[bool]]:
    """Return what a follow-up of the register must fulfil; its complaint is joined."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [InternalComplaint.site_id.in_(sorted(sites))]
    if wanted.site_id is not None:
        met.append(InternalComplaint.site_id == wanted.site_id)
    if wanted.unit_id is not None:
        met.append(or_(InternalComplaint.complaining_id == wanted.unit_id,
                       InternalComplaint.accused_id == wanted.unit_id))
    if wanted.state == "due":
        met += [ComplaintFollowUp.state == "planned", ComplaintFollowUp.due_at <= at]
    elif wanted.state:
        met.append(ComplaintFollowUp.state == wanted.state)
    met += [or_(InternalComplaint.number.icontains(word, autoescape=True),
                InternalComplaint.matter.icontains(word, autoescape=True)) for word in wanted.sought.split()]
    return met


def of_complaint(session: Session, complaint_id: int) -> list[ComplaintFollowUp]:
    """Return the follow-ups of a complaint, oldest first."""
    return list(session.scalars(select(ComplaintFollowUp).where(ComplaintFollowUp.complaint_id == complaint_id)
                                .options(joinedload(ComplaintFollowUp.visited_by)).order_by(ComplaintFollowUp.id)))


def _told() -> tuple[Any, ...]:
    return (joinedload(ComplaintFollowUp.visited_by),
            joinedload(ComplaintFollowUp.complaint).joinedload(InternalComplaint.complaining),
            joinedload(ComplaintFollowUp.complaint).joinedload(InternalComplaint.accused),
            joinedload(ComplaintFollowUp.complaint).joinedload(InternalComplaint.site))
