"""Plays what was planned through the workflows, by the people who do it and at the time it happens.

Knows how a happening becomes calls; must not know why it happens.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db import Database
from qms.demo import dispositions_playing, inspections_playing, notices_playing, stops_playing
from qms.demo.chance import chance_of
from qms.demo.deeds import World
from qms.demo.founding import Founded, plan_of
from qms.demo.happenings import Happening
from qms.demo.results import Readings
from qms.demo.standards import STANDARDS
from qms.models.acceptance import Handover, Standard
from qms.models.chain import Lot
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules.acceptance import Fault
from qms.rules.accounts import SYSTEM, Actor
from qms.workflows import acceptance, chain, rejections

ACTIONS = {
    "lot": "chain.add_lot", "present": "acceptance.present", "accept": "acceptance.accept",
    "partly_accept": "acceptance.partly_accept", "reject": "acceptance.reject",
    "not_inspected": "acceptance.not_inspected", "report": "rejections.report", "ask": "rejections.ask_containment",
    "answer": "rejections.answer_containment", "assume": "rejections.assume_origin",
    "confirm": "rejections.confirm_origin", "contest": "rejections.contest_origin",
    "decide": "rejections.decide_origin",
    "void": "rejections.void", "revise": "acceptance.revise_standard",
    "approve": "acceptance.approve_standard",
} | stops_playing.ACTIONS | inspections_playing.ACTIONS | notices_playing.ACTIONS | (
    dispositions_playing.ACTIONS)
CHECKED_BY = {"OP05": "dedicated", "OP70": "dedicated", "C01": "dedicated", "C02": "dedicated", "C03": "dedicated"}
"""Kinds of check at units that do not only look at what the operation before hands them."""


Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Tell nobody how far the plant has come."""


class Player:
    """Plays happenings in order; what was made is known by key afterwards."""

    def __init__(self, database: Database, founded: Founded) -> None:
        self._database = database
        self._founded = founded
        self._units = {unit_id: code for code, unit_id in founded.units.items()}
        self._world = World(founded)
        self._lots = self._world.lots
        self._handovers: dict[str, Handover] = {}
        self._parts: dict[str, list[int]] = {}
        self._rejections = self._world.rejections
        self._drafts: dict[str, int] = {}
        self._stops = stops_playing.StopPlayer(self._world)
        self._pieces = inspections_playing.PiecePlayer(founded)
        self._notices = notices_playing.NoticePlayer(self._rejections)
        self._dispositions = dispositions_playing.DispositionPlayer(self._world)
        self._readings = Readings({unit_id: code for code, unit_id in founded.defects.items()})

    def play(self, happenings: Sequence[Happening], progress: Progress = silent) -> None:
        """Let everything happen; what one person does in one go is one transaction."""
        done = 0
        for (at, who, verb), group in groupby(happenings, key=lambda h: h.together):
            actor = SYSTEM if who == SYSTEM.name else self._founded.people[who]
            together = list(group)
            do: Callable[[Session, Actor, Happening], None] = (
                self._stops.play if verb in stops_playing.ACTIONS else
                self._pieces.play if verb in inspections_playing.ACTIONS else
                self._notices.play if verb in notices_playing.ACTIONS else
                self._dispositions.play if verb in dispositions_playing.ACTIONS else
                self._deed if "do" in together[0].facts else getattr(self, f"_{verb}"))
            reason = together[0].facts.get("reason")
            action = ACTIONS.get(verb, verb)
            with self._database.transaction(actor, action, reason, clock=partial(_same, at)) as session:
                for happening in together:
                    do(session, actor, happening)
            done += len(together)
            progress(done, len(happenings))

    def _deed(self, session: Session, actor: Actor, h: Happening) -> None:
        h.facts["do"](session, actor, self._world)

    def _lot(self, session: Session, actor: Actor, h: Happening) -> None:
        lot = chain.add_lot(session, actor, site_id=self._founded.site, number=h.key,
                            item_id=self._founded.items[h.facts["item"]], quantity=h.facts["quantity"], made_at=h.at,
                            sources=[(self._lots[number], pieces) for number, pieces in h.facts["sources"]])
        self._lots[h.key] = lot.id

    def _present(self, session: Session, actor: Actor, h: Happening) -> None:
        """Present what is there: pieces that became scrap are not; what was verified as good is presented already."""
        previous, lot = h.facts.get("previous"), session.get_one(Lot, self._lots[h.facts["lot"]])
        before = self._handovers[previous] if previous else None
        if before is not None and (again := session.scalars(select(Handover).where(
                Handover.previous_id == before.id).order_by(Handover.id)).all()):
            self._parts[h.key] = [handover.id for handover in again]
            return
        self._handovers[h.key] = acceptance.present(
            session, actor, link_id=self._founded.links[h.facts["link"]], lot_id=lot.id,
            quantity=min(h.facts["quantity"], lot.quantity - gone_of(session, lot.id)),
            previous_id=before.id if before else None, rework=before is not None, remark=h.facts.get("remark"),
            source="demo")

    def _accept(self, session: Session, actor: Actor, h: Happening) -> None:
        for handover in self._handed(session, h.key):
            results = self._readings.with_faults(session, handover, {}, chance_of(h.key))
            acceptance.accept(session, actor, handover.id, handover.rev, results=results, kind=self._check(handover))

    def _handed(self, session: Session, key: str) -> list[Handover]:
        """Return what was handed over by a key: in parts where several quantities were good again one by one."""
        if key in self._parts:
            return [session.get_one(Handover, handover_id) for handover_id in self._parts[key]]
        return [self._handovers[key]]

    def _partly_accept(self, session: Session, actor: Actor, h: Happening) -> None:
        handover = self._handovers[h.key]
        bad = dict(h.facts["faults"])
        results = self._readings.with_faults(session, handover, bad, chance_of(h.key))
        rejected = sum(bad.values())
        acceptance.partly_accept(
            session, actor, handover.id, handover.rev, accepted=handover.quantity - rejected, rejected=rejected,
            results=results, faults=self._faults(bad), kind=self._check(handover),
            sorted_all=not self._readings.all_looked_at(session, handover))
        self._keep_rejections(session, h.key)

    def _reject(self, session: Session, actor: Actor, h: Happening) -> None:
        handover = self._handovers[h.key]
        bad = dict(h.facts["faults"])
        results = self._readings.with_faults(session, handover, bad, chance_of(h.key))
        acceptance.reject(session, actor, handover.id, handover.rev, faults=self._faults(bad), results=results,
                          kind=self._check(handover))
        self._keep_rejections(session, h.key)

    def _not_inspected(self, session: Session, actor: Actor, h: Happening) -> None:
        for handover in self._handed(session, h.key):
            told = acceptance.not_inspected(session, actor, handover.id, handover.rev, reason=h.facts["reason"])
            if h.key in self._handovers:
                self._handovers[h.key] = told

    def _report(self, session: Session, actor: Actor, h: Happening) -> None:
        facts, ids = h.facts, self._founded
        defect, handover = facts.get("defect"), facts.get("handover")
        made = rejections.report(
            session, actor, kind=facts["kind"], found_unit_id=ids.units[facts["found"]], quantity=facts["quantity"],
            lot_id=self._lots[facts["lot"]] if "lot" in facts else None,
            defect_id=ids.defects[defect] if defect else None,
            handover_id=self._handovers[handover].id if handover else None, note=facts.get("note"),
            location=facts.get("location"), in_field=facts.get("in_field", False), source="demo")
        self._rejections[h.key] = made.id

    def _ask(self, session: Session, actor: Actor, h: Happening) -> None:
        rejection = self._rejection(session, h.key)
        rejections.ask_containment(session, actor, rejection.id, rejection.rev)

    def _answer(self, session: Session, actor: Actor, h: Happening) -> None:
        """Answer every place, or the first half of them: what was reported is where it was found, nothing elsewhere."""
        rejection = self._rejection(session, h.key)
        lines = session.scalars(select(ContainmentLine).where(ContainmentLine.rejection_id == rejection.id)
                                .order_by(ContainmentLine.id)).all()
        for line in lines if h.facts["all"] else lines[: len(lines) // 2]:
            here = line.unit_id == rejection.found_unit_id
            shipped = line.place == "customer" and self._units[rejection.found_unit_id].startswith("C")
            pieces = rejection.quantity if here else 40 if shipped else 0
            rejections.answer_containment(
                session, actor, line.id, line.rev, suspect=pieces, checked=pieces,
                nonconforming=pieces if here else 0, good=0 if here else pieces,
                method="全数目视和检具检查" if pieces else "现场核对, 无该批次")

    def _assume(self, session: Session, actor: Actor, h: Happening) -> None:
        rejection = self._rejection(session, h.key)
        rejections.assume_origin(session, actor, rejection.id, rejection.rev,
                                 unit_id=self._founded.units[h.facts["unit"]], reason="按缺陷形态和流转记录追溯")

    def _confirm(self, session: Session, actor: Actor, h: Happening) -> None:
        rejection = self._rejection(session, h.key)
        rejections.confirm_origin(session, actor, rejection.id, rejection.rev)

    def _contest(self, session: Session, actor: Actor, h: Happening) -> None:
        rejection = self._rejection(session, h.key)
        rejections.contest_origin(session, actor, rejection.id, rejection.rev, reason=h.facts["reason"],
                                  unit_id=self._founded.units[h.facts["unit"]])

    def _decide(self, session: Session, actor: Actor, h: Happening) -> None:
        rejection = self._rejection(session, h.key)
        rejections.decide_origin(session, actor, rejection.id, rejection.rev, reason=h.facts["reason"],
                                 unit_id=self._founded.units[h.facts["unit"]],
                                 signing=self._founded.signing(actor, "origin"))

    def _void(self, session: Session, actor: Actor, h: Happening) -> None:
        rejection = self._rejection(session, h.key)
        rejections.void(session, actor, rejection.id, rejection.rev, reason=h.facts["reason"])

    def _revise(self, session: Session, actor: Actor, h: Happening) -> None:
        row = next(s for s in STANDARDS if s.form == h.key)
        draft = acceptance.revise_standard(session, actor, self._founded.standards[h.key])
        for asked in row.added or row.drafted:
            acceptance.add_characteristic(session, actor, draft.id, plan_of(asked, self._founded.defects))
        self._drafts[h.key] = draft.id

    def _approve(self, session: Session, actor: Actor, h: Happening) -> None:
        draft = session.get_one(Standard, self._drafts[h.key])
        acceptance.approve_standard(session, actor, draft.id, draft.rev,
                                    signing=self._founded.signing(actor, "standard"))

    def _faults(self, bad: dict[str, int]) -> list[Fault]:
        return [Fault(self._founded.defects[code], pieces) for code, pieces in bad.items()]

    def _keep_rejections(self, session: Session, key: str) -> None:
        made = session.scalars(select(Rejection.id).where(Rejection.handover_id == self._handovers[key].id)
                               .order_by(Rejection.id))
        self._rejections |= {f"{key}#{n}": rejection_id for n, rejection_id in enumerate(made)}

    def _rejection(self, session: Session, key: str) -> Rejection:
        return session.get_one(Rejection, self._rejections[key])

    def _check(self, handover: Handover) -> str:
        return CHECKED_BY.get(self._units[handover.customer_id], "mutual")


def gone_of(session: Session, lot_id: int) -> int:
    """Return how many pieces of a lot were taken out."""
    gone = select(func.coalesce(func.sum(Hold.quantity), 0)).where(Hold.lot_id == lot_id, Hold.state == "gone")
    return session.scalar(gone) or 0


def _same(at: datetime) -> datetime:
    return at
