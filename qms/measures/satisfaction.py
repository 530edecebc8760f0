"""Knows the indices of survey answers on a scale of 1 to 5; must not know who answered."""

import math
from collections.abc import Sequence

from qms.measures.intervals import Rate, rate

BEST = 5


def top_two_box(answers: Sequence[int]) -> Rate:
    """Return the share of answers that are 4 or 5."""
    return rate(sum(1 for answer in answers if answer >= BEST - 1), len(answers))


def satisfaction_index(mean: float) -> float:
    """Return the index from 0 to 100 of a mean answer."""
    return (mean - 1) / (BEST - 1) * 100


def weighted_index(values: Sequence[float], weights: Sequence[float]) -> float | None:
    """Return the mean of `values` weighted by importance, None when the weights add up to 0."""
    total = math.fsum(weights)
    return math.fsum(v * w for v, w in zip(values, weights, strict=True)) / total if total else None
