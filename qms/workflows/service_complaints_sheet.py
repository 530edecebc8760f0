"""What the sheets of an internal complaint and of an appeal tell, in plain values. Changes nothing, knows no file."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.models.service_complaints import InternalComplaint
from qms.rules.accounts import Actor
from qms.workflows import service_appeals, service_follow_ups
from qms.workflows.exports_plain import coded, local, named, person, plain
from qms.workflows.service_complaints_records import VIEW
from qms.workflows.service_complaints_register import whole
from qms.workflows.service_complaints_shown import told_back
from qms.workflows.trail_signatures import signatures_of

Row = dict[str, Any]


def sheet(session: Session, reader: Actor, complaint_id: int) -> Row:
    """Return what is told of a complaint: facts, the six steps, appeals, follow-ups. Times are local to the site.

    Raises NotFound, NotAllowed.
    """
    held = whole(session, reader, complaint_id)
    for permission in (VIEW, "exports.run"):
        reader.need(permission, site_id=held.site_id)
    zone = ZoneInfo(held.site.time_zone)
    follow_ups = service_follow_ups.of_complaint(session, held.id)
    appeals = service_appeals.of_complaint(session, held.id)
    return _head(held) | {
        "number": held.number, "state": held.state, "photos": [], "case": _case(held, zone),
        "six": [{"words": one.words, "unit": coded(one.unit), "at": local(one.at, zone),
                 "due_at": local(one.due_at, zone), "said": one.said} for one in told_back(held, follow_ups)],
        "appeals": [_appeal(one, zone) for one in appeals],
        "signatures": signatures_of(session, "appeals", [one.id for one in appeals], zone.key),
        "follow_ups": [plain(one, zone, by=person(one.visited_by)) for one in follow_ups]}


def appeal_sheet(session: Session, reader: Actor, appeal_id: int) -> Row:
    """Return what is told of an appeal and of the complaint that it is about. Raises NotFound, NotAllowed."""
    found = service_appeals.whole(session, reader, appeal_id)
    held = whole(session, reader, found.complaint_id)
    for permission in (VIEW, "exports.run"):
        reader.need(permission, site_id=held.site_id)
    zone = ZoneInfo(held.site.time_zone)
    return _head(held) | {"number": found.number, "state": found.state, "photos": [], "case": _case(held, zone),
                          "appeal": _appeal(found, zone),
                          "signatures": signatures_of(session, "appeals", [found.id], zone.key)}


def _head(held: InternalComplaint) -> Row:
    return {"title": f"{held.complaining.code} → {held.accused.code}", "site": named(held.site),
            "zone": held.site.time_zone, "demo": held.site.demo}


def _case(held: InternalComplaint, zone: ZoneInfo) -> Row:
    return plain(held, zone, complaining=coded(held.complaining), accused=coded(held.accused),
                 defect=coded(held.defect), lot=held.lot.number if held.lot else None, by=person(held.filed_by),
                 owner=person(held.plan_owner))


def _appeal(found: Any, zone: ZoneInfo) -> Row:
    return plain(found, zone, by=person(found.filed_by), decided_by=person(found.decided_by))
