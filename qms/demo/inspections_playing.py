"""Plays first pieces and patrols of the demo plant through the workflows; must not know why they happen."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import Database, now
from qms.demo.founding import Founded
from qms.demo.happenings import Happening
from qms.demo.inspections import PATROLS, PREFIX
from qms.models.acceptance import Characteristic, Handover
from qms.models.acceptance_pieces import PieceCheck
from qms.rules.acceptance_pieces import LEAST_PIECES, PieceResult
from qms.rules.accounts import Actor
from qms.workflows.acceptance_pieces import open_checks
from qms.workflows.acceptance_pieces_due import fall_due
from qms.workflows.acceptance_pieces_judging import Verdict, judge
from qms.workflows.acceptance_pieces_plans import plan_patrol
from qms.workflows.acceptance_pieces_standards import asked_by, standard_of

ACTIONS = {f"{PREFIX}due": "acceptance.ask_piece_check", f"{PREFIX}judge": "acceptance.judge_pieces"}
NOTE = "第 2 件不合格, 调整后重检"
WAITS_FOR = {"self": ("due",), "mutual": ("self_done", "due"), "dedicated": ("mutual_done", "due")}


def add_patrol_plans(database: Database, founded: Founded, at: datetime) -> None:
    """Say how often operations are patrolled, by the quality engineer."""
    person = founded.people["engineer"]
    with database.transaction(person, "acceptance.plan_patrol", clock=lambda: at) as session:
        for unit, every_min in PATROLS.items():
            plan_patrol(session, person, founded.units[unit], 0, every_min=every_min)


class PiecePlayer:
    """Plays one thing after another; what has nothing to judge is passed over."""

    def __init__(self, founded: Founded) -> None:
        self._units = founded.units

    def play(self, session: Session, actor: Actor, h: Happening) -> None:
        """Let the clock ask, or somebody judge what their operation was asked for."""
        if h.verb == f"{PREFIX}due":
            fall_due(session)
            return
        unit_id, verdict = self._units[h.facts["unit"]], h.facts["verdict"]
        check = next((c for c in open_checks(session, (unit_id,)) if c.kind == h.facts["kind"]
                      and c.state in WAITS_FOR[verdict] and (c.kind == "patrol" or verdict == "self" or c.self_by_id)),
                     None)
        if check is not None:
            self._judge(session, actor, check, verdict, bad=h.facts["bad"])

    def _judge(self, session: Session, actor: Actor, check: PieceCheck, verdict: str, *, bad: bool) -> None:
        lot_id, item_id = self._running(session, check)
        if item_id is None:
            return
        pieces = LEAST_PIECES[check.kind]
        results = [_result(c, piece, bad=bad and n == 0 and piece == 2) for n, c in
                   enumerate(asked_by(session, standard_of(session, check, item_id)))
                   for piece in range(1, pieces + 1)]
        judge(session, actor, check.id, check.rev, Verdict(
            verdict, not bad, pieces, int(bad), results, note=NOTE if bad else None), item_id=item_id, lot_id=lot_id)

    def _running(self, session: Session, check: PieceCheck) -> tuple[int | None, int | None]:
        """Return the lot and item that an operation works on: what it handed over last."""
        if check.item_id is not None:
            return check.lot_id, check.item_id
        last = session.scalars(select(Handover).where(Handover.supplier_id == check.unit_id,
                                                      Handover.presented_at <= now(session))
                               .order_by(Handover.presented_at.desc(), Handover.id.desc()).limit(1)).first()
        return (last.lot_id, last.item_id) if last is not None else (None, None)


def _result(c: Characteristic, piece: int, *, bad: bool) -> PieceResult:
    """Return a result near the target, or one beyond the limits."""
    if c.kind == "attribute":
        return PieceResult(c.id, piece, good=not bad)
    lower, upper = c.lower or Decimal(0), c.upper or Decimal(1)
    tenth, step = (upper - lower) / 10, Decimal(1).scaleb(int(upper.as_tuple().exponent))
    value = upper + tenth if bad else (c.target or (lower + upper) / 2) + tenth * (piece - 2)
    return PieceResult(c.id, piece, value.quantize(step))
