"""How a complaint is traced to the operation of origin and the hand-overs that let it pass (R-30). Knows no page.

Source: shared rule C.3; IATF 16949:2016 10.2.6.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Unit
from qms.models.customers_complaints import CustomerComplaint, CustomerComplaintPassage
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.workflows import rejections_records
from qms.workflows.acceptance_records import today
from qms.workflows.chain_records import optional
from qms.workflows.customers_complaints_records import begun
from qms.workflows.rejections_escapes import detectable_at, way

CONFIRMED = ("confirmed", "decided")


def trace(session: Session, person: Actor, complaint_id: int, rev: int, *, origin_unit_id: int | None,
          unknown_reason: str | None = None) -> CustomerComplaint:
    """Name the origin, and find the way that the defect went; or say why it is not known.

    Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    held, _state = begun(session, person, complaint_id, rev, "trace", origin_unit_id=origin_unit_id)
    origin = session.get(Unit, origin_unit_id) if origin_unit_id is not None else None
    if origin_unit_id is not None and (origin is None or origin.site_id != held.site_id or origin.kind == "customer"):
        raise Invalid("This cannot be an origin.", "不能作为责任工序。", field="origin_unit_id")
    reason = optional(unknown_reason)
    if origin is None and reason is None:
        raise Invalid("Name the origin, or say why it is not known.", "请指明责任工序, 或说明为何未知。",
                      field="origin_unit_id")
    held.unknown_reason = reason
    _traced(session, held, origin)
    return held


def link(session: Session, person: Actor, complaint_id: int, rev: int, *, number: str | None) -> CustomerComplaint:
    """Link the rejection under which the same is dealt with inside; its origin and way are taken over.

    Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    held, _state = begun(session, person, complaint_id, rev, "link")
    text = (number or "").strip().upper()
    rejection = session.scalar(select(Rejection).where(Rejection.number == text))
    if rejection is None or rejection.state == "void" or rejection.site_id != held.site_id \
            or not rejections_records.sees(person, rejection.site_id):
        raise Invalid(f"There is no such rejection: {text}.", f"没有这条不合格: {text}。", field="number")
    held.rejection_id = rejection.id
    session.flush()
    trace_by_rejection(session, held)
    return held


def trace_by_rejection(session: Session, held: CustomerComplaint) -> None:
    """Take over item, lot, defect and the origin from the linked rejection; an assumed origin is not enough."""
    rejection = session.get_one(Rejection, held.rejection_id)
    held.item_id = held.item_id or rejection.item_id
    held.lot_id = held.lot_id or rejection.lot_id
    held.defect_id = held.defect_id or rejection.defect_id
    if rejection.origin_state in CONFIRMED and rejection.origin_unit_id is not None:
        _traced(session, held, session.get_one(Unit, rejection.origin_unit_id))
    session.flush()


def is_traced(held: CustomerComplaint) -> bool:
    """Tell whether the way from the origin to the customer is known."""
    return held.origin_unit_id is not None and held.escape_steps is not None


def _traced(session: Session, held: CustomerComplaint, origin: Unit | None) -> None:
    """Keep the origin and the operations in between; passages that are no longer true stay, inactive."""
    on = today(session, held.site_id)
    found = session.get_one(Unit, held.customer_id)
    units = None if origin is None else way(session, held.item_id, on, origin, found)
    held.origin_unit_id = None if origin is None else origin.id
    held.escape_steps = None if units is None else len(units) - 1
    fresh = _between(session, held, units or [])
    before = list(session.scalars(select(CustomerComplaintPassage).where(
        CustomerComplaintPassage.complaint_id == held.id, CustomerComplaintPassage.active)
        .order_by(CustomerComplaintPassage.position)))
    if _plainly(before) != _plainly(fresh):
        for passage in before:
            passage.active = False
        session.add_all(fresh)
    session.flush()


def _between(session: Session, held: CustomerComplaint, units: Sequence[int]) -> list[CustomerComplaintPassage]:
    """Return the operations between origin and customer, with whether a standard planned to find the defect there."""
    finds = detectable_at(session, units[:-1], held.item_id, held.defect_id, today(session, held.site_id))
    return [CustomerComplaintPassage(complaint_id=held.id, position=position, unit_id=unit, detectable=unit in finds,
                                     active=True) for position, unit in enumerate(units[1:-1], start=1)]


def _plainly(passages: Sequence[CustomerComplaintPassage]) -> list[tuple[int, int, bool]]:
    return [(p.position, p.unit_id, p.detectable) for p in passages]
