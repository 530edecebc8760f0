"""When a plant works, read from its shifts and calendar, for every clock that runs in plant hours. Knows no page."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Site
from qms.models.chain_rosters import CalendarDay, Shift
from qms.rules import chain_calendar as rules


def hours_of(session: Session, site_id: int) -> rules.Hours:
    """Return the working hours of a site."""
    shifts = session.execute(select(Shift.starts, Shift.ends, Shift.weekdays)
                             .where(Shift.site_id == site_id, Shift.active).order_by(Shift.code))
    days = session.execute(select(CalendarDay.day, CalendarDay.works)
                           .where(CalendarDay.site_id == site_id, CalendarDay.active))
    zone = session.get_one(Site, site_id).time_zone
    return rules.Hours(zone, tuple((starts, ends, weekdays) for starts, ends, weekdays in shifts),
                       {row.day: row.works for row in days})


def due(session: Session, site_id: int, start: datetime, working_hours: float) -> datetime:
    """Return when so many working hours of a site have gone by since an instant. Raises ValueError."""
    return rules.due(hours_of(session, site_id), start, working_hours)
