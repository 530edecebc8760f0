"""How a supplier presents a quantity of a lot to its customer, for the first time and again. Knows no decision."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from qms.db import now
from qms.db.search import searchable
from qms.models.acceptance import Handover
from qms.models.chain import Item, Link, Lot, Site, Unit
from qms.models.rejections import Hold, Rejection
from qms.rules.acceptance import HANDOVER, SELF_CHECKS
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound, Refused
from qms.rules.steps import step
from qms.workflows.acceptance_records import one_handover, sees
from qms.workflows.acceptance_standards import standard_in_force
from qms.workflows.controls_tagging import tag_presented
from qms.workflows.numbers import HANDOVER as SERIES
from qms.workflows.numbers import next_number

_KEPT = select(func.sum(Hold.quantity)).where(Hold.lot_id == bindparam("lot_id"), Hold.state.in_(("held", "gone")))


@dataclass(frozen=True)
class Way:
    """A link with its two units and its site, read together."""

    link: Link
    supplier: Unit
    customer: Unit
    site: Site


_supplier, _customer = aliased(Unit), aliased(Unit)
_WAY = (
    select(Link, _supplier, _customer, Site).join(_supplier, _supplier.id == Link.supplier_id)
    .join(_customer, _customer.id == Link.customer_id).join(Site, Site.id == Link.site_id)
    .where(Link.id == bindparam("link_id")))
_GONE_OVER = select(func.sum(Handover.quantity)).where(
    Handover.lot_id == bindparam("lot_id"), Handover.link_id == bindparam("link_id"), Handover.presentation == 1,
    Handover.rework.is_(False))


def present(
    session: Session,
    person: Actor,
    *,
    link_id: int,
    lot_id: int,
    quantity: int,
    self_check: str = "ok",
    previous_id: int | None = None,
    rework: bool = False,
    remark: str | None = None,
    source: str = "desk",
    source_key: str | None = None,
    import_id: int | None = None,
) -> Handover:
    """Present a quantity of a lot to the customer of a link; `previous_id` presents again what was not accepted.

    The standard in force today stays with the hand-over (R-50). Raises Refused (R-01) for a self-check that found
    faults and for a quantity that is held, Invalid, IllegalStep, NotFound, NotAllowed.
    """
    way = _way(session, person, link_id)
    person.need("acceptance.present", site_id=way.site.id, unit_path=way.supplier.path)
    _check_self_check(self_check)
    number = next_number(session, SERIES, way.site)  # Its lock comes before the lot's, everywhere.
    lot = session.get(Lot, lot_id, with_for_update=True)
    if lot is None or lot.site_id != way.site.id:
        raise Invalid("There is no such lot at this site.", "本工厂没有此批次。", field="lot_id")
    previous = one_handover(session, person, previous_id, lock=True) if previous_id is not None else None
    if previous is not None:
        _check_again(session, previous, link_id, lot_id, quantity)
    _check_quantity(session, link_id, lot, quantity, again=previous is not None or rework)
    at = now(session)
    standard = standard_in_force(session, link_id, lot.item_id, _day(way.site, at))
    item = session.get_one(Item, lot.item_id)
    handover = Handover(
        site_id=way.site.id,
        year=number.year,
        serial=number.serial,
        number=number.text,
        link_id=link_id,
        supplier_id=way.supplier.id,
        customer_id=way.customer.id,
        item_id=lot.item_id,
        lot_id=lot_id,
        quantity=quantity,
        standard_id=standard.id if standard else None,
        presentation=previous.presentation + 1 if previous else 1,
        previous_id=previous_id,
        state=HANDOVER.first,
        self_check=self_check,
        presented_by_id=person.id,
        presented_at=at,
        accepted=0,
        rejected=0,
        for_review=0,
        rework=rework,
        remark=remark,
        source=source,
        source_key=source_key,
        import_id=import_id,
        search_text=found_by(number.text, lot.number, item, way.supplier, way.customer, remark),
    )
    session.add(handover)
    session.flush()
    tag_presented(session, person, handover)
    return handover


def found_by(number: str, lot: str, item: Item, supplier: Unit, customer: Unit, remark: str | None) -> str:
    """Return the words by which the register finds a hand-over."""
    return searchable(
        number,
        lot,
        item.code,
        item.name_zh,
        item.name_en,
        supplier.code,
        supplier.name_zh,
        supplier.name_en,
        customer.code,
        customer.name_zh,
        customer.name_en,
        remark,
    )


def left_to_present(session: Session, handover: Handover) -> int:
    """Return how many pieces of a decided hand-over were not accepted, not presented again and not taken out."""
    again = session.scalar(select(func.sum(Handover.quantity)).where(Handover.previous_id == handover.id)) or 0
    return handover.rejected + handover.for_review - int(again) - _reported_of(session, handover, "gone")


def free_to_present(session: Session, link_id: int, lot_id: int, previous: Handover | None) -> int:
    """Return how many pieces of a lot can be presented over a link now: neither held nor gone, nor presented before."""
    lot = session.get_one(Lot, lot_id)
    free = lot.quantity - held_quantity(session, lot)
    if previous is None:
        return min(free, lot.quantity - _gone_over(session, link_id, lot_id))
    return min(free, left_to_present(session, previous) - _reported_of(session, previous, "held"))


def _reported_of(session: Session, handover: Handover, state: str) -> int:
    """Return how many pieces the rejections of a hand-over hold, or had taken out."""
    kept = session.scalar(
        select(func.sum(Hold.quantity)).join(Rejection, Rejection.id == Hold.rejection_id)
        .where(Rejection.handover_id == handover.id, Hold.lot_id == handover.lot_id, Hold.line_id.is_(None),
               Hold.state == state))
    return int(kept or 0)


def held_quantity(session: Session, lot: Lot) -> int:
    """Return how many pieces of a lot are held or were taken out, at most the lot."""
    kept = session.scalar(_KEPT, {"lot_id": lot.id}) or 0
    return min(lot.quantity, int(kept))


def _way(session: Session, person: Actor, link_id: int) -> Way:
    row = session.execute(_WAY, {"link_id": link_id}).one_or_none()
    if row is None or not sees(person, row[0].site_id):
        raise NotFound("There is no such link.", "没有这个链接。")
    way = Way(*row)
    if not way.link.active:
        raise Invalid("This link is out of use.", "此链接已停用。", field="link_id")
    return way


def _check_self_check(self_check: str) -> None:
    if self_check not in SELF_CHECKS:
        raise Invalid(
            f"There is no self-check result {self_check}.", f"没有自检结果 {self_check}。", field="self_check"
        )
    if self_check == "ng":
        raise Refused(
            "R-01",
            "The self-check found faults: report a rejection instead, so that the quantity is held.",
            "自检不合格，不能提交：请报告不合格，以便冻结该数量。",
            field="self_check",
        )


def _check_again(session: Session, previous: Handover, link_id: int, lot_id: int, quantity: int) -> None:
    step(HANDOVER, previous.state, "present_again")
    if (previous.link_id, previous.lot_id) != (link_id, lot_id):
        raise Invalid(
            "What is presented again goes over the same link and is of the same lot.",
            "重新提交须为同一链接、同一批次。",
            field="lot_id",
        )
    left = left_to_present(session, previous)
    if left <= 0:
        raise IllegalStep(
            "Everything that was not accepted has been presented again already.", "未接收的数量已全部重新提交。"
        )
    if quantity > left:
        raise Invalid(
            f"At most {left} pieces were not accepted and can be presented again.",
            f"未接收的数量为 {left} 件，最多可重新提交 {left} 件。",
            field="quantity",
        )
    held = min(left, _reported_of(session, previous, "held"))
    if quantity > left - held:
        raise Refused(
            "R-01",
            f"{held} of the {left} pieces that were not accepted are still held: decide and carry out first what "
            "becomes of them.",
            f"未接收的 {left} 件中仍有 {held} 件冻结: 请先完成处置。",
            field="quantity",
        )


def _check_quantity(session: Session, link_id: int, lot: Lot, quantity: int, *, again: bool) -> None:
    """Hold a quantity against what the lot has, what is held of it (R-01) and what went over the link before."""
    if not 0 < quantity <= lot.quantity:
        raise Invalid(
            f"Lot {lot.number} has {lot.quantity} pieces: present 1 to {lot.quantity}.",
            f"批次 {lot.number} 共 {lot.quantity} 件：请填写 1 至 {lot.quantity}。",
            field="quantity",
        )
    free = lot.quantity - held_quantity(session, lot)
    if quantity > free:
        raise Refused(
            "R-01",
            f"Of lot {lot.number} only {free} of {lot.quantity} pieces are not held.",
            f"批次 {lot.number} 共 {lot.quantity} 件，未冻结的只有 {free} 件。",
            field="quantity",
        )
    gone = 0 if again else _gone_over(session, link_id, lot.id)
    if quantity > lot.quantity - gone:
        raise Invalid(
            f"{gone} of {lot.quantity} pieces of lot {lot.number} were presented on this link before.",
            f"批次 {lot.number} 共 {lot.quantity} 件，其中 {gone} 件已在此链接上提交。",
            field="quantity",
        )


def _gone_over(session: Session, link_id: int, lot_id: int) -> int:
    """Return how many pieces of a lot were presented on a link for the first time, whatever became of them."""
    return int(session.scalar(_GONE_OVER, {"lot_id": lot_id, "link_id": link_id}) or 0)


def _day(site: Site, at: datetime) -> date:
    return at.astimezone(ZoneInfo(site.time_zone)).date()
