"""Knows how much two series say about each other; must not know what they measure, nor speak of causes.

Series are autocorrelated and drift, so a straight line is taken out of each and a coefficient is judged on the number
of independent periods that the rest is worth. Whoever asks fixes one lag beforehand; others are shown, and paid for by
Holm's correction. Source: R-39; Bartlett 1935; Holm 1979; Künsch 1989.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from qms.measures.intervals import correlation_interval

LEAST_PERIODS = 24
"""Below this many pairs no coefficient is told."""
FIRM_PERIODS = 36
"""Below this many pairs a coefficient is an indication."""
MOST_LAG = 12
_LEVEL = 0.05
DRAWS = 2000
_FEW = 4.0
Numbers = Any
Series = Sequence[float | None]


class Association(NamedTuple):
    """A correlation judged on as many periods as the series are worth; no interval at 3 or fewer."""

    r: float
    n: int
    n_eff: float
    low: float | None
    high: float | None


class Lagged(NamedTuple):
    """What was found at one lag: how many periods the first series leads the second.

    `rho` is Spearman's, `low` and `high` are the block-bootstrap interval of `r`, `p` is of `r` on n_eff, `p_adjusted`
    after Holm over all lags tried.
    """

    lag: int
    n: int
    n_eff: float
    r: float
    rho: float
    low: float
    high: float
    p: float
    p_adjusted: float

    @property
    def called(self) -> bool:
        """Tell whether the two may be called associated: by the corrected p, and by the interval as well."""
        return self.p_adjusted < _LEVEL and (self.low > 0 or self.high < 0)


class Across(NamedTuple):
    """How two measures of the same units go together at one time; the interval is Fisher's, `p` is of `r`."""

    n: int
    r: float
    rho: float
    low: float | None
    high: float | None
    p: float


def effective_n(n: int, autocorrelation_x: float, autocorrelation_y: float) -> float:
    """Return how many independent pairs `n` autocorrelated ones are worth, never more than `n`.

    Raises ValueError for an autocorrelation outside -1..1 (ends excluded). Source: Bartlett 1935.
    """
    if not -1 < autocorrelation_x < 1 or not -1 < autocorrelation_y < 1:
        raise ValueError("an autocorrelation is not between -1 and 1")
    shared = autocorrelation_x * autocorrelation_y
    return min(float(n), n * (1 - shared) / (1 + shared))


def association(
    r: float, n: int, autocorrelation_x: float = 0.0, autocorrelation_y: float = 0.0, confidence: float = 0.95
) -> Association:
    """Return a correlation with n_eff and the Fisher z interval on it. Source: R-39."""
    n_eff = effective_n(n, autocorrelation_x, autocorrelation_y)
    return Association(r, n, n_eff, *correlation_interval(r, n_eff, confidence))


def lagged(x: Series, y: Series, lags: Sequence[int], *, draws: int = DRAWS) -> list[Lagged]:
    """Return what was found at each lag, in the order given; empty below LEAST_PERIODS pairs at any of them.

    `x` leads: at lag 2 its January stands beside the March of `y`. Both are of equal length, oldest first; a month that
    has no value is None and is in no pair. Empty too where a series never changes, for then nothing can go together
    with it. `draws`: of the bootstrap.
    Raises ValueError for series of unequal length and lags outside 0..MOST_LAG or tried twice.
    """
    if not lags or len(set(lags)) != len(lags) or not all(0 <= lag <= MOST_LAG for lag in lags):
        raise ValueError("the lags cannot be tried")
    if min(pair_counts(x, y, lags)) < LEAST_PERIODS:
        return []
    flat_x, flat_y = detrended(x), detrended(y)
    pairs = [_both(flat_x[:len(flat_x) - lag], flat_y[lag:]) for lag in lags]
    if not all(_varies(one, x) and _varies(other, y) for one, other in pairs):
        return []
    found = [_judged(one, other) for one, other in pairs]
    adjusted = holm([p for _r, _n_eff, p in found])
    return [
        Lagged(lag, len(one), n_eff, r, _ranked(one, other), *_bootstrap(one, other, draws), p, p_adjusted)
        for lag, (one, other), (r, n_eff, p), p_adjusted in zip(lags, pairs, found, adjusted, strict=True)
    ]


def pair_counts(x: Series, y: Series, lags: Sequence[int]) -> list[int]:
    """Return how many months have a value on both sides at each lag. Raises ValueError for unequal length."""
    if len(x) != len(y):
        raise ValueError("the series differ in length")
    return [sum(1 for one, other in zip(x, y[lag:], strict=False) if one is not None and other is not None)
            for lag in lags]


def across(x: Sequence[float], y: Sequence[float]) -> Across | None:
    """Return how two measures of the same units go together; None below LEAST_PERIODS units or where one is constant.

    Raises ValueError for series of unequal length.
    """
    if len(x) != len(y):
        raise ValueError("the series differ in length")
    one, other = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if len(one) < LEAST_PERIODS or not one.std() or not other.std():
        return None
    r = _correlation(one, other)
    return Across(len(one), r, _ranked(one, other), *correlation_interval(r, len(one)), _two_sided(r, len(one)))


def detrended(values: Series) -> Numbers:
    """Return what is left of a series when its straight line is taken out; NaN where there is no value."""
    series = np.asarray(values, dtype=float)
    known = ~np.isnan(series)
    times = np.arange(len(series), dtype=float)
    times -= times[known].mean()
    slope = (times[known] @ series[known]) / (times[known] @ times[known])
    return series - series[known].mean() - slope * times


def holm(p_values: Sequence[float]) -> list[float]:
    """Return each p-value adjusted for all of them, in their order. Source: Holm 1979."""
    order = sorted(range(len(p_values)), key=lambda n: p_values[n])
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def _both(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    known = ~(np.isnan(x) | np.isnan(y))
    return x[known], y[known]


def _varies(flat: Numbers, values: Series) -> bool:
    scale = max(abs(value) for value in values if value is not None) or 1.0
    return bool(flat.std() > scale * 1e-9)


def _judged(x: Numbers, y: Numbers) -> tuple[float, float, float]:
    """Return r, n_eff and the p of r on n_eff."""
    r = _correlation(x, y)
    n_eff = _worth(x, y)
    return r, n_eff, _two_sided(r, n_eff)


def _two_sided(r: float, n: float) -> float:
    """Return the two-sided p of Student's t on n pairs; 1 where too little is left to judge."""
    from scipy.special import stdtr

    if n <= _FEW or abs(r) >= 1:
        return 0.0 if abs(r) >= 1 and n > _FEW else 1.0
    t = abs(r) * float(np.sqrt((n - 2) / (1 - r * r)))
    return float(2 * stdtr(n - 2, -t))


def _worth(x: Numbers, y: Numbers) -> float:
    """Return the smaller of two estimates of n_eff: by the first autocorrelations, and by those up to a quarter of n.

    The first misses a slow swing, the second a short one; the smaller keeps false alarms below the level for both.
    """
    n = len(x)
    ours, theirs = _autocorrelations(x), _autocorrelations(y)
    first = effective_n(n, *(float(np.clip(a[0], -0.999, 0.999)) for a in (ours, theirs)))
    weights = 1 - np.arange(1, len(ours) + 1) / n
    spread = 1 + 2 * float((weights * ours * theirs).sum())
    return min(first, float(n), n / max(spread, 1 / n))


def _autocorrelations(values: Numbers) -> Numbers:
    """Return the autocorrelations from lag 1 to a quarter of the length."""
    centred = values - values.mean()
    full = np.correlate(centred, centred, "full")[len(centred) - 1:]
    return full[1:len(centred) // 4 + 1] / full[0]


def _correlation(x: Numbers, y: Numbers) -> float:
    return float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))


def _ranked(x: Numbers, y: Numbers) -> float:
    from scipy.stats import rankdata

    return _correlation(rankdata(x), rankdata(y))


def _bootstrap(x: Numbers, y: Numbers, draws: int) -> tuple[float, float]:
    """Return the 95 % percentile interval of r over circular blocks of neighbouring pairs. Source: Künsch 1989."""
    n = len(x)
    length = max(1, round(n ** (1 / 3)))
    starts = np.random.default_rng(1).integers(0, n, (draws, -(-n // length)))
    drawn = ((starts[:, :, None] + np.arange(length)) % n).reshape(draws, -1)[:, :n]
    ones, others = x[drawn], y[drawn]
    ones = ones - ones.mean(axis=1, keepdims=True)
    others = others - others.mean(axis=1, keepdims=True)
    spread = np.sqrt((ones**2).sum(axis=1) * (others**2).sum(axis=1))
    values = np.divide((ones * others).sum(axis=1), spread, out=np.zeros(draws), where=spread > 0)
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
