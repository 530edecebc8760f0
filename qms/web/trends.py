"""Knows where the points of a small trend chart stand, so that a page draws it without a script."""

from collections.abc import Sequence
from dataclasses import dataclass

from qms.rules.review_snapshots import Estimate

WIDTH, HEIGHT, EDGE = 320, 96, 6


@dataclass(frozen=True, slots=True)
class Trend:
    """Lines between neighbouring months that have a value, their bands, every point, and the target's height."""

    lines: tuple[str, ...]
    bands: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    target: float | None
    low: float
    high: float


def trend(told: Sequence[Estimate], target: float | None, *, from_zero: bool) -> Trend | None:
    """Return where a trend stands; None without any value. A month without a value leaves a gap."""
    points = [(n, float(one.value), one) for n, one in enumerate(told) if one.value is not None]
    if not points:
        return None
    ends = [float(end) for _n, value, one in points for end in (value, one.low, one.high) if end is not None]
    low, high = min([*ends, *([0.0] if from_zero else []), *_known(target)]), max([*ends, *_known(target)])
    span = (high - low) or 1.0

    def x(n: int) -> float:
        return round(EDGE + n * (WIDTH - 2 * EDGE) / max(len(told) - 1, 1), 1)

    def y(value: float) -> float:
        return round(HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE), 1)

    runs = _runs(points)
    lines = tuple(" ".join(f"{x(n)},{y(value)}" for n, value, _one in run) for run in runs)
    bands = tuple(_band([(x(n), y(one.high), y(one.low)) for n, _value, one in run
                         if one.high is not None and one.low is not None]) for run in runs)
    return Trend(lines, tuple(filter(None, bands)), tuple((x(n), y(value)) for n, value, _one in points),
                 None if target is None else y(target), low, high)


def _known(target: float | None) -> list[float]:
    return [] if target is None else [target]


def _runs(points: list[tuple[int, float, Estimate]]) -> list[list[tuple[int, float, Estimate]]]:
    runs: list[list[tuple[int, float, Estimate]]] = []
    for point in points:
        if runs and runs[-1][-1][0] == point[0] - 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _band(ends: list[tuple[float, float, float]]) -> str:
    there = [f"{x},{high}" for x, high, _low in ends]
    back = [f"{x},{low}" for x, _high, low in reversed(ends)]
    return " ".join([*there, *back]) if len(ends) > 1 else ""
