"""Knows how far defects travelled before someone found them; must not know who made or found them."""

from collections.abc import Mapping

from qms.measures.intervals import Mean, Rate, mean, rate


def source_containment(found_at: Mapping[int, int]) -> Rate:
    """Return the share of defects found where they were made; `found_at` maps distance k to pieces found."""
    return rate(found_at.get(0, 0), sum(found_at.values()))


def step_escape(passed_on: int, made: int) -> Rate:
    """Return the share of defects made at a step that were passed on by it."""
    return rate(passed_on, made)


def detection_effectiveness(found_here: int, found_later: int) -> Rate:
    """Return the share found at a step; `found_later` counts only what was detectable at that step."""
    return rate(found_here, found_here + found_later)


def mean_escape_distance(found_at: Mapping[int, int]) -> Mean:
    """Return the mean of k, the hand-overs from origin to detection; `found_at` maps k to pieces found."""
    distances = sorted(found_at)
    return mean(distances, [found_at[k] for k in distances])


def false_rejection(no_fault_found: int, rejections: int) -> Rate:
    """Return the share of rejections in which no fault was found."""
    return rate(no_fault_found, rejections)
