"""People of every role who try steps on a few rejections, in whatever order a test makes up."""

from collections.abc import Callable
from typing import Any

from qms.models.acceptance import Handover
from qms.models.chain import Lot
from qms.models.dispositions import Disposition
from qms.models.dispositions_concessions import Concession
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.dispositions import BRINGS, OPEN
from qms.rules.dispositions_checks import Draft
from qms.rules.errors import RuleError
from qms.workflows import acceptance, dispositions, rejections
from qms.workflows import dispositions_concessions as concessions
from tests.acceptance.arrange import good_results
from tests.dispositions.concessions import active, request
from tests.dispositions.laws import Facts, check, facts
from tests.dispositions.scene import APPROVED, INSTRUCTION, NOON, RISK, TODAY, Scene
from tests.signing import signing

USUAL = {"start": "team_leader", "report": "team_leader", "dispose": "team_leader", "verify": "inspector",
         "witness": "inspector", "send_back": "inspector", "approve_internally": "quality_manager",
         "accept": "team_leader", "present": "operator", "decide": "quality_manager"}
SIGNED = {"approve_internally": "concession", "record_approval": "authorisation"}
BROUGHT: dict[str, Any] = {**RISK, **APPROVED, "justification": "Not visible", "supplier_claim": "CL-1"}


class Floor:
    """A lot of forty of which ten are held, a lot of twelve that was refused whole, and who works there."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.plant = scene, scene.plant
        self.refused = self.taken = 0
        self.seen = facts(scene.db)
        self.lots: dict[int, Lot] = {}
        scene.other("mrb_member")
        self._begin()

    def _begin(self) -> None:
        """Report a part of one lot and decide it, refuse another on its hand-over, let board and customer agree."""
        for number, quantity in (("L-A", 40), ("L-B", 12)):
            with self.scene.db.transaction(SYSTEM, "tests.lot") as session:
                lot = Lot(site_id=self.plant.site, number=number, item_id=self.plant.item, quantity=quantity)
                session.add(lot)
            self.lots[lot.id] = lot
        first, second = self.lots
        self.attempt("operator", rejections.report, kind="not_accepted", found_unit_id=self.plant.weld, quantity=10,
                     lot_id=first, defect_id=self.plant.burr, link_id=self.plant.press_weld)
        self.attempt("operator", acceptance.present, link_id=self.plant.press_weld, lot_id=second, quantity=12)
        handover = self.seen.of(Handover)[-1]
        self.attempt("team_leader", acceptance.reject, handover.id, handover.rev,
                     faults=[acceptance.Fault(self.plant.burr, 12)])
        for rejection in self.seen.of(Rejection):
            for code in ("use_as_is", "repair", "regrade"):
                self.scene.agreed(rejection, code)
        active(self.scene.db, self.plant, at=NOON, quantity_authorised=8)
        made = self.look().of(Rejection)[0]
        self.attempt("team_leader", rejections.confirm_origin, made.id, made.rev, reason=None)
        self.decide("usual", 1, ["rework", "scrap", "use_as_is"], [3, 3, 4], complete=True, skew=0)

    def attempt(self, who: str, step: Callable[..., Any], *args: Any, **given: Any) -> bool:
        """Let a person try a step; what is refused must change nothing. Return whether it was taken."""
        person = self.person(USUAL.get(step.__name__, "quality_engineer") if who == "usual" else who)
        try:
            with self.scene.db.transaction(person, f"tests.{step.__name__}", clock=lambda: NOON) as session:
                step(session, person, *args, **given)
        except RuleError:
            self.refused += 1
            assert facts(self.scene.db) == self.seen
            return False
        self.taken += 1
        self.look()
        return True

    def look(self) -> Facts:
        """Read everything again and hold it against the laws."""
        self.seen = facts(self.scene.db)
        check(self.seen, self.lots)
        return self.seen

    def person(self, who: str) -> Actor:
        """Return a person of a role."""
        return self.plant.people.get(who) or self.scene.other(who)

    def decide(self, who: str, at: int, codes: list[str], parts: list[int], *, complete: bool, skew: int) -> None:
        """Decide for what is undecided: every hold is divided among the codes; `skew` adds pieces to the last."""
        rejection = pick(self.seen.of(Rejection), at)
        taken = {d.hold_id for d in self.seen.of(Disposition) if d.state in OPEN}
        drafts: list[Draft] = []
        for hold in self.seen.of(Hold):
            if hold.rejection_id == rejection.id and hold.state == "held" and hold.id not in taken:
                drafts += divided(hold, codes, parts, self.concession(at) if complete else None)
        if drafts and skew:
            last = drafts.pop()
            drafts.append(Draft(last.hold_id, last.code, last.quantity + skew, **brings(last.code, None)))
        self.attempt(who, dispositions.decide, rejection.id, rejection.rev, drafts,
                     signing=signing(self.person(USUAL["decide"] if who == "usual" else who), "disposition"))

    def concession(self, at: int) -> int | None:
        """Return one of the concessions, if there is any."""
        return pick(self.seen.of(Concession), at).id if self.seen.of(Concession) else None

    def work(self, who: str, at: int, name: str, good: int, *, complete: bool) -> None:
        """Try a step on a line, with all that any code asks for or with nothing."""
        if not self.seen.of(Disposition):
            return
        line = pick(self.seen.of(Disposition), at)
        given = told(name, line, good, self.concession(at)) if complete else told(name, None, good, None)
        self.attempt(who, getattr(dispositions, name), line.id, line.rev, **given)

    def carry_on(self, at: int, good: int) -> None:
        """Take the next proper step of a line, as whoever usually does."""
        following = {"decided": "start", "executing": "report", "verifying": "verify", "unusable": "dispose"}
        going = [d for d in self.seen.of(Disposition) if d.state in following]
        if going:
            line = pick(going, at)
            name = "witness" if (line.code, line.state) == ("scrap", "verifying") else following[line.state]
            self.attempt("usual", getattr(dispositions, name), line.id, line.rev, **told(name, line, good, None))

    def hold_step(self, who: str, at: int, good: int, *, void: bool) -> None:
        """Release a hold, or void its rejection."""
        hold = pick(self.seen.of(Hold), at)
        if void:
            rejection = self.seen.one(Rejection, hold.rejection_id)
            self.attempt(who, rejections.void, rejection.id, rejection.rev, reason="Doubled")
        else:
            good = min(good, hold.quantity)
            self.attempt(who, rejections.release, hold.id, hold.rev, good=good, not_good=hold.quantity - good,
                         result="Looked at")

    def contain(self, who: str, at: int, suspect: int, good: int) -> None:
        """Ask every place, or answer one."""
        lines = self.seen.of(ContainmentLine)
        if not lines or at % 7 == 0:
            rejection = pick(self.seen.of(Rejection), at)
            self.attempt(who, rejections.ask_containment, rejection.id, rejection.rev)
        else:
            line, good = pick(lines, at), min(good, suspect)
            self.attempt(who, rejections.answer_containment, line.id, line.rev, suspect=suspect, checked=suspect,
                         nonconforming=suspect - good, good=good)

    def concede(self, who: str, at: int, name: str, quantity: int) -> None:
        """Draft a concession, or take a step on one."""
        made = self.seen.of(Concession)
        if name == "draft" or not made:
            self.attempt(who, concessions.draft, site_id=self.plant.site,
                         request=request(self.plant, quantity_authorised=quantity))
            return
        held = pick(made, at)
        given: dict[str, Any] = {"withdraw": {"reason": "Not needed"}, "send": {"customer_told": True}}.get(name, {})
        if name == "record_approval":
            given = {"customer_ref": "SM-1", "customer_approver": "Li", "customer_approver_role": None,
                     "customer_decided_on": TODAY, "quantity_authorised": quantity, "starts_on": None,
                     "expires_on": None}
        if name in SIGNED:
            given["signing"] = signing(self.person(USUAL.get(name, "quality_engineer") if who == "usual" else who),
                                       SIGNED[name])
        self.attempt(who, getattr(concessions, name), held.id, held.rev, **given)

    def hand_over(self, who: str, at: int, quantity: int, *, accept: bool) -> None:
        """Present a part of a lot, again where it was refused, or accept what was presented."""
        handovers = self.seen.of(Handover)
        if accept:
            one = pick(handovers, at)
            self.attempt(who, acceptance.accept, one.id, one.rev, results=good_results(self.scene.db, one))
            return
        lot = list(self.lots)[at % 2]
        refused = next((h for h in handovers if h.lot_id == lot and h.rejected), None)
        self.attempt(who, acceptance.present, link_id=self.plant.press_weld, lot_id=lot, quantity=quantity,
                     previous_id=refused.id if refused else None)


def pick(rows: list[Any], at: int) -> Any:
    """Return one of the rows, the newest for 0."""
    return rows[-1 - at % len(rows)]


def brings(code: str, concession_id: int | None) -> dict[str, Any]:
    """Return what a code asks for when it is decided."""
    given = {name: BROUGHT[name] for name in BRINGS[code]}
    return given | ({"concession_id": concession_id} if code in {"use_as_is", "repair"} else {})


def divided(hold: Any, codes: list[str], parts: list[int], concession_id: int | None) -> list[Draft]:
    """Divide a hold among codes; the last takes what is left."""
    drafts, left = [], hold.quantity
    for code, part in zip(codes, parts, strict=True):
        quantity = left if code is codes[-1] else min(left, part)
        if quantity:
            drafts.append(Draft(hold.id, code, quantity, **brings(code, concession_id)))
        left -= quantity
    return drafts


def told(name: str, line: Any | None, good: int, concession_id: int | None) -> dict[str, Any]:
    """Return what a step is told; line None: nothing that anybody would ask for."""
    if line is None:
        return {"report": {"result": ""}, "verify": {"verification": "", "good": good}, "send_back": {
            "verification": ""}, "withdraw": {"reason": ""}, "cover": {"concession_id": 0}}.get(name, {})
    good = min(good, line.quantity)
    return {
        "start": {**INSTRUCTION, "place": "Cage"}, "cover": {"concession_id": concession_id or 0},
        "report": {"result": "Done", "method": "crush", "containers": "C-1", "rma": "RMA-1"},
        "verify": {"verification": "Seen", "good": good, "scrapped": (line.quantity - good) // 2},
        "send_back": {"verification": "Again"}, "withdraw": {"reason": "Other way"}}.get(name, {})
