"""What must hold before anything is accepted: a standard, each result, nothing found, nothing held. Changes none."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from qms.models.acceptance import Check, Handover, Standard
from qms.models.chain import Lot
from qms.models.rejections import Hold, Rejection
from qms.rules.acceptance import Fault, balanced
from qms.rules.errors import Invalid, Refused
from qms.workflows import chain, rejections
from qms.workflows.acceptance_readings import Judged
from qms.workflows.acceptance_records import today
from qms.workflows.acceptance_standards import standard_in_force
from qms.workflows.controls_tagging import refuse_unreviewed

_CHECKS = select(Check).where(Check.handover_id == bindparam("handover_id")).order_by(Check.id)

def standard_of(session: Session, handover: Handover) -> Standard | None:
    """Return the revision that was in force when it was presented; where there was none, the one in force today."""
    if handover.standard_id is not None:
        return session.get_one(Standard, handover.standard_id)
    return standard_in_force(session, handover.link_id, handover.item_id, today(session, handover.site_id))


def standard_needed(session: Session, handover: Handover) -> Standard:
    """Return the standard to accept by. Raises Refused (R-03)."""
    standard = standard_of(session, handover)
    if standard is None or standard.state == "recorded":
        raise Refused(
            "R-03",
            "No acceptance standard is in force for this link and item, so nothing can be accepted. "
            "Have one approved, or reject.",
            "此链接和产品没有现行验收标准，不能接收。请先批准验收标准，或拒收。",
        )
    return standard


def need_results(judged: Judged) -> None:
    """Refuse an acceptance that lacks a result (R-03)."""
    if not judged.missing:
        return
    characteristic, covered, needed = judged.missing[0]
    name_en = characteristic.name_en or characteristic.name_zh
    name_zh = characteristic.name_zh or characteristic.name_en
    raise Refused(
        "R-03",
        f"{name_en}: {covered} of {needed} pieces have a result. Every characteristic needs its own.",
        f"{name_zh}：应检 {needed} 件，已有结果 {covered} 件。每个特性都须有结果。",
        field=f"c{characteristic.id}",
    )


def refuse_faults(session: Session, handover: Handover, judged: Judged) -> None:
    """Refuse to accept everything when a fault was found, now or in an earlier check (R-05, R-01)."""
    failed_check = _failed_check(session, handover.id)
    if judged.failed or failed_check is not None:
        found = judged.nonconforming or (failed_check.nonconforming if failed_check else 0)
        raise Refused(
            "R-05",
            f"{found} nonconforming in the sample: the whole lot is suspect. Reject it, or sort it "
            "100 % and accept the good part.",
            f"样本中有 {found} 件不合格：整批可疑。请拒收，或全数挑选后接收合格部分。",
        )
    if judged.nonconforming:
        raise Refused(
            "R-01",
            "The pieces found nonconforming are not accepted: accept in part.",
            "已发现的不合格件不得接收：请部分接收。",
        )


def need_sorting(session: Session, handover: Handover, judged: Judged, *, sorted_all: bool) -> bool:
    """Tell whether the lot is suspect and was sorted. Raises Refused (R-05) when it is and was not."""
    suspect = (judged.failed and judged.sample < handover.quantity) or _failed_check(session, handover.id) is not None
    if suspect and not sorted_all:
        raise Refused(
            "R-05",
            "A part is accepted only after every piece of the suspect lot was sorted (100 %).",
            "可疑批须全数挑选 (100%) 后才能部分接收。",
            field="sorted_all",
        )
    return bool(suspect)


def _failed_check(session: Session, handover_id: int) -> Check | None:
    """Return a check that found faults; one of the first piece counts only while none after it was good."""
    checks = list(session.scalars(_CHECKS, {"handover_id": handover_id}))
    first = [c for c in checks if c.kind == "first_piece"]
    others = [c for c in checks if c.kind != "first_piece"]
    return next((c for c in (*others, *first[-1:]) if not c.good), None)


def locked_family(session: Session, lot_id: int) -> set[int]:
    """Return the lot and its sources; nobody holds any of them between this look and the decision."""
    family = chain.lot_family(session, lot_id)
    session.execute(select(Lot.id).where(Lot.id.in_(family)).order_by(Lot.id).with_for_update()).all()
    return family


def refuse_open_holds(session: Session, family: Collection[int], but: Collection[int] = ()) -> None:
    """Refuse while a lot of a family, of a lot and its sources, is held by another rejection than these (R-55).

    So it is while a bypass tag of it is not reviewed.
    """
    refuse_unreviewed(session, family)
    holds = rejections.open_holds(session, family)
    waiting = {hold.rejection_id for hold in holds} - set(but)
    if not waiting:
        return
    numbers = session.scalars(select(Rejection.number).where(Rejection.id.in_(waiting)).order_by(Rejection.id)).all()
    listed = ", ".join(numbers[:10]) + (" …" if len(numbers) > 10 else "")
    raise Refused(
        "R-55",
        f"The lot, or a lot it was made from, is held by {listed}. Release the hold first.",
        f"本批次或其来源批次被 {listed} 冻结，须先解除冻结。",
    )


def refuse_taken_out(session: Session, handover: Handover) -> None:
    """Refuse to accept all of what was presented when some of it was scrapped, re-graded or sent away (R-01)."""
    out = session.scalar(
        select(func.sum(Hold.quantity)).join(Rejection, Rejection.id == Hold.rejection_id)
        .where(Rejection.handover_id == handover.id, Hold.lot_id == handover.lot_id, Hold.state == "gone"))
    if out:
        raise Refused("R-01", f"{out} pieces of it were taken out since it was presented: refuse it and have the rest "
                      "presented again.", f"提交后已有 {out} 件移出: 请拒收, 并将其余部分重新提交。")


def refuse_more_than_is_left(session: Session, handover: Handover, accepted: int) -> None:
    """Refuse to accept more over a link than is left of the lot since some of it was scrapped or sent away (R-01)."""
    gone = session.scalar(select(func.sum(Hold.quantity)).where(Hold.lot_id == handover.lot_id, Hold.state == "gone"))
    if not gone:
        return
    before = session.scalar(select(func.sum(Handover.accepted)).where(
        Handover.lot_id == handover.lot_id, Handover.link_id == handover.link_id, Handover.id != handover.id)) or 0
    left = session.get_one(Lot, handover.lot_id).quantity - gone - before
    if accepted > left:
        raise Refused("R-01", f"{gone} pieces of this lot are gone and {before} are accepted: {left} are left. Refuse "
                      "it and have what is there presented again.",
                      f"该批次已移出 {gone} 件, 已接收 {before} 件, 剩余 {left} 件: 请拒收, 并按实际数量重新提交。",
                      field="accepted")


def check_parts(handover: Handover, accepted: int, *, rejected: int, for_review: int, faults: Sequence[Fault]) -> None:
    """Hold the parts of a decision against what was presented and against the faults. Raises Invalid."""
    if not balanced(handover.quantity, accepted, rejected, for_review):
        raise Invalid(
            f"Accepted, rejected and for review must add up to {handover.quantity}.",
            f"接收、拒收、待评审之和须等于 {handover.quantity}。",
            field="accepted",
        )
    if accepted in {0, handover.quantity}:
        raise Invalid(
            "A part is neither all nor nothing: accept or reject.",
            "部分接收不能为全部或零：请选择接收或拒收。",
            field="accepted",
        )
    check_faults(handover, faults)
    for name, pieces, review in (("rejected", rejected, False), ("for_review", for_review, True)):
        named = sum(f.quantity for f in faults if f.for_review is review)
        if named != pieces:
            raise Invalid(
                f"The faults name {named} pieces of {pieces}.",
                f"不良数量合计 {named} 件，应为 {pieces} 件。",
                field=name,
            )


def check_faults(handover: Handover, faults: Sequence[Fault]) -> tuple[int, int]:
    """Return the pieces named, and those of them for review. Raises Invalid."""
    if not faults:
        raise Invalid("Say what is wrong: name a defect and its quantity.", "请说明缺陷及其数量。", field="faults")
    if any(f.quantity < 1 for f in faults):
        raise Invalid("The quantity of a fault is at least 1.", "缺陷数量至少为 1。", field="faults")
    named = sum(f.quantity for f in faults)
    if named > handover.quantity:
        raise Invalid(
            f"The faults name {named} pieces, but {handover.quantity} were presented.",
            f"不良数量合计 {named} 件，超过提交数量 {handover.quantity} 件。",
            field="faults",
        )
    return named, sum(f.quantity for f in faults if f.for_review)
