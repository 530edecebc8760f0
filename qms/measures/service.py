"""Knows how promises between units and response times are counted; must not know where they are kept."""

import math
from collections.abc import Sequence

from qms.measures.intervals import Rate, rate


def kept_rate(kept: int, missed: int) -> Rate:
    """Return the share of judged promises that were kept; what nobody has judged yet is in neither number."""
    return rate(kept, kept + missed)


def nearest_rank(values: Sequence[int], percent: int) -> int | None:
    """Return a percentile by nearest rank: the smallest value that so many per cent do not exceed; None without values.

    Raises ValueError unless 0 < percent <= 100. Source: ISO 3534-1, empirical quantile.
    """
    if not 0 < percent <= 100:
        raise ValueError(f"there is no {percent}th percentile")
    ordered = sorted(values)
    return ordered[math.ceil(percent / 100 * len(ordered)) - 1] if ordered else None
