"""Knows whether a fall in failures is more than luck; must not know which action was taken."""

from collections.abc import Callable
from typing import NamedTuple

from qms.rules.actions_effectiveness import SIGNIFICANCE

LONGEST = 10**9


class Evidence(NamedTuple):
    """How likely a fall this large is by chance alone, and whether that is rare enough to be proof."""

    p_value: float | None
    proven: bool


NO_EVIDENCE = Evidence(None, proven=False)


def fewer_per_exposure(
    before: int, before_exposure: float, after: int, after_exposure: float, significance: float = SIGNIFICANCE
) -> Evidence:
    """Compare counts per exposure (shifts, hours, pieces) by the conditional binomial test, one-sided.

    No evidence without exposure on both sides. Raises ValueError for negative figures.
    Source: Przyborowski and Wilenski 1940.
    """
    if min(before, after) < 0 or min(before_exposure, after_exposure) < 0:
        raise ValueError("counts and exposures are not negative")
    if not before_exposure or not after_exposure:
        return NO_EVIDENCE
    if before + after == 0:
        return Evidence(1.0, proven=False)
    from scipy.special import bdtr

    p_value = float(bdtr(after, before + after, after_exposure / (before_exposure + after_exposure)))
    return Evidence(p_value, p_value <= significance)


def lower_proportion(
    before: int, before_n: int, after: int, after_n: int, significance: float = SIGNIFICANCE
) -> Evidence:
    """Compare two proportions by Fisher's exact test, one-sided: is the later one lower?

    No evidence when nothing was looked at on either side. Raises ValueError unless 0 <= count <= n.
    """
    if not 0 <= before <= before_n or not 0 <= after <= after_n:
        raise ValueError(f"{before} out of {before_n}, {after} out of {after_n}")
    if not before_n or not after_n:
        return NO_EVIDENCE
    from scipy.stats import hypergeom

    p_value = float(hypergeom.cdf(after, before_n + after_n, before + after, after_n))
    return Evidence(p_value, p_value <= significance)


def exposure_to_prove(before: int, before_exposure: int, after: int = 0) -> int | None:
    """Return the shortest later exposure (shifts, hours) in which so many would be proof of a fall; None: none is."""
    return _shortest(lambda exposure: fewer_per_exposure(before, before_exposure, after, exposure), 1)


def number_to_prove(before: int, before_n: int, after: int = 0) -> int | None:
    """Return the smallest later number in which so many would be proof of a lower proportion; None: none is."""
    return _shortest(lambda n: lower_proportion(before, before_n, after, n), max(1, after))


def _shortest(judge: Callable[[int], Evidence], low: int) -> int | None:
    """Return the least size from which on a judgement is proof: the p-value falls as the size grows."""
    high = low
    while not judge(high).proven:
        if high >= LONGEST:
            return None
        low, high = high + 1, min(2 * high, LONGEST)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if judge(middle).proven else (middle + 1, high)
    return high
