"""Measures how often unrelated series are called associated, and how often a true effect is found, by simulation."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qms.measures.association import across, lagged
from qms.rules.review_association import told_across

HEADER = ("simulated series", "phi", "n", "lags tried", "runs", "called associated", "asked")
LAGS = (0, 1, 2, 3)
DRAWS = 200
CMS = Path(__file__).resolve().parent.parent.parent / "shared/data/cms-hospitals-2024"
ACROSS = ("units at one time", "n", "r", "95 % CI", "Spearman", "said")


def measure(runs: int = 2_000) -> Iterator[tuple[object, ...]]:
    """Yield one line per case: unrelated series, then one that leads the other by a month with r 0.6."""
    draw = np.random.default_rng(20261129)
    for phi in (0.0, 0.5, 0.8):
        called = sum(_called(_walk(draw, 36, phi), _walk(draw, 36, phi)) for _ in range(runs))
        yield "unrelated", phi, 36, "0-3", runs, f"{called / runs:.1%}", "at most 5 %"
    for phi in (0.0, 0.5):
        found = sum(_found(draw, phi) for _ in range(runs))
        yield "r 0.6 at lag 1", phi, 60, "0-3", runs, f"{found / runs:.1%}", "at least 80 %"


def hospitals() -> list[tuple[object, ...]]:
    """Return how Care Transition and Overall Rating go together over hospitals; empty where the file is not there."""
    path = CMS / "hvbp_person_and_community_engagement.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        pairs = [(row["Care Transition Performance Rate"], row["Overall Rating Of Hospital Performance Rate"])
                 for row in csv.DictReader(file)]
    known = [(float(a.rstrip("%")), float(b.rstrip("%"))) for a, b in pairs if a.endswith("%") and b.endswith("%")]
    found = across(*zip(*known, strict=True))
    if found is None or found.low is None or found.high is None:
        return []
    said = told_across(found.n, found.r, found.low, found.high, shared_method=True)
    return [("Care Transition and Overall Rating", found.n, f"{found.r:.3f}", f"{found.low:.3f} to {found.high:.3f}",
             f"{found.rho:.3f}", said.en)]


def _walk(draw: np.random.Generator, n: int, phi: float) -> list[float]:
    """Return a stationary series of autocorrelation `phi`."""
    values = [float(draw.standard_normal())]
    for step in draw.standard_normal(n - 1) * np.sqrt(1 - phi**2):
        values.append(phi * values[-1] + float(step))
    return values


def _called(x: list[float], y: list[float]) -> bool:
    return any(found.called for found in lagged(x, y, LAGS, draws=DRAWS))


def _found(draw: np.random.Generator, phi: float) -> bool:
    """Tell whether the effect was found at its own lag."""
    x = _walk(draw, 61, phi)
    y = [0.6 * before + 0.8 * float(draw.standard_normal()) for before in x[:-1]]
    return next(found for found in lagged(x[1:], y, LAGS, draws=DRAWS) if found.lag == 1).called
