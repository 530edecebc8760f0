"""How the thread of a lot tells what became of what was refused: dispositions, rework, scrap, concessions."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.dispositions import Disposition, Rework, ScrapTicket
from qms.models.dispositions_concessions import Concession, ConcessionUse
from qms.models.rejections import Hold
from qms.rules.chain_thread import MOST_OF_A_KIND, Entry, Gap, joined, number, order, pieces, verbatim
from qms.rules.dispositions import CODES, METHODS, STEPS
from qms.rules.dispositions_concessions import STEPS as CONCESSION
from qms.rules.steps import State
from qms.rules.words import Words
from qms.workflows.chain_thread_lots import Family

_WORK, _DONE = Words("the work", "返工"), Words("the end of the work", "返工完成")
_DECISION = Words("the decision", "处置决定")


def dispositions_of(session: Session, holds: Sequence[Hold]) -> Sequence[Disposition]:
    """Return what was decided of the quantities that were held."""
    return session.scalars(
        select(Disposition).where(Disposition.hold_id.in_([h.id for h in holds]))
        .options(joinedload(Disposition.rejection), joinedload(Disposition.hold))
        .order_by(Disposition.id).limit(MOST_OF_A_KIND)).all()


def reworks_of(session: Session, dispositions: Sequence[Disposition]) -> Sequence[Rework]:
    """Return the runs of rework, repair and sorting."""
    return session.scalars(select(Rework).where(Rework.disposition_id.in_([d.id for d in dispositions]))
                           .order_by(Rework.id).limit(MOST_OF_A_KIND)).all()


def told(session: Session, dispositions: Sequence[Disposition], reworks: Sequence[Rework],
         zone: str) -> Iterator[Entry]:
    """Yield what was decided, each run of work with its re-inspection, and each ticket of scrap."""
    by_id = {d.id: d for d in dispositions}
    tickets = {t.disposition_id: t for t in session.scalars(
        select(ScrapTicket).where(ScrapTicket.disposition_id.in_(by_id)))}
    for d in dispositions:
        code = CODES[d.code]
        title = Words(f"{d.rejection.number}: {code.en}", f"{d.rejection.number}: {code.zh}")
        yield Entry("disposition", d.decided_at, title, d.hold.lot_id, "dispositions", d.id, STEPS.states[d.state],
                    joined(pieces(d.quantity), verbatim(d.justification)),
                    d.decided_by_id, ("R-06",), _decided(d, d.id in tickets, zone))
    for run in reworks:
        yield _worked(run, by_id[run.disposition_id], zone)
    for ticket in tickets.values():
        yield _scrapped(ticket, by_id[ticket.disposition_id])


def conceded(session: Session, held: Family, dispositions: Sequence[Disposition],
             zone: str) -> Iterator[Entry]:
    """Yield the concessions that cover the lots, and each use of them with what is left after it."""
    own = {d.id: d for d in dispositions}
    used = select(ConcessionUse.concession_id).where(ConcessionUse.disposition_id.in_(own))
    concessions = {c.id: c for c in session.scalars(
        select(Concession).where(or_(
            Concession.lot_id.in_(held.ids), Concession.id.in_(used),
            Concession.rejection_id.in_({d.rejection_id for d in dispositions})))
        .options(joinedload(Concession.customer)).order_by(Concession.id).limit(MOST_OF_A_KIND))}
    for c in concessions.values():
        yield _granted(c, zone)
    sums: dict[int, int] = {}
    for use in session.scalars(select(ConcessionUse).where(
            ConcessionUse.concession_id.in_(concessions), ConcessionUse.active).order_by(ConcessionUse.id)):
        sums[use.concession_id] = sums.get(use.concession_id, 0) + use.quantity
        if use.disposition_id in own:
            yield _used(use, concessions[use.concession_id], own[use.disposition_id], sums[use.concession_id], zone)


def _decided(d: Disposition, has_ticket: bool, zone: str) -> tuple[Gap, ...]:
    if d.state == "withdrawn":
        return ()
    found = [*order((Words("held", "冻结"), d.hold.held_at), (_DECISION, d.decided_at), (Words("the start", "开始"),
             d.started_at), (Words("what was done", "执行完成"), d.done_at), (Words("the verification", "验证"),
             d.verified_at))]
    if d.risk_on is not None and d.risk_on > d.decided_at.astimezone(ZoneInfo(zone)).date():
        found.append(Gap(Words("Out of order: the risk analysis is dated after the decision",
                               "日期次序有误: 风险分析晚于处置决定"), "R-08"))
    if d.state == "completed" and d.verified_at is None:
        found.append(Gap(Words("Completed without a verification", "未经验证即完成")))
    if d.code == "scrap" and d.done_at is not None and not has_ticket:
        found.append(Gap(Words("Scrapped without a ticket", "无报废单"), "R-14"))
    return tuple(found)


def _worked(run: Rework, d: Disposition, zone: str) -> Entry:
    """Return an entry for a run of work: what went in and came out, and what is missing or out of order (R-08)."""
    found = [*order((_DECISION, d.decided_at), (_WORK, run.started_at), (_DONE, run.finished_at),
                    (Words("the re-inspection", "复检"), run.inspected_at), rule="R-08")]
    if run.instruction_on is not None and run.instruction_on > run.started_at.astimezone(ZoneInfo(zone)).date():
        found.append(Gap(Words("Out of order: the instruction was released after the work began",
                               "日期次序有误: 作业指导书发布晚于返工开始"), "R-08"))
    if run.finished_at is not None and run.inspected_at is None:
        found.append(Gap(Words("Not re-inspected", "未复检"), "R-08"))
    if run.inspected_by_id is not None and run.inspected_by_id == run.worked_by_id:
        found.append(Gap(Words("Re-inspected by who did the work", "复检人与返工人为同一人"), "R-09"))
    result = None if run.good is None else Words(f"{run.good:,} good, {run.scrapped or 0:,} not good",
                                                 f"合格 {run.good:,}, 不合格 {run.scrapped or 0:,}")
    named = f"{run.instruction_ref} {run.instruction_rev or ''}".strip()
    instruction = Words(f"instruction {named}", f"作业指导书 {named}") if run.instruction_ref else None
    state = State(Words("Re-inspected", "已复检"), "accepted") if run.inspected_at else State(
        Words("Not re-inspected yet", "未复检"), "rework")
    number = d.rejection.number
    return Entry("rework", run.started_at, Words(f"{number}: {CODES[d.code].en}, run {run.run}",
                                                 f"{number}: {CODES[d.code].zh}, 第 {run.run} 次"), d.hold.lot_id,
                 "dispositions", d.id, state, joined(pieces(run.quantity),
                                                     instruction, result), run.worked_by_id, ("R-08",), tuple(found))


def _scrapped(ticket: ScrapTicket, d: Disposition) -> Entry:
    method = METHODS[ticket.method] if ticket.method else None
    found = [*order((Words("set apart", "隔离"), ticket.segregated_at), (Words("made unusable", "毁形"),
             ticket.rendered_at), (Words("witnessed", "见证"), ticket.witnessed_at), (Words("left", "出厂"),
             ticket.disposed_at), rule="R-14")]
    if ticket.rendered_at is not None and ticket.witnessed_at is None:
        found.append(Gap(Words("Nobody has seen that it is unusable", "毁形无人见证"), "R-14"))
    return Entry("scrap", ticket.segregated_at, number(ticket.number), d.hold.lot_id, "dispositions",
                 d.id, STEPS.states[d.state], joined(pieces(d.quantity), method),
                 ticket.segregated_by_id, ("R-14",), tuple(found))


def _granted(c: Concession, zone: str) -> Entry:
    until = None if c.expires_on is None else Words(f"until {c.expires_on}", f"有效至 {c.expires_on}")
    of = "" if c.quantity_authorised is None else f" / {c.quantity_authorised:,}"
    count = Words(f"used {c.quantity_used:,}{of}", f"已用 {c.quantity_used:,}{of}")
    text = joined(verbatim(c.characteristic), Words(c.customer.name_en, c.customer.name_zh), count, until)
    internal = () if c.approved_at is None or c.customer_decided_on is None else order(
        (Words("the approval inside", "内部批准"), c.approved_at), (Words("the customer's decision", "顾客授权"),
         _end_of(c.customer_decided_on, zone)), rule="R-12")
    return Entry("concession", c.drafted_at, number(c.number), c.lot_id, "concessions", c.id,
                 CONCESSION.states[c.state], text, c.drafted_by_id, ("R-12",), internal)


def _used(use: ConcessionUse, c: Concession, d: Disposition, so_far: int, zone: str) -> Entry:
    left = None if c.quantity_authorised is None else Words(f"{c.quantity_authorised - so_far:,} left after it",
                                                            f"用后剩余 {c.quantity_authorised - so_far:,} 件")
    found = []
    if c.customer_decided_on is None or c.customer_decided_on > use.at.astimezone(ZoneInfo(zone)).date():
        found.append(Gap(Words("Used before the customer authorised it", "使用早于顾客授权"), "R-12"))
    if c.expires_on is not None and use.at > _end_of(c.expires_on, zone):
        found.append(Gap(Words("Used after its last day", "超过有效期使用"), "R-13"))
    return Entry("concession", use.at, Words(f"{c.number} used", f"使用 {c.number}"), d.hold.lot_id, "concessions",
                 c.id, None, joined(pieces(use.quantity), left,
                              Words(f"containers {use.containers}", f"容器 {use.containers}")), use.by_id, ("R-13",),
                 tuple(found))


def _end_of(day: date, zone: str) -> datetime:
    """Return the instant at which a day of a site is over."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC) + timedelta(days=1)
