"""Knows the indices of survey answers on a scale of 1 to 5; must not know who answered."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qms.measures.intervals import Mean, NetPromoter, Rate, mean, net_promoter, rate

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


@dataclass(frozen=True, slots=True)
class Rating:
    """Answers to one question, each figure with its n and interval (R-38)."""

    top_two: Rate
    mean: Mean
    index: float | None
    index_low: float | None
    index_high: float | None
    unknown: int

    @property
    def n(self) -> int:
        """Return how many answered; "don't know" is no answer."""
        return self.mean.n


def rating(counts: Mapping[int, int], unknown: int = 0) -> Rating:
    """Return the figures of answers from 1 to 5, given by how often each was chosen."""
    n = sum(counts.values())
    found = mean(list(counts), list(counts.values()))
    top = rate(sum(times for value, times in counts.items() if value >= BEST - 1), n)
    return Rating(top, found, _index(found.mean), _index(found.low), _index(found.high), unknown)


def recommended(counts: Mapping[int, int]) -> NetPromoter:
    """Return the net promoter score of answers from 0 to 10: 9 and 10 promote, 0 to 6 detract."""
    return net_promoter(sum(n for value, n in counts.items() if value >= 9),
                        sum(n for value, n in counts.items() if value <= 6), sum(counts.values()))


class Gap(NamedTuple):
    """How important a question is and how well it is done, as means from 1 to 5; `gap` above 0: done too poorly."""

    code: str
    importance: float
    performance: float
    gap: float


def gaps(means: Mapping[str, tuple[float | None, float | None]]) -> list[Gap]:
    """Return the gaps of questions, given (importance, performance), widest first; without those not known."""
    found = [Gap(code, weight, value, weight - value) for code, (weight, value) in means.items()
             if weight is not None and value is not None]
    return sorted(found, key=lambda gap: (-gap.gap, gap.code))


def _index(value: float | None) -> float | None:
    """Return an index kept within 0 and 100, which an interval may leave; None for nothing."""
    return None if value is None else min(100.0, max(0.0, satisfaction_index(value)))
