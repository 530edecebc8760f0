"""Knows what an instant and a period are; must not know the wall clock of any machine but through `utc_now`."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def rfc3339(at: datetime) -> str:
    """Write an aware instant as RFC 3339 UTC with exactly six decimals. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        msg = "a naive time cannot be written down: its zone is unknown"
        raise ValueError(msg)
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def day_bounds(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """Return the half-open UTC interval that covers whole days of a site, `last` included."""
    tz = ZoneInfo(zone)
    start = datetime.combine(first, time.min, tz)
    end = datetime.combine(last + timedelta(days=1), time.min, tz)
    return start.astimezone(UTC), end.astimezone(UTC)
