"""Plans what follows from a rejection in the demo plant: containment, origin, release; must not know the database."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple

from qms.demo.people import LEADERS
from qms.demo.products import DEFECTS
from qms.demo.shifts import Calendar
from qms.demo.units import INSPECTING

Add = Callable[..., None]
SEVERITY = {defect.code: defect.severity for defect in DEFECTS}
OUTSIDE = ("C01", "C02", "C03")
ASKED = 0.12
"""Chance that containment is asked for a rejection that is neither critical nor from outside."""

SETTLED = 0.9
"""Chance that a leader confirms an origin within a day."""

HELD = frozenset({"held", "contained", "half_contained"})
"""Courses after which a quantity stays held."""

RESULTS = ("返工后全数复检合格", "全数挑选并返工, 复检合格", "更换零件后复检合格", "返工后用检具复检合格")
DISPUTED = "划伤在装配工位搬运时产生, 涂装下线照片无此划伤。"
INSTEAD = "OP60"
RULING = "查看下线照片和周转车, 划伤由装配工位的周转车造成。"


class Case(NamedTuple):
    """A rejection as it was reported. `laid_to` is whom the report assumes, if anyone; `course` what becomes of it."""

    key: str
    half: int
    found: str
    laid_to: str | None
    origin: str
    defect: str
    pieces: int
    course: str = "usual"


class Settling:
    """What quality and the leaders do about rejections, added to a plan through `add`."""

    def __init__(self, calendar: Calendar, add: Add) -> None:
        self._calendar = calendar
        self._add = add

    def settle(self, case: Case, rng: Random) -> int | None:
        """Plan what follows. Returns the half-shift in which the quantity is released; None when it stays held."""
        today = self._calendar.by_day(case.half)
        critical = SEVERITY[case.defect] == "CR" and case.found != case.origin
        if critical or case.found in OUTSIDE or case.course in {"contained", "half_contained"} or rng.random() < ASKED:
            self._add(today, "ask", "engineer", case.key)
            self._add(today, "answer", "engineer", case.key, found=case.found, pieces=case.pieces,
                      all=case.course != "half_contained")
        if case.found in OUTSIDE:
            self._add(today, "tell", "customer-q", case.key)
            self._add(self._calendar.by_day(today + 1), "follow_up", "customer-q", case.key)
        if case.origin != case.laid_to:
            self._add(today, "assume", "engineer", case.key, unit=case.origin)
        self._settle_origin(case, today, rng)
        if case.course in HELD:
            return None
        self._add(today, "release", "engineer", case.key, result=rng.choice(RESULTS), found=case.found)
        return today

    def _settle_origin(self, case: Case, half: int, rng: Random) -> None:
        leader = LEADERS[case.origin]
        later = self._calendar.by_day(half + 1)
        if case.course in {"contested", "decided"}:
            self._add(later, "contest", leader, case.key, unit=INSTEAD, reason=DISPUTED)
            if case.course == "decided":
                self._add(self._calendar.by_day(later + 3), "decide", "quality-manager", case.key, unit=INSTEAD,
                          reason=RULING)
        elif rng.random() < SETTLED:
            self._add(later, "confirm", leader, case.key)

    def double(self, case: Case, who: str, facts: dict[str, Any]) -> None:
        """Plan that someone else reports the same, and that quality notices."""
        again = f"{case.key}=2"
        self._add(case.half, "report", who, again, **facts)
        self._add(self._calendar.by_day(case.half), "void", "engineer", again, reason="重复记录, 与同批次前一条相同")


def assumed(supplier: str, stops: Sequence[str]) -> str | None:
    """Return whom a report lays a fault to: the supplier, or the last operation before it that makes something.

    None when it only inspects and nothing but an outside supplier comes before it.
    """
    if supplier not in INSPECTING:
        return supplier
    before = stops[1 : stops.index(supplier)]
    return next((stop for stop in reversed(before) if stop not in INSPECTING), None)
