"""Makes up what checks find: readings within limits, beyond them where there is a fault; must not know who checks."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from sqlalchemy.orm import Session

from qms.models.acceptance import Characteristic, Handover
from qms.rules.acceptance import Result
from qms.workflows.acceptance import asked, sample_size

SPREAD = 8
"""Standard deviations that go into the width of a tolerance: the process is capable."""


class Readings:
    """Results by the standard that asks for them; `defects` are codes by id."""

    def __init__(self, defects: Mapping[int, str]) -> None:
        self._defects = defects
        self._asked: dict[int, list[Characteristic]] = {}

    def with_faults(self, session: Session, handover: Handover, bad: Mapping[str, int], rng: Random) -> list[Result]:
        """Return results of a hand-over of which so many pieces have a defect, by defect code."""
        results: list[Result] = []
        quantity = handover.quantity
        for each in self._of(session, handover):
            size = sample_size(each, quantity)
            pieces = bad.get(self._defects.get(each.defect_id or 0, ""), 0)
            found = min(size, max(1, round(pieces * size / quantity))) if pieces else 0
            if each.kind == "attribute":
                results.append(Result(each.id, pieces=size, nonconforming=found))
            else:
                results += [Result(each.id, value=_value(each, rng, good=n > found), piece=n)
                            for n in range(1, size + 1)]
        return results

    def all_looked_at(self, session: Session, handover: Handover) -> bool:
        """Tell whether something is asked of every piece, so that nothing is left to sort."""
        quantity = handover.quantity
        return any(sample_size(each, quantity) == quantity for each in self._of(session, handover))

    def _of(self, session: Session, handover: Handover) -> list[Characteristic]:
        """Return what the standard of a hand-over asks for; empty without one."""
        standard_id = handover.standard_id or 0
        if standard_id not in self._asked:
            self._asked[standard_id] = asked(session, standard_id)
        return self._asked[standard_id]


def _value(each: Characteristic, rng: Random, *, good: bool) -> Decimal:
    """Return a measured value with as many decimals as the limits: within them, or just past one."""
    if each.lower is None or each.upper is None or each.target is None:
        msg = f"{each.name_en}: the demo plant measures between two limits around a target"
        raise ValueError(msg)
    step = Decimal(1).scaleb(int(each.upper.as_tuple().exponent))
    width = each.upper - each.lower
    if not good:
        return (each.upper + width * Decimal(str(round(rng.uniform(0.1, 0.6), 2)))).quantize(step)
    value = each.target + width * Decimal(str(round(rng.gauss(0, 1 / SPREAD), 4)))
    return min(each.upper, max(each.lower, value)).quantize(step)
