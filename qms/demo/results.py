"""Makes up what checks find: readings within limits, beyond them where there is a fault; must not know who checks."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from qms.models.acceptance import Characteristic, Standard
from qms.rules.acceptance import Result
from qms.workflows.acceptance import sample_size

SPREAD = 8
"""Standard deviations that go into the width of a tolerance: the process is capable."""


class Readings:
    """Results by the standard that asks for them; `defects` are codes by id."""

    def __init__(self, defects: Mapping[int, str]) -> None:
        self._defects = defects
        self._asked: dict[int, list[Characteristic]] = {}

    def good(self, standard: Standard, quantity: int, rng: Random) -> list[Result]:
        """Return results of pieces that are all good."""
        return self.with_faults(standard, quantity, {}, rng)

    def with_faults(self, standard: Standard, quantity: int, bad: Mapping[str, int], rng: Random) -> list[Result]:
        """Return results of pieces of which so many have a defect, by defect code."""
        results: list[Result] = []
        for asked in self._of(standard):
            size = sample_size(asked, quantity)
            pieces = bad.get(self._defects.get(asked.defect_id or 0, ""), 0)
            found = min(size, max(1, round(pieces * size / quantity))) if pieces else 0
            if asked.kind == "attribute":
                results.append(Result(asked.id, pieces=size, nonconforming=found))
            else:
                results += [Result(asked.id, value=_value(asked, rng, good=n > found), piece=n)
                            for n in range(1, size + 1)]
        return results

    def all_looked_at(self, standard: Standard, quantity: int) -> bool:
        """Tell whether something is asked of every piece, so that nothing is left to sort."""
        return any(sample_size(asked, quantity) == quantity for asked in self._of(standard))

    def _of(self, standard: Standard) -> list[Characteristic]:
        if standard.id not in self._asked:
            self._asked[standard.id] = [c for c in standard.characteristics if c.position > 0]
        return self._asked[standard.id]


def _value(asked: Characteristic, rng: Random, *, good: bool) -> Decimal:
    """Return a measured value with as many decimals as the limits: within them, or just past one."""
    if asked.lower is None or asked.upper is None or asked.target is None:
        msg = f"{asked.name_en}: the demo plant measures between two limits around a target"
        raise ValueError(msg)
    step = Decimal(1).scaleb(int(asked.upper.as_tuple().exponent))
    width = asked.upper - asked.lower
    if not good:
        return (asked.upper + width * Decimal(str(round(rng.uniform(0.1, 0.6), 2)))).quantize(step)
    value = asked.target + width * Decimal(str(round(rng.gauss(0, 1 / SPREAD), 4)))
    return min(asked.upper, max(asked.lower, value)).quantize(step)
