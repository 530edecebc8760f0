"""Knows what figures of calls and stops mean: how long each step took, at which rung somebody came. No database."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple

from qms.measures.intervals import Rate, rate


class Stopped(NamedTuple):
    """One call or stop as figures see it: never who called or who came. `rung`: the highest that was raised."""

    reason: str
    called_at: datetime
    stopped_at: datetime | None
    acknowledged_at: datetime | None
    arrived_at: datetime | None
    contained_at: datetime | None
    restarted_at: datetime | None
    rung: int


class Middle(NamedTuple):
    """A median of seconds and how many it was taken of; None when of none."""

    seconds: float | None
    n: int


class OfReason(NamedTuple):
    """How often a reason was called for, how often the line stood, and for how many minutes in all."""

    reason: str
    calls: int
    stops: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of some calls and stops. Times run from the call; `stood` from the stop to the restart.

    `rungs` lists for each rung the share of answered calls in which somebody came while it was the highest.
    """

    calls: int
    acknowledged: Middle
    arrived: Middle
    contained: Middle
    stood: Middle
    solved: Rate
    reasons: Sequence[OfReason]
    rungs: Sequence[tuple[int, Rate]]


def figures(stops: Sequence[Stopped]) -> Figures:
    """Return the figures of calls and stops; what has not happened yet is in no median."""
    answered = [s for s in stops if s.arrived_at is not None]
    highest = Counter(s.rung for s in answered)
    over = [s for s in stops if s.restarted_at is not None]
    return Figures(
        len(stops), _middle((s.called_at, s.acknowledged_at) for s in stops),
        _middle((s.called_at, s.arrived_at) for s in stops), _middle((s.called_at, s.contained_at) for s in stops),
        _middle((s.stopped_at, s.restarted_at) for s in stops),
        rate(sum(s.stopped_at is None for s in over), len(over)),
        sorted((_of_reason(reason, [s for s in stops if s.reason == reason]) for reason in {s.reason for s in stops}),
               key=lambda r: (-r.calls, r.reason)),
        [(rung, rate(highest[rung], len(answered))) for rung in range(max(highest, default=-1) + 1)])


def _middle(spans: Iterable[tuple[datetime | None, datetime | None]]) -> Middle:
    seconds = [(end - begin).total_seconds() for begin, end in spans if begin is not None and end is not None]
    return Middle(median(seconds) if seconds else None, len(seconds))


def _of_reason(reason: str, stops: Sequence[Stopped]) -> OfReason:
    stood = [(s.restarted_at - s.stopped_at).total_seconds() for s in stops if s.stopped_at and s.restarted_at]
    return OfReason(reason, len(stops), sum(s.stopped_at is not None for s in stops), int(sum(stood) // 60))
