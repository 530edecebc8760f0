"""What waits for a person of process controls: tests, bypasses to look at, alternates to approve."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.chain import Unit
from qms.models.controls import Alternate, Bypass, BypassLot, BypassReview, Control
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.controls import works_on
from qms.workflows.chain_calendar import hours_of
from qms.workflows.today_waiting import Waiting, first_of, in_scope


def tests(session: Session, person: Actor) -> Waiting:
    """Return the controls whose test is overdue, where the person may test."""
    query = (select(Control).join(Unit, Unit.id == Control.unit_id)
             .where(Control.active, Control.test_due_at <= utc_now(),
                    in_scope(person, "controls.test", Control.site_id, Unit.path)))
    return first_of(session, query, Control.id, joinedload(Control.unit))


def bypasses(session: Session, person: Actor) -> Waiting:
    """Return the bypasses that the person may look at and that lack today's review, their end, or a lot's review."""
    query = (select(Bypass).join(Control, Control.id == Bypass.control_id).join(Unit, Unit.id == Control.unit_id)
             .where(or_(_lacks_review(session, utc_now()), Bypass.state == "ended",
                        exists().where(BypassLot.bypass_id == Bypass.id, BypassLot.reviewed_at.is_(None))),
                    in_scope(person, "controls.bypass", Bypass.site_id, Unit.path)))
    return first_of(session, query, Bypass.id, joinedload(Bypass.control).joinedload(Control.unit),
                    selectinload(Bypass.reviews), selectinload(Bypass.misses), selectinload(Bypass.lots))


def alternates(session: Session, person: Actor) -> Waiting:
    """Return the alternates that others drafted and the person may approve."""
    query = (select(Alternate).join(Control, Control.id == Alternate.control_id)
             .join(Unit, Unit.id == Control.unit_id)
             .where(Alternate.active, Alternate.approved_by_id.is_(None), Alternate.drafted_by_id != person.id,
                    in_scope(person, "controls.approve", Control.site_id, Unit.path)))
    return first_of(session, query, Alternate.id, joinedload(Alternate.control), joinedload(Alternate.drafted_by))


def _lacks_review(session: Session, at: datetime) -> ColumnElement[bool]:
    """Return the condition that a bypass in use was neither started nor looked at on this working day of its site."""
    sites = session.scalars(select(Bypass.site_id).where(Bypass.state == "active").distinct()).all()
    lacking: list[ColumnElement[bool]] = []
    for site_id in sites:
        hours = hours_of(session, site_id)
        zone = ZoneInfo(hours.zone)
        day = at.astimezone(zone).date()
        if works_on(hours, day):
            begun = datetime.combine(day, time.min, zone).astimezone(UTC)
            lacking.append(and_(Bypass.site_id == site_id, Bypass.started_at < begun, ~exists().where(
                BypassReview.bypass_id == Bypass.id, BypassReview.reviewed_on == day)))
    return and_(Bypass.state == "active", or_(false(), *lacking))
