"""How notices to customers come about: opened by the system when suspect product was shipped (R-16). Knows no page."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.acceptance import Handover
from qms.models.chain import Item, Site, Unit
from qms.models.dispositions_concessions import CustomerNotice
from qms.models.rejections import ContainmentLine, Rejection
from qms.rules import dispositions_notices as rules
from qms.rules.steps import step
from qms.workflows.acceptance_records import today
from qms.workflows.customers_requirements import notice_hours
from qms.workflows.numbers import NOTICE, next_number


def waits_for_notice(session: Session, rejection: Rejection) -> bool:
    """Open what has to be told to customers and is not yet; tell whether the rejection waits for a notice.

    Pieces that become known while a notice still waits are added to it; after it was told they open another one.
    """
    held = session.scalars(select(CustomerNotice).where(
        CustomerNotice.rejection_id == rejection.id, CustomerNotice.state != "void").order_by(CustomerNotice.id)).all()
    more = shipped(session, rejection) - sum(n.quantity for n in held)
    due = next((n for n in held if n.state == "due"), None)
    if more > 0 and due is not None:
        due.quantity += more
        acted(session, "R-16")
    elif more > 0:
        held = [*held, _open(session, rejection, more)]
    session.flush()
    return any(n.state in rules.OPEN for n in held)


def void_notices(session: Session, rejection: Rejection) -> None:
    """Void what a void rejection has not told anybody yet, for the same reason."""
    for notice in session.scalars(select(CustomerNotice).where(
            CustomerNotice.rejection_id == rejection.id, CustomerNotice.state == "due")):
        notice.state, notice.void_reason = step(rules.STEPS, notice.state, "void"), rejection.void_reason


def shipped(session: Session, rejection: Rejection) -> int:
    """Return how many suspect pieces have left the plant by what is known: found outside, or answered so."""
    if rejection.state == "void":
        return 0
    answered = session.scalar(select(func.coalesce(func.sum(ContainmentLine.suspect), 0)).where(
        ContainmentLine.rejection_id == rejection.id, ContainmentLine.place.in_(rules.SHIPPED))) or 0
    outside = _found_in(session, rejection).kind == "customer"
    return max(answered, rejection.quantity if outside else 0)


def _open(session: Session, rejection: Rejection, quantity: int) -> CustomerNotice:
    """Open a notice; its clock runs from now, when the plant came to know of it."""
    at = now(session)
    site = session.get_one(Site, rejection.site_id)
    number = next_number(session, NOTICE, site)
    customers = customers_of(session, rejection)
    made = CustomerNotice(
        site_id=rejection.site_id, year=number.year, serial=number.serial, number=number.text,
        rejection_id=rejection.id, customer_id=customers[0] if len(customers) == 1 else None, state=rules.STEPS.first,
        quantity=quantity, known_at=at,
        due_at=rules.due_at(at, site.notice_hours, _asked_hours(session, rejection, customers)))
    session.add(made)
    acted(session, "R-16")
    return made


def _asked_hours(session: Session, rejection: Rejection, customers: Sequence[int]) -> int | None:
    """Return the shortest time that one of these customers asks for; None where none names a time."""
    on = today(session, rejection.site_id)
    asked = (notice_hours(session, customer, rejection.item_id, on) for customer in customers)
    return min((hours for hours in asked if hours is not None), default=None)


def customers_of(session: Session, rejection: Rejection) -> Sequence[int]:
    """Return who has received it by what is known: who found it, the item's customer, else who was handed the lot."""
    found = _found_in(session, rejection)
    if found.kind == "customer":
        return [found.id]
    item = session.get(Item, rejection.item_id) if rejection.item_id is not None else None
    if item is not None and item.customer_id is not None:
        return [item.customer_id]
    if rejection.lot_id is None:
        return []
    return session.scalars(
        select(Handover.customer_id).join(Unit, Unit.id == Handover.customer_id)
        .where(Handover.lot_id == rejection.lot_id, Unit.kind == "customer").distinct()
        .order_by(Handover.customer_id)).all()


def _found_in(session: Session, rejection: Rejection) -> Unit:
    return session.get_one(Unit, rejection.found_unit_id)
