"""Knows how sure a figure is: estimates with their confidence intervals; must not know what was counted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    """A confidence interval; both ends are None when there is nothing to estimate from."""

    low: float | None
    high: float | None


UNKNOWN = Interval(None, None)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of counted things, from 0 to 1, with its interval; `value` is None when nothing was counted.

    There is no rate without its n and interval (R-38).
    """

    numerator: int
    denominator: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def n(self) -> int:
        """Return how many things the share was taken of."""
        return self.denominator


class Mean(NamedTuple):
    """A mean with its t interval; None where `n` is too small to tell (mean: 0, the others: below 2)."""

    n: int
    mean: float | None
    deviation: float | None
    low: float | None
    high: float | None


class EventRate(NamedTuple):
    """Events per unit of exposure with their Poisson interval; None when there was no exposure."""

    events: int
    exposure: int
    value: float | None
    low: float | None
    high: float | None


class NetPromoter(NamedTuple):
    """A net promoter score from -100 to 100: as counted, adjusted, and the interval of the adjusted one."""

    n: int
    raw: float | None
    adjusted: float | None
    low: float | None
    high: float | None


def normal_quantile(confidence: float) -> float:
    """Return the two-sided normal quantile, 1.96 for 0.95."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence {confidence} is not between 0 and 1")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(k: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the Wilson score interval of `k` out of `n`.

    Raises ValueError unless 0 <= k <= n. Source: Wilson 1927; Brown, Cai, DasGupta 2001.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} out of {n} is not a share")
    if n == 0:
        return UNKNOWN
    z = normal_quantile(confidence)
    share = k / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if k == 0 else max(0.0, (centre - spread) / scale)
    high = 1.0 if k == n else min(1.0, (centre + spread) / scale)
    return Interval(low, high)


def rate(k: int, n: int, confidence: float = 0.95) -> Rate:
    """Return `k` out of `n` with its Wilson interval. Raises ValueError unless 0 <= k <= n."""
    low, high = wilson(k, n, confidence)
    return Rate(k, n, k / n if n else None, low, high)


def event_rate(events: int, exposure: int, confidence: float = 0.95) -> EventRate:
    """Return events per unit of exposure, of which they are no part, with the exact Poisson interval.

    Raises ValueError for negative figures. Source: Garwood 1936.
    """
    if events < 0 or exposure < 0:
        raise ValueError(f"{events} events in {exposure}")
    if exposure == 0:
        return EventRate(events, 0, None, None, None)
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = float(gammaincinv(events, tail)) if events else 0.0
    high = float(gammaincinv(events + 1, 1 - tail))
    return EventRate(events, exposure, events / exposure, low / exposure, high / exposure)


def correlation_interval(r: float, n: float, confidence: float = 0.95) -> Interval:
    """Return the Fisher z interval of a correlation `r` from `n` pairs, which may be an effective number.

    Both ends None for n <= 3, where the method says nothing. Raises ValueError outside -1..1.
    """
    if not -1 <= r <= 1:
        raise ValueError(f"{r} is not a correlation")
    if n <= 3:
        return UNKNOWN
    if abs(r) == 1:
        return Interval(r, r)
    half = normal_quantile(confidence) / math.sqrt(n - 3)
    return Interval(math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half))


def mean(values: Sequence[float], counts: Sequence[int] | None = None, confidence: float = 0.95) -> Mean:
    """Return the mean of `values` with its t interval; `counts` tells how often each value was seen."""
    from scipy.special import stdtrit

    weights = [1] * len(values) if counts is None else list(counts)
    n = sum(weights)
    if n == 0:
        return Mean(0, None, None, None, None)
    centre = math.fsum(v * w for v, w in zip(values, weights, strict=True)) / n
    if n == 1:
        return Mean(1, centre, None, None, None)
    squares = math.fsum(w * (v - centre) ** 2 for v, w in zip(values, weights, strict=True))
    deviation = math.sqrt(squares / (n - 1))
    half = float(stdtrit(n - 1, (1 + confidence) / 2)) * deviation / math.sqrt(n)
    return Mean(n, centre, deviation, centre - half, centre + half)


def net_promoter(promoters: int, detractors: int, n: int, confidence: float = 0.95) -> NetPromoter:
    """Return the net promoter score with the adjusted Wald interval.

    Raises ValueError when promoters and detractors are more than `n`. Source: Rocks 2016.
    """
    if promoters < 0 or detractors < 0 or promoters + detractors > n:
        raise ValueError(f"{promoters} promoters and {detractors} detractors out of {n}")
    if n == 0:
        return NetPromoter(0, None, None, None, None)
    up, down = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    half = normal_quantile(confidence) * math.sqrt((up + down - (up - down) ** 2) / (n + 3))
    raw, adjusted = (promoters - detractors) / n, up - down
    return NetPromoter(n, 100 * raw, 100 * adjusted, 100 * (adjusted - half), 100 * (adjusted + half))
