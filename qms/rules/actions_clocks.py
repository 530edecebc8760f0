"""Knows by when each discipline is due in hours of the plant; must not know where cases are stored.

Default of customers who name a time: 24 h to contain, 7 d to the causes, 14 d to put in place, 30 d to prevent, 60 d to
close. A day is a working day of the plant: with one shift of eight hours, eight hours of it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from qms.rules.acceptance_pieces import runs
from qms.rules.chain_calendar import Hours, due

DUE_DAYS: dict[str, int] = {"D0": 1, "D1": 1, "D2": 1, "D3": 1, "D4": 7, "D5": 7, "D6": 14, "D7": 30, "D8": 60}
"""Working days from the start of the clock until each discipline is due."""


def day_hours(hours: Hours) -> float:
    """Return how many hours the plant works on a working day, as its shifts have it; 24 where it has no shifts."""
    worked = sum(runs(starts, ends).total_seconds() / 3600 * weekdays.count("1")
                 for starts, ends, weekdays in hours.shifts)
    days = {day for _starts, _ends, weekdays in hours.shifts for day, works in enumerate(weekdays) if works == "1"}
    return min(24.0, worked / len(days)) if days else 24.0


def due_times(hours: Hours, start: datetime, steps: Iterable[str]) -> dict[str, datetime]:
    """Map each discipline to when it is due.

    Where the plant does not work that long within a year, days of the calendar count: a clock never stands for good.
    """
    return {step: _due(hours, start, DUE_DAYS[step]) for step in steps}


def _due(hours: Hours, start: datetime, days: int) -> datetime:
    try:
        return due(hours, start, days * day_hours(hours))
    except ValueError:
        return start + timedelta(days=days)
