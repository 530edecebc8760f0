"""Plans how a lot travels from unit to unit and what is found on the way; must not know how lots are begun."""

from collections.abc import Sequence
from random import Random

from qms.demo import faults, flows
from qms.demo.happenings import Hidden, MadeLot
from qms.demo.people import CREWS
from qms.demo.settling import HELD, OUTSIDE, Add, Case, Settling, assumed
from qms.demo.shifts import Calendar
from qms.demo.standards import STANDARDS
from qms.demo.units import INSPECTING

REFUSED_WHOLE = 0.2
NOBODY_THERE = 0.02
LABELS = frozenset({"L01", "L02"})
FOUND_AT = {"shipped": OUTSIDE, "field": OUTSIDE, "missed": ("OP70",), "late": ("OP80",)}
"""The only units that find a fault of a course."""

SUPPLIERS = frozenset(flows.PURCHASED.values())
_ASKED = {(s.supplier, s.customer): frozenset(asked.defect for asked in s.asked) for s in STANDARDS}
_ADDED = {(s.supplier, s.customer): frozenset(asked.defect for asked in s.added) for s in STANDARDS}


class Journeys:
    """What happens to lots on their way, added to a plan through `add`."""

    def __init__(self, calendar: Calendar, add: Add) -> None:
        self._calendar = calendar
        self._add = add
        self._settling = Settling(calendar, add)

    def send(self, lot: MadeLot, fate: Sequence[Hidden], rng: Random) -> None:
        """Send a lot over all its links; it is `done` when the last has accepted, never when it is held on the way."""
        legs = flows.legs(lot.item)
        stops = [legs[0][0], *(customer for _supplier, customer in legs)]
        lot.faults += [hidden for hidden in fate if hidden.origin not in stops]
        half = lot.half
        for place, leg in enumerate(legs, start=1):
            self._make(lot, leg[0], half, fate, rng)
            free = self._own_work(lot, leg[0], half, f"{lot.number}/{place}", rng)
            accepted = None if free is None else self._hand_over(lot, leg, stops, free, rng)
            if accepted is None:
                return
            half = accepted
        lot.done = half

    def find_unlabelled(self, key: str, unit: str, pieces: int, half: int) -> None:
        """Let a unit find pieces that nobody can tell what they are (R-02)."""
        self._add(half, "report", self._crew(unit, half), key, kind="not_accepted", found=unit, quantity=pieces,
                  note="周转箱内发现无标签零件, 无法确认产品和批次", location="隔离区 A-03")

    def present_service_parts(self, lot: MadeLot, pieces: int, half: int) -> None:
        """Present parts over the link that has no standard."""
        self._add(half, "present", self._crew("OP20", half), f"{lot.number}/S", link=("OP20", "OP80"), lot=lot.number,
                  item=lot.item, quantity=pieces, remark="售后备件订单")

    def _crew(self, unit: str, half: int) -> str:
        return CREWS[unit][self._calendar.halves[half].evening]

    def _make(self, lot: MadeLot, unit: str, half: int, fate: Sequence[Hidden], rng: Random) -> None:
        share = self._calendar.share(half)
        lot.faults += [Hidden(f.defect, unit, _pieces(f.pieces, lot.quantity, rng)) for f in faults.MADE.get(unit, ())
                       if (not f.items or lot.item in f.items) and rng.random() < faults.chance(unit, f, share)]
        lot.faults += [hidden for hidden in fate if hidden.origin == unit]

    def _own_work(self, lot: MadeLot, unit: str, half: int, key: str, rng: Random) -> int | None:
        """Let a unit find faults before it hands over. Returns when it can present; None when the lot stays held."""
        if unit in SUPPLIERS:
            return half
        share = self._calendar.share(half)
        own = [h for h in lot.faults if not h.certain and rng.random() < self._finds_itself(unit, h, share)]
        lot.faults = [h for h in lot.faults if h not in own]
        if unit in faults.MADE and rng.random() < faults.own_work(unit, share):
            usual = rng.choice(faults.usual(unit, lot.item, share))
            own.append(Hidden(usual.defect, unit, _pieces(usual.pieces / 2, lot.quantity, rng)))
        free: int | None = half
        for n, hidden in enumerate(own):
            kind = "not_made" if unit not in INSPECTING and rng.random() < 0.6 else "not_passed_on"
            case = Case(f"{key}!{n}", half, unit, hidden.origin, hidden.origin, hidden.defect, hidden.pieces)
            self._report(lot, case, kind, None)
            released = self._settling.settle(case, rng)
            free = None if free is None or released is None else max(free, released)
        return free

    def _finds_itself(self, unit: str, hidden: Hidden, share: float) -> float:
        if hidden.origin == unit:
            return faults.self_found(unit, share)
        return 0.5 if unit in INSPECTING and hidden.defect in LABELS else 0.0

    def _report(self, lot: MadeLot, case: Case, kind: str, handover: str | None) -> None:
        crew = "customer-q" if case.found in OUTSIDE else self._crew(case.found, case.half)
        facts = {"kind": kind, "found": case.found, "quantity": case.pieces, "defect": case.defect, "lot": lot.number,
                 "handover": handover, "in_field": case.course == "field"}
        self._add(case.half, "report", crew, case.key, **facts)
        if case.course == "doubled":
            self._settling.double(case, "leader-e", facts)

    def _hand_over(self, lot: MadeLot, leg: tuple[str, str], stops: Sequence[str], half: int,
                   rng: Random) -> int | None:
        """Present the lot and let the customer decide. Returns when all of it is accepted; None when it stays held."""
        supplier, customer = leg
        key = f"{lot.number}/{stops.index(customer)}"
        self._present(lot, leg, key, half, quantity=lot.quantity)
        decided = self._decided(leg, key, half, rng)
        share = self._calendar.share(decided)
        found = [h for h in lot.faults if rng.random() < self._sees(leg, h, share)]
        lot.faults = [h for h in lot.faults if h not in found]
        found = _one_each(found)
        if not found:
            self._add(decided, "accept", self._crew(customer, decided), key)
            if customer in OUTSIDE:
                self._complain(lot, leg, key, decided, rng)
            return decided
        whole = rng.random() < REFUSED_WHOLE or sum(h.pieces for h in found) > lot.quantity // 2
        whole = whole and (len(found) == 1 or not any(h.course in HELD for h in found))  # Else it holds back the rest.
        self._add(decided, "reject" if whole else "partly_accept", self._crew(customer, decided), key,
                  faults=[(h.defect, h.pieces) for h in found])
        laid_to = assumed(supplier, stops)
        released: list[int | None] = []
        for n, hidden in enumerate(found):
            case = Case(f"{key}#{n}", decided, customer, laid_to, hidden.origin, hidden.defect, hidden.pieces,
                        hidden.course)
            if hidden.course == "doubled":
                self._double(lot, case)
            released.append(self._settling.settle(case, rng))
        if None in released:
            return None
        again = max(r for r in released if r is not None)
        return self._present_again(lot, leg, key, again, lot.quantity if whole else sum(h.pieces for h in found), rng)

    def _double(self, lot: MadeLot, case: Case) -> None:
        self._settling.double(case, "leader-e", {
            "kind": "not_accepted", "found": case.found, "quantity": case.pieces, "defect": case.defect,
            "lot": lot.number, "handover": case.key.split("#", maxsplit=1)[0], "in_field": False})

    def _present(self, lot: MadeLot, leg: tuple[str, str], key: str, half: int, *, quantity: int,
                 previous: str | None = None) -> None:
        self._add(half, "present", self._crew(leg[0], half), key, link=leg, lot=lot.number, item=lot.item,
                  quantity=quantity, previous=previous)

    def _present_again(self, lot: MadeLot, leg: tuple[str, str], key: str, half: int, quantity: int,
                       rng: Random) -> int:
        """Present what was not accepted again, after rework. Returns when it is accepted at last."""
        self._present(lot, leg, f"{key}+", half, quantity=quantity, previous=key)
        decided = self._decided(leg, f"{key}+", half, rng)
        self._add(decided, "accept", self._crew(leg[1], decided), f"{key}+")
        return decided

    def _decided(self, leg: tuple[str, str], key: str, half: int, rng: Random) -> int:
        """Return when the customer decides; an evening on which nobody was there to inspect says so."""
        if leg[1] in OUTSIDE:
            return self._calendar.by_day(half + rng.randint(4, 8))
        decided = half + 1
        if self._calendar.halves[decided].evening and rng.random() < NOBODY_THERE:
            self._add(decided, "not_inspected", self._crew(leg[1], decided), key, reason="晚班无检验人员, 次日早班补检")
            return self._calendar.by_day(decided)
        return decided

    def _sees(self, leg: tuple[str, str], hidden: Hidden, share: float) -> float:
        """Return the chance that the customer of a link finds a fault when it decides."""
        planned = hidden.defect in _ASKED[leg] or (hidden.defect in _ADDED[leg] and share >= faults.GAUGE_FROM)
        only_at = FOUND_AT.get(hidden.course)
        if only_at is not None and leg[1] not in only_at:
            return 0.0
        if planned:
            return 1.0 if hidden.certain else faults.SEEN
        return 0.0 if hidden.certain or leg[1] in OUTSIDE else faults.SEEN_BY_CHANCE

    def _complain(self, lot: MadeLot, leg: tuple[str, str], key: str, half: int, rng: Random) -> None:
        """Let an outside customer find, some days later, what it received unseen."""
        for n, hidden in enumerate(lot.faults):
            later = self._calendar.by_day(half + rng.randint(4, 24))
            if hidden.certain or rng.random() < faults.COMPLAINED:
                case = Case(f"{key}~{n}", later, leg[1], leg[0], hidden.origin, hidden.defect, hidden.pieces,
                            hidden.course)
                self._report(lot, case, "not_accepted", key)
                self._settling.settle(case, rng)
        lot.faults = []


def _pieces(mean: float, most: int, rng: Random) -> int:
    """Return how many pieces have a fault: at least one, seldom many, never more than a third of the lot."""
    return max(1, min(most // 3, round(rng.expovariate(1 / mean))))


def _one_each(found: Sequence[Hidden]) -> list[Hidden]:
    """Return one fault for each defect, as a check reports it: what a story wants before what chance brought."""
    kept = {h.defect: h for h in sorted(found, key=lambda h: h.certain)}
    return [h for h in found if kept[h.defect] is h]
