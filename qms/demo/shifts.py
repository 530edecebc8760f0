"""Knows when the demo plant works, in half-shifts; must not know what happens in them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from qms.demo.units import ZONE

HALF_SHIFT_HOURS = 4
FULL_DAY, SHORT_DAY = (8, 12, 16, 20), (8, 12)
EVENING = 16
AHEAD_DAYS = 40
PHASES = ("lots", "decide", "report", "ask", "answer", "assume", "origin", "judge", "release", "present")
"""What is done in a half-shift, in this order, so that whatever follows from something comes after it."""

PHASE_MIN = HALF_SHIFT_HOURS * 60 // len(PHASES)


class HalfShift(NamedTuple):
    """Half a shift: when it begins, whether the evening crew works, and the working day it belongs to, from 0."""

    begins_at: datetime
    evening: bool
    day: int


class Calendar:
    """The half-shifts from a Monday on, and some weeks past the end so that work may be planned ahead.

    Sundays are free, Saturdays short. Where the period ends on a Sunday or just after it, that Sunday was worked, so
    that the last day is never empty.
    """

    def __init__(self, weeks: int, until: datetime) -> None:
        zone = ZoneInfo(ZONE)
        today = until.astimezone(zone).date()
        self.first = today - timedelta(days=today.weekday(), weeks=weeks - 1)
        self.halves: list[HalfShift] = []
        self.days: list[tuple[int, int]] = []
        self.first_half: list[int] = []
        for n in range((today - self.first).days + AHEAD_DAYS):
            self._add(self.first + timedelta(days=n), zone, extra=0 <= (today - self.first).days - n <= 1)
        self.worked = sum(half.begins_at <= until for half in self.halves)

    def _add(self, day: date, zone: ZoneInfo, *, extra: bool) -> None:
        weekday = day.weekday()
        hours = FULL_DAY if weekday < 5 else SHORT_DAY if weekday == 5 or extra else ()
        for hour in hours:
            begins_at = datetime.combine(day, time(hour), zone).astimezone(UTC)
            self.halves.append(HalfShift(begins_at, hour >= EVENING, len(self.days)))
        if hours:
            self.first_half.append(len(self.halves) - len(hours))
            self.days.append(((day - self.first).days // 7, weekday))

    def at(self, half: int, phase: str, key: str) -> datetime:
        """Return an instant within a phase of a half-shift; the same for the same key."""
        minute = crc32(f"{half}|{key}".encode()) % PHASE_MIN
        return self.halves[half].begins_at + timedelta(minutes=PHASES.index(phase) * PHASE_MIN + minute)

    def share(self, half: int) -> float:
        """Return how much of the period has passed, from 0 to 1."""
        return half / max(1, self.worked)

    def by_day(self, half: int) -> int:
        """Return this half-shift, or the next one in which the day crew works."""
        while self.halves[half].evening:
            half += 1
        return half

    def half_at(self, share: float) -> int:
        """Return the half-shift that begins when so much of the period has passed; of all of it, the last whole one."""
        return min(int(share * self.worked), max(0, self.worked - 2))

    def days_left(self, days: float) -> int:
        """Return the half-shift that begins so many working days of four half-shifts before the end."""
        return max(0, self.worked - round(days * len(FULL_DAY)))
