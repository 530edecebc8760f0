"""What was called for and stopped in the last 24 hours at a site. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.stops import Stop
from qms.rules.stops import minutes_lost

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class LastDay:
    """Calls and stops of the last 24 hours and those still open, newest first; minutes that lines stood in all."""

    stops: Sequence[Stop]
    minutes: int

    @property
    def still_open(self) -> int:
        """Return how many are not over."""
        return sum(stop.restarted_at is None for stop in self.stops)


def last_day(session: Session, site_id: int, at: datetime) -> LastDay:
    """Return the calls and stops of the last 24 hours."""
    found = session.scalars(
        select(Stop).where(Stop.site_id == site_id, or_(Stop.called_at > at - DAY, Stop.restarted_at.is_(None)))
        .options(joinedload(Stop.unit)).order_by(Stop.id.desc()).limit(500)).all()
    return LastDay(found, sum(minutes_lost(stop.stopped_at, stop.restarted_at, at) for stop in found))
