"""Knows how much two series say about each other; must not know what they measure, nor speak of causes."""

from typing import NamedTuple

from qms.measures.intervals import correlation_interval


class Association(NamedTuple):
    """A correlation judged on as many periods as the series are worth; no interval at 3 or fewer."""

    r: float
    n: int
    n_eff: float
    low: float | None
    high: float | None


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
