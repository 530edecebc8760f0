"""Knows how to rank causes by their weight; must not know what a cause or its weight means."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple


class Cause(NamedTuple):
    """One cause to rank: how many cases, and the weight to rank by (the number itself, cost or severity)."""

    label: str
    n: int
    weight: float


class Bar(NamedTuple):
    """One ranked cause; shares run from 0 to 1 and are None when all weights are 0."""

    label: str
    n: int
    weight: float
    share: float | None
    cumulative: float | None


class Pareto(NamedTuple):
    """Causes from the heaviest on, 'other' last; `n` and `weight` are the totals."""

    bars: tuple[Bar, ...]
    n: int
    weight: float


def pareto(causes: Sequence[Cause], other: str | None = None, keep: int | None = None) -> Pareto:
    """Rank causes, the heaviest first; equal weights stay in the order given.

    The cause labelled `other` comes last whatever its weight; causes beyond the first `keep` are added to it.
    Raises ValueError for a negative weight, and for `keep` without the label `other`.
    """
    if any(cause.weight < 0 for cause in causes):
        raise ValueError("a weight is negative")
    if keep is not None and other is None:
        raise ValueError("the causes left out need a label")
    named = sorted((c for c in causes if c.label != other), key=lambda cause: -cause.weight)
    rest = [c for c in causes if c.label == other] + ([] if keep is None else named[keep:])
    ranked = named if keep is None else named[:keep]
    if other is not None and rest:
        ranked = [*ranked, Cause(other, sum(c.n for c in rest), sum(c.weight for c in rest))]
    total = sum(cause.weight for cause in ranked)
    running = accumulate(cause.weight for cause in ranked)
    bars = tuple(
        Bar(*cause, cause.weight / total if total else None, reached / total if total else None)
        for cause, reached in zip(ranked, running, strict=True)
    )
    return Pareto(bars, sum(cause.n for cause in ranked), total)
