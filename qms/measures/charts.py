"""Knows attribute control charts (p, np, u, c, Laney p'); must not know what a subgroup stands for.

A subgroup of size 0 was not inspected: it keeps its place on the chart without value or limits,
and counts nowhere.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

POINTS_FOR_FIRM_LIMITS = 25
OVERDISPERSED = 1.2
MOVING_RANGE_OF_TWO = 1.128


@dataclass(frozen=True, slots=True)
class Subgroup:
    """What one point is made of: how many were found among how many (or on what length, area)."""

    label: str
    count: int
    size: float


class Baseline(NamedTuple):
    """Limits fixed by an earlier period: its centre per unit of size, its spread and its number of points."""

    centre: float
    sigma_z: float | None
    points: int


@dataclass(frozen=True, slots=True)
class Point:
    """One plotted point with its own limits; all four figures are None when nothing was inspected."""

    label: str
    count: int
    size: float
    value: float | None
    centre: float | None
    lower: float | None
    upper: float | None
    out: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart; `centre` is per unit of size, None without data; `sigma_z` None if unknown."""

    kind: str
    points: tuple[Point, ...]
    centre: float | None
    sigma_z: float | None
    provisional: bool

    @property
    def plotted(self) -> int:
        """Return how many points carry a value."""
        return sum(1 for point in self.points if point.value is not None)

    @property
    def out(self) -> tuple[Point, ...]:
        """Return the points beyond a limit."""
        return tuple(point for point in self.points if point.out)

    @property
    def baseline(self) -> Baseline | None:
        """Return the limits of this chart for fixing those of a later one."""
        return None if self.centre is None else Baseline(self.centre, self.sigma_z, self.plotted)


Spread = Callable[[float, float], float]


def p_chart(groups: Sequence[Subgroup], baseline: Baseline | None = None) -> Chart:
    """Return the chart of nonconforming shares; limits step with the subgroup's size.

    Raises ValueError when a count exceeds its size. Source: NIST e-Handbook 6.3.3.2.
    """
    _whole_shares(groups)
    return _chart("p", groups, _binomial, baseline, ceiling=1.0)


def laney_chart(groups: Sequence[Subgroup], baseline: Baseline | None = None) -> Chart:
    """Return the p' chart, its limits widened by the spread between subgroups; plain p where that is unknown.

    Raises ValueError when a count exceeds its size. Source: Laney 2002.
    """
    _whole_shares(groups)
    widening = baseline.sigma_z if baseline else _sigma_z(groups, _centre(groups), _binomial)
    if widening is None:
        return p_chart(groups, baseline)
    return _chart("p'", groups, _binomial, baseline, ceiling=1.0, widening=widening)


def share_chart(groups: Sequence[Subgroup], baseline: Baseline | None = None) -> Chart:
    """Return the p' chart when shares vary more than chance allows (sigma_z above 1.2), else the p chart.

    The chart's `kind` and `sigma_z` say what was chosen and why. A baseline decides by its own sigma_z.
    """
    plain = p_chart(groups, baseline)
    spread = baseline.sigma_z if baseline else plain.sigma_z
    return laney_chart(groups, baseline) if spread is not None and spread > OVERDISPERSED else plain


def np_chart(groups: Sequence[Subgroup], baseline: Baseline | None = None) -> Chart:
    """Return the chart of nonconforming numbers; centre and limits step when sizes vary.

    Raises ValueError when a count exceeds its size.
    """
    _whole_shares(groups)
    return _scaled("np", p_chart(groups, baseline))


def u_chart(groups: Sequence[Subgroup], baseline: Baseline | None = None) -> Chart:
    """Return the chart of defects per unit of size, which may be a fraction (metres, square yards)."""
    _counts(groups)
    return _chart("u", groups, _poisson, baseline)


def c_chart(groups: Sequence[Subgroup], baseline: Baseline | None = None) -> Chart:
    """Return the chart of defects per subgroup of one constant size.

    Raises ValueError when sizes differ, which asks for a u chart. Source: NIST e-Handbook 6.3.3.1.
    """
    _counts(groups)
    if len({group.size for group in groups if group.size}) > 1:
        raise ValueError("a c chart needs subgroups of one size")
    return _scaled("c", u_chart(groups, baseline))


def _binomial(centre: float, size: float) -> float:
    return math.sqrt(centre * (1 - centre) / size)


def _poisson(centre: float, size: float) -> float:
    return math.sqrt(centre / size)


def _counts(groups: Sequence[Subgroup]) -> None:
    for group in groups:
        if group.count < 0 or group.size < 0 or (group.count and not group.size):
            raise ValueError(f"{group.count} in a subgroup of {group.size} ({group.label})")


def _whole_shares(groups: Sequence[Subgroup]) -> None:
    _counts(groups)
    for group in groups:
        if group.count > group.size:
            raise ValueError(f"{group.count} out of {group.size} ({group.label})")


def _centre(groups: Sequence[Subgroup]) -> float | None:
    size = math.fsum(group.size for group in groups)
    return sum(group.count for group in groups) / size if size else None


def _sigma_z(groups: Sequence[Subgroup], centre: float | None, spread: Spread) -> float | None:
    if centre is None:
        return None
    seen = [group for group in groups if group.size]
    spreads = [spread(centre, group.size) for group in seen]
    if len(seen) < 2 or min(spreads) == 0:
        return None
    z = [(group.count / group.size - centre) / s for group, s in zip(seen, spreads, strict=True)]
    return fmean(abs(b - a) for a, b in pairwise(z)) / MOVING_RANGE_OF_TWO


def _chart(
    kind: str,
    groups: Sequence[Subgroup],
    spread: Spread,
    baseline: Baseline | None,
    *,
    ceiling: float = math.inf,
    widening: float = 1.0,
) -> Chart:
    centre = baseline.centre if baseline else _centre(groups)
    points = tuple(_point(group, centre, spread, ceiling, widening) for group in groups)
    plotted = sum(1 for point in points if point.value is not None)
    judged_on = baseline.points if baseline else plotted
    return Chart(kind, points, centre, _sigma_z(groups, centre, spread), judged_on < POINTS_FOR_FIRM_LIMITS)


def _point(group: Subgroup, centre: float | None, spread: Spread, ceiling: float, widening: float) -> Point:
    if not group.size or centre is None:
        return Point(group.label, group.count, group.size, None, None, None, None, out=False)
    half = 3 * widening * spread(centre, group.size)
    lower, upper = max(0.0, centre - half), min(ceiling, centre + half)
    value = group.count / group.size
    return Point(
        group.label, group.count, group.size, value, centre, lower, upper, out=_beyond(value, lower, upper)
    )


def _beyond(value: float, lower: float, upper: float) -> bool:
    """Tell whether a value is past a limit; one on the limit is not, whatever the rounding of floats."""
    on_limit = any(math.isclose(value, limit, rel_tol=1e-9, abs_tol=1e-12) for limit in (lower, upper))
    return not on_limit and not lower <= value <= upper


def _scaled(kind: str, chart: Chart) -> Chart:
    points = tuple(_times_size(point) for point in chart.points)
    return Chart(kind, points, chart.centre, chart.sigma_z, chart.provisional)


def _times_size(point: Point) -> Point:
    if point.centre is None or point.lower is None or point.upper is None:
        return point
    return replace(
        point,
        value=float(point.count),
        centre=point.centre * point.size,
        lower=point.lower * point.size,
        upper=point.upper * point.size,
    )
