"""Knows how working hours of a plant are counted; must not know how shifts and free days are stored.

Clocks of commitments, tasks and escalations run in these hours: while no shift works, they stand.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from qms.rules.acceptance_pieces import begins, runs
from qms.rules.chain_rosters import works_on
from qms.rules.errors import Invalid

_LOOKED_AHEAD = timedelta(days=366)
LONGEST_STRETCH = 31
"""Days that are entered at once at most."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a plant works: shifts as (starts, ends, weekdays) in its own time, and days that differ from the week.

    `days` maps a day to whether it works: a holiday (False), or a free day on which every shift works (True). Without
    any shift the plant works at all times.
    """

    zone: str
    shifts: tuple[tuple[str, str, str], ...] = ()
    days: Mapping[date, bool] = field(default_factory=dict)


def working(hours: Hours, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches in which the plant works from an instant on, in order and apart; at most a year ahead."""
    if not hours.shifts:
        yield start, start + _LOOKED_AHEAD
        return
    day = start.astimezone(ZoneInfo(hours.zone)).date() - timedelta(days=1)
    held: tuple[datetime, datetime] | None = None
    while day <= start.date() + _LOOKED_AHEAD:
        for begun, ended in sorted(_of_day(hours, day)):
            if ended <= start:
                continue
            if held is not None and begun <= held[1]:
                held = held[0], max(held[1], ended)
                continue
            if held is not None:
                yield held
            held = max(begun, start), ended
        day += timedelta(days=1)
    if held is not None:
        yield held


def due(hours: Hours, start: datetime, working_hours: float) -> datetime:
    """Return the instant at which so many working hours have gone by since `start`.

    Raises ValueError where the plant does not work that long within a year.
    """
    left = timedelta(hours=working_hours)
    for begun, ended in working(hours, start):
        if ended - begun >= left:
            return begun + left
        left -= ended - begun
    msg = "the plant does not work that many hours within a year"
    raise ValueError(msg)


def worked(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """Return how long the plant worked between two instants; zero where the end comes first."""
    return sum((min(ended, end) - begun for begun, ended in _until(working(hours, start), end)), timedelta())


def shifts_in(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the shifts that began and ended between two instants, in order; none where the plant has no shifts."""
    day = start.astimezone(ZoneInfo(hours.zone)).date() - timedelta(days=1)
    while day <= end.date() + timedelta(days=1):
        yield from sorted(span for span in _of_day(hours, day) if span[0] >= start and span[1] <= end)
        day += timedelta(days=1)


def shifts_between(hours: Hours, start: datetime, end: datetime) -> int:
    """Count the shifts that began and ended between two instants; 0 where the plant has no shifts."""
    return sum(1 for _ in shifts_in(hours, start, end))


def of_day(hours: Hours, day: date) -> tuple[int, timedelta]:
    """Return how many shifts begin on a day, and how long the plant works in them, counting no hour twice."""
    shifts = sorted(_of_day(hours, day))
    worked, end = timedelta(), None
    for begun, ended in shifts:
        if end is None or ended > end:
            worked += ended - (begun if end is None or begun > end else end)
            end = ended
    return len(shifts), worked


def stretch(first: date, last: date | None) -> list[date]:
    """Return the days from one to another (None: that one alone). Raises Invalid."""
    last = last or first
    if last < first:
        raise Invalid("The last day lies before the first.", "结束日期早于开始日期。", field="ends_on")
    if (last - first).days >= LONGEST_STRETCH:
        raise Invalid(f"At most {LONGEST_STRETCH} days at once.", f"一次最多 {LONGEST_STRETCH} 天。", field="ends_on")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _until(stretches: Iterable[tuple[datetime, datetime]], end: datetime) -> Iterator[tuple[datetime, datetime]]:
    for begun, ended in stretches:
        if begun >= end:
            return
        yield begun, ended


def _of_day(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield the shifts that begin on a day of the site."""
    told = hours.days.get(day)
    if told is False:
        return
    for starts, ends, weekdays in hours.shifts:
        if told or works_on(weekdays, day):
            begun = begins(day, starts, hours.zone)
            yield begun, begun + runs(starts, ends)
