"""Knows what came out right the first time, and how often not; must not know where the counts come from."""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

from qms.measures.intervals import Rate, rate

LONG_TERM_SHIFT = 1.5
MILLION = 1_000_000


class RolledYield(NamedTuple):
    """The chance of passing all steps at once, with its interval; None when a step was never entered."""

    steps: int
    n: int
    value: float | None
    low: float | None
    high: float | None
    normalised: float | None


def first_time_acceptance(accepted_first: int, presented: int) -> Rate:
    """Return FTA: lots accepted at their first presentation out of lots presented."""
    return rate(accepted_first, presented)


def first_pass_yield(good_first: int, entered: int) -> Rate:
    """Return FPY: pieces good without rework, repair or adjustment out of pieces entered."""
    return rate(good_first, entered)


def rolled_throughput_yield(steps: Sequence[Rate]) -> RolledYield:
    """Return RTY, the product of the FPY of each step; `n` is the smallest n of a step.

    The interval combines the Wilson intervals of the steps on the log scale (MOVER, Zou and Donner 2008).
    Without steps, or with a step that nothing entered, every figure is None.
    """
    n = min((step.n for step in steps), default=0)
    if n == 0:
        return RolledYield(len(steps), 0, None, None, None, None)
    values = [step.value or 0.0 for step in steps]
    lows = [step.low or 0.0 for step in steps]
    highs = [step.high or 0.0 for step in steps]
    value = math.prod(values)
    if value == 0:
        return RolledYield(len(steps), n, 0.0, 0.0, min(highs), 0.0)
    down = math.sqrt(math.fsum(math.log(v / low) ** 2 for v, low in zip(values, lows, strict=True)))
    up = math.sqrt(math.fsum(math.log(high / v) ** 2 for v, high in zip(values, highs, strict=True)))
    low, high = value * math.exp(-down), min(1.0, value * math.exp(up))
    return RolledYield(len(steps), n, value, low, high, value ** (1 / len(steps)))


def defects_per_unit(defects: int, units: int) -> float | None:
    """Return DPU, None when no unit was inspected."""
    return defects / units if units else None


def throughput_yield(dpu: float) -> float:
    """Return the share of units without any defect when defects fall at random (Poisson)."""
    return math.exp(-dpu)


def defects_per_million_opportunities(defects: int, units: int, opportunities: int) -> float | None:
    """Return DPMO; `opportunities` are those of one unit. None when there was no opportunity."""
    chances = units * opportunities
    return defects / chances * MILLION if chances else None


def sigma_level(dpmo: float) -> float | None:
    """Return the sigma level with the usual shift of 1.5; None at 0 and at a million (no bound)."""
    if not 0 < dpmo < MILLION:
        return None
    return NormalDist().inv_cdf(1 - dpmo / MILLION) + LONG_TERM_SHIFT


def parts_per_million(nonconforming: int, received: int) -> float | None:
    """Return PPM, None when nothing was received."""
    return nonconforming / received * MILLION if received else None
