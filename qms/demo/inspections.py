"""Plans first pieces and patrols of the demo plant in its last days; must not know the database.

First pieces are judged by the crew, the section's leader and the shift's quality delegate. Now and then one is not
good and repeated, and a patrol is left out.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from qms.demo.chance import chance_of
from qms.demo.happenings import Happening
from qms.demo.people import CREWS, LEADERS
from qms.demo.shifts import HALF_SHIFT_HOURS, Calendar, HalfShift
from qms.rules.accounts import SYSTEM

PREFIX = "piece_"
"""Begins the verb of everything that happens to inspections."""

PATROLS: dict[str, int] = {"OP20": 120, "OP30": 120, "OP50": 240, "OP60": 120, "OP120": 240, "OP130": 240}
"""Operations that are patrolled, and every how many minutes."""

DAYS = 2
"""Working days at the end of the period in which inspections are recorded."""

NOT_GOOD, LEFT_OUT = 0.06, 0.08
DELEGATE = "delegate"
FIRST_PIECE = (("self", 12), ("mutual", 19), ("dedicated", 27))
"""Verdicts on a first piece, and how many minutes after the shift began."""


def planned_inspections(until: datetime, weeks: int) -> list[Happening]:
    """Return what is asked for and judged in the last days until an instant, in order."""
    calendar = Calendar(weeks, until)
    worked = calendar.halves[: calendar.worked]
    last = worked[-1].day if worked else 0
    found = [h for n, half in enumerate(worked) if half.day > last - DAYS
             for h in _half(half, is_last=n == len(worked) - 1)]
    return sorted((h for h in found if h.at <= until), key=lambda h: (h.at, h.verb, h.key))


def _half(half: HalfShift, *, is_last: bool) -> Iterator[Happening]:
    """Tell what happens in half a shift: the clock asks, people judge; the very last patrols wait."""
    for minutes in (1, 121):
        yield _due(half.begins_at + timedelta(minutes=minutes))
    begins_shift = half.begins_at.hour % (2 * HALF_SHIFT_HOURS) == 0
    for unit, every_min in PATROLS.items():
        rng = chance_of("inspection", unit, half.begins_at)
        crew = CREWS[unit][half.evening]
        if begins_shift:
            yield from _first_piece(unit, crew, half.begins_at, is_bad=rng.random() < NOT_GOOD)
        for minutes in range(0, HALF_SHIFT_HOURS * 60, 120):
            since = minutes + (0 if begins_shift else HALF_SHIFT_HOURS * 60)
            if since and since % every_min == 0 and rng.random() > LEFT_OUT and not is_last:
                yield _judged(half.begins_at + timedelta(minutes=minutes + 9 + rng.randrange(20)), DELEGATE, unit,
                              "patrol", "dedicated")


def _first_piece(unit: str, crew: str, begun: datetime, *, is_bad: bool) -> Iterator[Happening]:
    people = {"self": crew, "mutual": LEADERS[unit], "dedicated": DELEGATE}
    for verdict, minutes in FIRST_PIECE:
        bad = is_bad and verdict == "mutual"
        yield _judged(begun + timedelta(minutes=minutes), people[verdict], unit, "first_piece", verdict, bad=bad)
        if bad:
            for again, more in FIRST_PIECE:
                yield _judged(begun + timedelta(minutes=minutes + more), people[again], unit, "first_piece", again)
            return


def _due(at: datetime) -> Happening:
    return Happening(at, f"{PREFIX}due", SYSTEM.name, f"piece/{at:%d%H%M}", {})


def _judged(at: datetime, who: str, unit: str, kind: str, verdict: str, *, bad: bool = False) -> Happening:
    return Happening(at, f"{PREFIX}judge", who, f"piece/{unit}",
                     {"unit": unit, "kind": kind, "verdict": verdict, "bad": bad})
