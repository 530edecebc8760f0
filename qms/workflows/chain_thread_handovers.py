"""How the thread of a lot tells its hand-overs: each with its checks, and the operations that the lot went around."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.acceptance import Characteristic, Check, Handover, Reading
from qms.models.chain import Routing, RoutingStep, Unit
from qms.rules.acceptance import HANDOVER, SELF_CHECKS
from qms.rules.chain_thread import MOST_OF_A_KIND, Entry, Gap, coded, joined, number, order, passed_over
from qms.rules.words import Words
from qms.workflows.chain_thread_lots import Family

ARROW = " → "


def handovers_of(session: Session, held: Family) -> Sequence[Handover]:
    """Return the hand-overs of a family of lots, oldest first."""
    parts = (Handover.supplier, Handover.customer, Handover.standard, Handover.decided_by)
    return session.scalars(
        select(Handover).where(Handover.lot_id.in_(held.ids)).options(*(joinedload(part) for part in parts))
        .order_by(Handover.presented_at, Handover.id).limit(MOST_OF_A_KIND)).all()


def told(session: Session, held: Family, handovers: Sequence[Handover]) -> Iterator[Entry]:
    """Yield an entry for each hand-over: link, presentation, standard, self-check, result, readings out of limits."""
    wrong = _wrong_readings(session, [h.id for h in handovers])
    for h in handovers:
        yield Entry(
            "shipment" if h.customer.kind == "customer" else "handover", h.presented_at, number(h.number),
            h.lot_id, "handovers", h.id, HANDOVER.states[h.state], _text(h, wrong.get(h.id, [])), h.presented_by_id,
            ("R-05",) if wrong.get(h.id) and h.state == "rejected" else (), _gaps(held, h, wrong.get(h.id, [])))


def around(session: Session, held: Family, handovers: Sequence[Handover], zone: str) -> Iterator[Entry]:
    """Yield a gap for each operation of the routing in force then that a lot went around, where it went around it."""
    routings = _routings(session, {lot.item_id for lot in held.lots.values()})
    for lot_id, lot in held.lots.items():
        own = [h for h in handovers if h.lot_id == lot_id]
        route = _in_force(routings.get(lot.item_id, []), own, zone)
        seen = {unit for h in own for unit in (h.supplier_id, h.customer_id)}
        units = {step.unit_id: step.unit for step in route}
        for missed, following in passed_over([step.unit_id for step in route], seen):
            at = min(h.presented_at for h in own if following in {h.supplier_id, h.customer_id})
            yield Entry("handover", at, _named(units[missed]), lot_id, "units", missed, gaps=(Gap(Words(
                "Not passed: the routing in force then asks for this operation",
                "未经过: 当时有效的工艺路线要求此工序"), "R-50"),))


def _text(h: Handover, wrong: Sequence[Words]) -> Words:
    way = Words(*(f"{a}{ARROW}{b}" for a, b in zip(_named(h.supplier), _named(h.customer), strict=True)))
    decided = None if h.decided_at is None else Words(
        f"accepted {h.accepted:,}, rejected {h.rejected:,}, for the board {h.for_review:,}"
        + (f", by {h.decided_by.name}" if h.decided_by else ""),
        f"接收 {h.accepted:,}, 拒收 {h.rejected:,}, 待评审 {h.for_review:,}"
        + (f", 判定人 {h.decided_by.name}" if h.decided_by else ""))
    standard = None if h.standard is None else Words(
        f"by {h.standard.form_number} rev. {h.standard.revision}",
        f"依据 {h.standard.form_number} 第 {h.standard.revision} 版")
    self_check = SELF_CHECKS[h.self_check]
    return joined(way, Words(f"{h.quantity:,} pieces, presentation {h.presentation}",
                             f"{h.quantity:,} 件, 第 {h.presentation} 次提交"), standard,
                  Words(f"self-check: {self_check.en.lower()}", f"自检: {self_check.zh}"), decided, *wrong)


def _gaps(held: Family, h: Handover, wrong: Sequence[Words]) -> tuple[Gap, ...]:
    found = []
    if h.decided_at is None:
        found.append(Gap(Words("No decision: nobody has accepted or rejected it", "无判定: 尚无人接收或拒收"), "R-03"))
    if h.standard_id is None:
        found.append(Gap(Words("No standard is recorded by which it was judged", "未记录判定所依据的标准"), "R-03"))
    if h.self_check == "none":
        found.append(Gap(Words("Presented without a self-check", "提交时未做自检")))
    if wrong and h.state == "accepted":
        found.append(Gap(Words("Accepted whole with readings out of limits", "存在超限读数却全部接收"), "R-05"))
    dates = order((Words("the lot made", "批次形成"), held.lots[h.lot_id].made_at), (Words("presented", "提交"),
                  h.presented_at), (Words("decided", "判定"), h.decided_at))
    return (*found, *dates)


def _wrong_readings(session: Session, ids: Sequence[int]) -> dict[int, list[Words]]:
    """Return what was read out of limits, for each hand-over."""
    rows = session.execute(
        select(Check.handover_id, Characteristic, Reading.value, Reading.nonconforming)
        .join(Reading, and_(Reading.check_id == Check.id, ~Reading.good))
        .join(Characteristic, Characteristic.id == Reading.characteristic_id)
        .where(Check.handover_id.in_(ids)).order_by(Reading.id).limit(MOST_OF_A_KIND))
    found: dict[int, list[Words]] = {}
    for handover_id, asked, value, nonconforming in rows:
        low, high = ("" if limit is None else f"{limit:f}" for limit in (asked.lower, asked.upper))
        limits = "" if value is None else f" [{low} … {high}]"
        shown = f"{nonconforming:,}" if value is None else f"{value:f} {asked.unit or ''}".strip()
        found.setdefault(handover_id, []).append(
            Words(f"out of limits: {asked.name_en} {shown}{limits}", f"超限: {asked.name_zh} {shown}{limits}"))
    return found


def _routings(session: Session, items: set[int]) -> dict[int, list[Routing]]:
    """Return the routings that persons have put in force, by item, the newest revision first."""
    rows = session.scalars(
        select(Routing).where(Routing.item_id.in_(items), ~Routing.proposed)
        .options(selectinload(Routing.steps).joinedload(RoutingStep.unit)).order_by(Routing.revision.desc()))
    found: dict[int, list[Routing]] = {}
    for routing in rows:
        found.setdefault(routing.item_id, []).append(routing)
    return found


def _in_force(routings: Sequence[Routing], own: Sequence[Handover], zone: str) -> list[RoutingStep]:
    """Return the steps of the routing that was in force on the day on which the lot was first handed over."""
    if not own:
        return []
    day = min(h.presented_at for h in own).astimezone(ZoneInfo(zone)).date()
    held = (r for r in routings if r.valid_from <= day and (r.valid_to is None or r.valid_to >= day))
    chosen = next(held, None)
    return chosen.steps if chosen is not None else []


def first_accepted_after(handovers: Sequence[Handover], lot_id: int | None, at: datetime) -> Handover | None:
    """Return the first hand-over of a lot that was accepted after an instant."""
    later = (h for h in handovers if h.lot_id == lot_id and h.accepted and h.decided_at and h.decided_at > at)
    return next(later, None)


def _named(unit: Unit) -> Words:
    return coded(unit.code, Words(unit.name_en, unit.name_zh))
