"""Plans what happens in the demo plant until an instant; must not know the database.

The plan is drawn from fixed seeds: the same end gives the same plan, and what becomes of a lot depends on its place in
the period, not on the date.
"""

from datetime import datetime, timedelta
from typing import Any

from qms.demo import flows
from qms.demo.chance import chance_of
from qms.demo.faults import GAUGE_FROM
from qms.demo.happenings import PHASE_OF, Happening, Hidden, MadeLot
from qms.demo.journeys import Journeys
from qms.demo.shifts import PHASES, Calendar
from qms.demo.standards import STANDARDS
from qms.demo.stories import DRAFTED_AT, FORCED, SERVICE_PARTS, UNLABELLED, Forced

LEFT_OPEN = {"OP60": 2, "OP70": 2, "OP50": 2, "OP80": 1}
"""How many of the last hand-overs to a unit still wait for its decision."""

WAITING_SINCE = timedelta(days=7)


def planned(until: datetime, weeks: int) -> list[Happening]:
    """Return everything that happens in so many weeks until an instant, in order."""
    return Plan(until, weeks).happenings()


class Plan:
    """The lots that are begun, and what happens to each."""

    def __init__(self, until: datetime, weeks: int) -> None:
        self._until = until
        self._calendar = Calendar(weeks, until)
        self._all: list[Happening] = []
        self._journeys = Journeys(self._calendar, self._add)
        self._stock: dict[str, list[MadeLot]] = {}
        self._begun: dict[str, int] = {}
        self._forced = list(FORCED)
        self._storied: set[str] = set()
        self._open_stock()
        for day, half in enumerate(self._calendar.first_half):
            if half < self._calendar.worked:
                self._begin_lots(day)
        self._find_unlabelled()
        self._present_service_parts()
        self._revise_standards()

    def happenings(self) -> list[Happening]:
        """Return what has happened by the end; the last hand-overs to some units still wait."""
        past = sorted((h for h in self._all if h.at <= self._until),
                      key=lambda h: (h.at, PHASES.index(PHASE_OF[h.verb]), h.who, h.verb))
        waits = self._waiting(past)
        return [h for n, h in enumerate(past) if n <= waits.get(h.lot, len(past))]

    def _waiting(self, past: list[Happening]) -> dict[str, int]:
        """Choose lots whose last hand-over still waits. Returns the place of what happened last to each."""
        since = self._until - WAITING_SINCE
        chosen: dict[str, int] = {}
        for customer, most in LEFT_OPEN.items():
            waiting = [n for n, h in enumerate(past) if h.verb == "present" and h.at >= since
                       and h.facts["link"][1] == customer and h.facts["item"] not in flows.COMPONENTS
                       and h.lot not in self._storied and h.lot not in chosen]
            chosen |= {past[n].lot: n for n in waiting[-most:]}
        return chosen

    def _add(self, half: int, verb: str, who: str, key: str, **facts: Any) -> None:
        at = self._calendar.at(half, PHASE_OF[verb], f"{who}|{verb}")
        self._all.append(Happening(at, verb, who, key, facts))

    def _open_stock(self) -> None:
        """Begin with one lot of everything that is used, made before the period."""
        for start in flows.STARTS:
            if start.item in flows.COMPONENTS and start.item not in self._stock:
                lot = MadeLot(_number(start.item, 0), start.item, start.most, 0, start.most, done=0)
                self._stock[start.item] = [lot]
                self._add(0, "lot", "planner", lot.number, item=lot.item, quantity=lot.quantity, sources=[])

    def _begin_lots(self, day: int) -> None:
        week, weekday = self._calendar.days[day]
        for start in flows.STARTS:
            half = self._calendar.first_half[day] + start.half
            wanted = start.weekday == weekday and week % start.every == 0
            wanted = wanted and half >= self._calendar.half_at(start.since)
            if wanted and half < self._calendar.worked and self._calendar.halves[half].day == day:
                self._begin(start, self._calendar.first_half[day], half)

    def _begin(self, start: flows.Start, morning: int, half: int) -> None:
        """Begin a lot planned that morning, if there is what it is made from."""
        n = self._begun.get(start.item, 0)
        rng = chance_of(start.item, n)
        quantity = rng.randint(start.least, start.most) // 5 * 5
        taken = []
        for source, share in flows.MADE_FROM.get(start.item, ()):
            found = self._from_stock(source, int(quantity * share), half)
            if found is None:
                return
            taken.append((found, int(quantity * share)))
        self._begun[start.item] = n + 1
        lot = MadeLot(_number(start.item, n + 1), start.item, quantity, half, quantity)
        for source_lot, pieces in taken:
            source_lot.free -= pieces
            lot.faults += source_lot.faults
            source_lot.faults = []
        self._add(morning, "lot", "planner", lot.number, item=lot.item, quantity=quantity,
                  sources=[(source_lot.number, pieces) for source_lot, pieces in taken])
        self._journeys.send(lot, self._fate(lot), rng)
        self._stock.setdefault(start.item, []).append(lot)

    def _from_stock(self, item: str, pieces: int, half: int) -> MadeLot | None:
        """Return the oldest lot of an item that is there and has enough left; None when there is none."""
        there = [lot for lot in self._stock.get(item, ()) if lot.done is not None and lot.done <= half]
        return next((lot for lot in there if lot.free >= pieces), None)

    def _fate(self, lot: MadeLot) -> list[Hidden]:
        """Return the faults that a lot must get because the story wants them."""
        due = [f for f in self._forced if f.item == lot.item and self._half_of(f) <= lot.half]
        for forced in due[:1]:
            self._forced.remove(forced)
            self._storied.add(lot.number)
        return [Hidden(f.defect, f.origin, f.pieces, f.course, certain=True) for f in due[:1]]

    def _half_of(self, forced: Forced) -> int:
        if forced.share is not None:
            return self._calendar.half_at(forced.share)
        return self._calendar.days_left(forced.days_left)

    def _find_unlabelled(self) -> None:
        for n, (unit, pieces, share) in enumerate(UNLABELLED, start=1):
            self._journeys.find_unlabelled(f"NO-LABEL-{n}/", unit, pieces, self._calendar.half_at(share))

    def _present_service_parts(self) -> None:
        """Present a finished lot of side plates over the link that has no standard."""
        half = self._calendar.half_at(SERVICE_PARTS)
        lot = next((lot for lot in self._stock.get("SP-110", ()) if lot.done is not None and lot.done < half
                    and lot.free >= 40), None)
        if lot is not None:
            lot.free -= 40
            self._journeys.present_service_parts(lot, 40, half)

    def _revise_standards(self) -> None:
        """Revise a standard so that it looks for what escaped, and leave another revision waiting for approval."""
        day = self._calendar.by_day
        for standard in STANDARDS:
            if standard.added:
                self._add(day(self._calendar.half_at(GAUGE_FROM - 0.05)), "revise", "engineer", standard.form)
                self._add(day(self._calendar.half_at(GAUGE_FROM)), "approve", "quality-manager", standard.form)
            if standard.drafted:
                self._add(day(self._calendar.half_at(DRAFTED_AT)), "revise", "process", standard.form)


def _number(item: str, n: int) -> str:
    return f"{item.replace('-', '')}-{n:04d}"
