"""How the thread of a lot tells what was refused of it: rejections, their holds and releases, their containment."""

from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.acceptance import Handover
from qms.models.dispositions import Disposition
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules.chain_thread import MOST_OF_A_KIND, NOTHING, Entry, Gap, coded, joined, number, order, verbatim
from qms.rules.dispositions import OPEN as UNDONE
from qms.rules.rejections import ESCAPE_CLASSES, HOLD_STATES, KINDS, ORIGIN_STATES, PLACES, STEPS
from qms.rules.steps import State
from qms.rules.words import Words
from qms.workflows.chain_thread_handovers import first_accepted_after
from qms.workflows.chain_thread_lots import Family


def rejections_of(session: Session, held: Family) -> Sequence[Rejection]:
    """Return the rejections of a family of lots, in the order of their numbers."""
    parts = (Rejection.defect, Rejection.found_unit, Rejection.origin_unit)
    return session.scalars(
        select(Rejection).where(Rejection.lot_id.in_(held.ids)).options(*(joinedload(part) for part in parts))
        .order_by(Rejection.id).limit(MOST_OF_A_KIND)).all()


def holds_of(session: Session, held: Family, rejections: Sequence[Rejection]) -> Sequence[Hold]:
    """Return what is or was held of the lots, whichever rejection holds it."""
    return session.scalars(
        select(Hold).where(or_(Hold.lot_id.in_(held.ids), Hold.rejection_id.in_([r.id for r in rejections])))
        .options(joinedload(Hold.rejection)).order_by(Hold.id).limit(MOST_OF_A_KIND)).all()


def told(rejections: Sequence[Rejection], holds: Sequence[Hold], handovers: Sequence[Handover],
         dispositions: Sequence[Disposition]) -> Iterator[Entry]:
    """Yield an entry for each rejection with its holds, and one for each hold that was released."""
    decided = {d.hold_id for d in dispositions if d.state in UNDONE}
    for r in rejections:
        own = [h for h in holds if h.rejection_id == r.id]
        yield Entry("rejection", r.found_at, number(r.number), r.lot_id, "rejections", r.id,
                    STEPS.states[r.state], _text(r, own), r.reported_by_id, ("R-01", "R-05") if r.whole_lot
                    else ("R-01",), () if r.state == "void" else _gaps(r, own, handovers, decided))
    for h in holds:
        if h.released_at is not None and h.state == "released":
            words = Words(f"{h.quantity:,} pieces released", f"{h.quantity:,} 件解除冻结")
            yield Entry("hold", h.released_at, number(h.rejection.number), h.lot_id, "rejections",
                        h.rejection_id, State(HOLD_STATES[h.state], "accepted"),
                        joined(words, verbatim(h.result)), h.released_by_id,
                        gaps=_released(h))


def contained(session: Session, held: Family, rejections: Sequence[Rejection]) -> Iterator[Entry]:
    """Yield each place of containment: what was answered there, or that nobody has answered (R-22)."""
    lines = session.execute(
        select(ContainmentLine, Rejection).join(Rejection, Rejection.id == ContainmentLine.rejection_id)
        .where(or_(ContainmentLine.rejection_id.in_([r.id for r in rejections]),
                   ContainmentLine.lot_id.in_(held.ids)), Rejection.state != "void")
        .options(joinedload(ContainmentLine.unit), joinedload(ContainmentLine.lot))
        .order_by(ContainmentLine.id).limit(MOST_OF_A_KIND))
    for line, rejection in lines:
        place = PLACES[line.place]
        at = " ".join(x for x in (line.unit and line.unit.code, line.lot and line.lot.number) if x)
        answered = line.answered_at is not None
        title = Words(*(f"{rejection.number}: {words} {at}".strip() for words in place))
        yield Entry("containment", line.answered_at or rejection.received_at, title,
                    line.lot_id or rejection.lot_id, "rejections", rejection.id, None,
                    _counted(line) if answered else NOTHING, line.answered_by_id,
                    gaps=() if answered else (Gap(Words("Not answered: zero is an answer, blank is not",
                                                        "未填写: 零是答案, 空白不是"), "R-22"),))


def _text(r: Rejection, holds: Sequence[Hold]) -> Words:
    defect = Words("defect not coded", "缺陷未编码") if r.defect is None else Words(
        f"{r.defect.code} {r.defect.name_en}", f"{r.defect.code} {r.defect.name_zh}")
    origin = Words("unknown", "未知") if r.origin_unit is None else Words(
        f"{r.origin_unit.code} {r.origin_unit.name_en}", f"{r.origin_unit.code} {r.origin_unit.name_zh}")
    state, escape, kind = ORIGIN_STATES[r.origin_state], ESCAPE_CLASSES[r.escape_class], KINDS[r.kind]
    found = coded(r.found_unit.code, Words(r.found_unit.name_en, r.found_unit.name_zh))
    steps = "" if r.escape_steps is None else f", k = {r.escape_steps}"
    held = sum(h.quantity for h in holds if h.split_from_id is None)
    return joined(
        kind, Words(f"{r.quantity:,} × {defect.en}", f"{r.quantity:,} 件 {defect.zh}"),
        Words(f"found at {found.en}", f"发现于 {found.zh}"),
        Words(f"origin {origin.en} ({state.en.lower()})", f"责任工序 {origin.zh} ({state.zh})"),
        Words(f"escape {escape.en}{steps}", f"流出 {escape.zh}{steps}"),
        Words(f"tag {r.number}: {held:,} held at once", f"标签 {r.number}: 立即冻结 {held:,} 件"))


def _gaps(r: Rejection, holds: Sequence[Hold], handovers: Sequence[Handover], decided: set[int]) -> tuple[Gap, ...]:
    found = []
    for hold in (h for h in holds if h.state == "held"):
        passed = first_accepted_after(handovers, hold.lot_id, hold.held_at)
        if passed is not None:
            found.append(Gap(Words(
                f"{hold.quantity:,} pieces are still on hold, yet {passed.number} was accepted afterwards",
                f"仍有 {hold.quantity:,} 件冻结中, 但其后 {passed.number} 已被接收"), "R-55"))
    undecided = sum(h.quantity for h in holds if h.state == "held" and h.id not in decided)
    if undecided:
        found.append(Gap(Words(f"Nothing is decided for {undecided:,} held pieces",
                               f"有 {undecided:,} 件冻结品尚未处置"), "R-07"))
    return (*found, *order((Words("found", "发现"), r.found_at), (Words("received", "接收记录"), r.received_at),
                           (Words("closed", "关闭"), r.closed_at)))


def _released(hold: Hold) -> tuple[Gap, ...]:
    late = order((Words("held", "冻结"), hold.held_at), (Words("released", "解除"), hold.released_at))
    missing = () if hold.result else (Gap(Words("No result of the re-inspection", "无复检结果"), "R-09"),)
    return (*missing, *late)


def _counted(line: ContainmentLine) -> Words:
    return Words(f"suspect {line.suspect or 0:,}, checked {line.checked or 0:,}, nonconforming "
                 f"{line.nonconforming or 0:,}, good {line.good or 0:,}",
                 f"可疑 {line.suspect or 0:,}, 已查 {line.checked or 0:,}, 不合格 {line.nonconforming or 0:,}, "
                 f"合格 {line.good or 0:,}")
