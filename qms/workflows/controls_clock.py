"""How a bypass that nobody looked at is noticed, by the server's clock (R-21). Knows no page and no person."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qms.db import acted, now
from qms.models.controls import Bypass, BypassMiss
from qms.rules import controls as rules
from qms.workflows.chain_calendar import hours_of


def is_due(session: Session, at: datetime) -> bool:
    """Tell whether a day went by on which nobody looked at a bypass, and that was not noticed yet."""
    return next(_missed(session, at), None) is not None


def notice_missed(session: Session, bypass_id: int | None = None) -> int:
    """Record every day on which nobody looked at a bypass in use, or at that one alone; return how many."""
    at = now(session)
    found = [BypassMiss(bypass_id=bypass.id, missed_on=day, noticed_at=at)
             for bypass, day in _missed(session, at, bypass_id)]
    session.add_all(found)
    session.flush()
    if found:
        acted(session, "R-21")
    return len(found)


def _missed(session: Session, at: datetime, bypass_id: int | None = None) -> Iterator[tuple[Bypass, date]]:
    """Yield each bypass and day that was missed and not noticed yet. Today is not over, so it is not missed."""
    running = select(Bypass).where(Bypass.state == "active").order_by(Bypass.id).options(
        selectinload(Bypass.reviews), selectinload(Bypass.misses)).execution_options(populate_existing=True)
    if bypass_id is not None:
        running = running.where(Bypass.id == bypass_id)
    for bypass in session.scalars(running).all():
        hours = hours_of(session, bypass.site_id)
        zone = ZoneInfo(hours.zone)
        yesterday = at.astimezone(zone).date() - timedelta(days=1)
        looked_at = {review.reviewed_on for review in bypass.reviews} | {miss.missed_on for miss in bypass.misses}
        for day in rules.days_missed(hours, bypass.started_at.astimezone(zone).date(), yesterday, looked_at):
            yield bypass, day
