"""How the thread of a lot tells what happened around it: stops, bypasses, cases, notices, customers' complaints."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.acceptance import Handover
from qms.models.actions import Action, ActionSource
from qms.models.controls import Bypass, BypassLot
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions_concessions import CustomerNotice
from qms.models.rejections import Rejection
from qms.models.stops import Stop
from qms.rules.actions import STEPS as CASE
from qms.rules.chain_thread import MOST_OF_A_KIND, Entry, Gap, coded, joined, number, order, verbatim
from qms.rules.controls import STEPS as BYPASS
from qms.rules.customers_complaints import OPEN as UNANSWERED
from qms.rules.customers_complaints import STEPS as COMPLAINT
from qms.rules.dispositions_notices import STEPS as NOTICE
from qms.rules.stops import REASONS
from qms.rules.stops import STEPS as STOP
from qms.rules.words import Words
from qms.workflows.chain_thread_handovers import first_accepted_after
from qms.workflows.chain_thread_lots import Family

Rejections = Sequence[Rejection]


def stops(session: Session, held: Family, rejections: Rejections) -> Iterator[Entry]:
    """Yield the calls and stops that name one of the lots or rejections."""
    for s in session.scalars(
            select(Stop).where(or_(Stop.lot_id.in_(held.ids), Stop.rejection_id.in_([r.id for r in rejections])))
            .options(joinedload(Stop.unit)).order_by(Stop.id).limit(MOST_OF_A_KIND)):
        reason = REASONS[s.reason]
        yield Entry("stop", s.called_at, number(s.number), s.lot_id, "stops", s.id, STOP.states[s.state],
                    joined(coded(s.unit.code, Words(s.unit.name_en, s.unit.name_zh)), reason,
                           verbatim(s.note)), s.acknowledged_by_id, ("R-18",),
                    order((Words("called", "呼叫"), s.called_at), (Words("contained", "围堵"), s.contained_at),
                          (Words("running again", "复线"), s.restarted_at), rule="R-19"))


def bypasses(session: Session, held: Family, handovers: Sequence[Handover]) -> Iterator[Entry]:
    """Yield the tags that bypasses put on the lots; one that nobody has reviewed is missing its review."""
    for tag in session.scalars(
            select(BypassLot).where(BypassLot.lot_id.in_(held.ids))
            .options(joinedload(BypassLot.bypass).joinedload(Bypass.control))
            .order_by(BypassLot.id).limit(MOST_OF_A_KIND)):
        control, found = tag.bypass.control, []
        if tag.reviewed_at is None:
            passed = first_accepted_after(handovers, tag.lot_id, tag.tagged_at)
            found.append(Gap(Words("Not reviewed" + (f", yet {passed.number} was accepted" if passed else ""),
                                   "未评审" + (f", 但 {passed.number} 已被接收" if passed else "")), "R-55"))
        yield Entry("bypass", tag.tagged_at, number(tag.bypass.number), tag.lot_id, "bypasses",
                    tag.bypass_id, BYPASS.states[tag.bypass.state],
                    joined(coded(control.code, Words(control.name_en, control.name_zh)),
                           verbatim(tag.bypass.reason)), tag.tagged_by_id, ("R-21",), tuple(found))


def complaints_of(session: Session, held: Family, rejections: Rejections) -> Sequence[CustomerComplaint]:
    """Return what customers complained of the lots."""
    return session.scalars(
        select(CustomerComplaint).where(or_(
            CustomerComplaint.lot_id.in_(held.ids), CustomerComplaint.rejection_id.in_([r.id for r in rejections])))
        .options(joinedload(CustomerComplaint.customer)).order_by(CustomerComplaint.id).limit(MOST_OF_A_KIND)).all()


def complaints(rows: Sequence[CustomerComplaint], now: datetime) -> Iterator[Entry]:
    """Yield each complaint with the clocks that have run out unanswered."""
    for c in rows:
        late = [name for name, due, sent in (("D3", c.d3_due_at, c.d3_sent_at), ("D5", c.d5_due_at, c.d5_sent_at),
                                             ("D8", c.d8_due_at, c.d8_sent_at))
                if sent is None and due < now and c.state in UNANSWERED]
        gaps = tuple(Gap(Words(f"{name} has not been sent and is overdue", f"{name} 尚未发送且已逾期"))
                     for name in late)
        claimed = None if c.quantity_claimed is None else Words(f"{c.quantity_claimed:,} pieces claimed",
                                                                f"索赔 {c.quantity_claimed:,} 件")
        yield Entry("complaint", c.received_at, number(c.number), c.lot_id, "customer_complaints", c.id,
                    COMPLAINT.states[c.state], joined(Words(c.customer.name_en, c.customer.name_zh), claimed,
                                                      verbatim(c.description[:200])),
                    c.recorded_by_id, (), gaps)


def notices(session: Session, rejections: Rejections, now: datetime) -> Iterator[Entry]:
    """Yield the notices to customers of shipped suspect product (R-16)."""
    lots = {r.id: r.lot_id for r in rejections}
    for n in session.scalars(
            select(CustomerNotice).where(CustomerNotice.rejection_id.in_(lots))
            .options(joinedload(CustomerNotice.customer)).order_by(CustomerNotice.id).limit(MOST_OF_A_KIND)):
        customer = Words("customer not known yet", "顾客未定") if n.customer is None else Words(
            n.customer.name_en, n.customer.name_zh)
        is_late = n.told_at is None and n.due_at < now and n.state != "void"
        gaps = (Gap(Words("The customer has not been told and the clock has run out", "尚未通知顾客且已超时限"),
                    "R-16"),)
        yield Entry("notice", n.known_at, number(n.number), lots[n.rejection_id], "customer_notices", n.id,
                    NOTICE.states[n.state], joined(customer, Words(f"{n.quantity:,} suspect pieces shipped",
                                                                   f"已发运可疑品 {n.quantity:,} 件")),
                    n.told_by_id, ("R-16",), gaps if is_late else order(
                        (Words("known", "获知"), n.known_at), (Words("told", "通知"), n.told_at)))


def cases(session: Session, held: Family, rejections: Rejections,
          complained: Sequence[CustomerComplaint]) -> Iterator[Entry]:
    """Yield the corrective actions that come from the lots, their rejections or their complaints."""
    sources = select(ActionSource.action_id).where(ActionSource.active, or_(
        and_(ActionSource.kind == "rejections", ActionSource.record_id.in_([r.id for r in rejections])),
        and_(ActionSource.kind == "customer_complaints", ActionSource.record_id.in_([c.id for c in complained]))))
    for a in session.scalars(
            select(Action).where(or_(Action.lot_id.in_(held.ids), Action.id.in_(sources)))
            .order_by(Action.id).limit(MOST_OF_A_KIND)):
        yield Entry("case", a.opened_at, number(a.number), a.lot_id, "actions", a.id, CASE.states[a.state],
                    Words(a.title, a.title), a.leader_id, (), order(
                        (Words("opened", "开立"), a.opened_at), (Words("closed", "关闭"), a.closed_at)))
