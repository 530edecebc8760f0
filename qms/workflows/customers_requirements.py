"""Which requirements of a customer bite where: for an item, a customer, on a day. Changes nothing, knows no page.

Source: IATF 16949:2016 8.7.1.2, 8.7.1.4.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.chain import Item, Unit
from qms.models.customers import CustomerRequirement
from qms.rules.accounts import Actor
from qms.workflows.acceptance_records import today
from qms.workflows.customers_records import VIEW, sees

MOST_SHOWN = 30


def that_bite(session: Session, person: Actor, *, item_id: int | None = None,
              customer_id: int | None = None) -> Sequence[CustomerRequirement]:
    """Return what the customer of an item, or this customer, asks for today, as far as the person may know it."""
    item = session.get(Item, item_id) if item_id is not None else None
    customer = customer_id or (item.customer_id if item is not None else None)
    if customer is None or not person.may(VIEW):
        return []
    unit = session.get(Unit, customer)
    if unit is None or not sees(person, unit.site_id):
        return []
    return in_force(session, customer, item_id, today(session, unit.site_id))


def in_force(session: Session, customer_id: int, item_id: int | None, on: date,
             kind: str = "") -> Sequence[CustomerRequirement]:
    """Return the requirements of a customer on a day for an item (None: those for all of its items)."""
    of_item = CustomerRequirement.item_id.is_(None)
    query = select(CustomerRequirement).where(
        CustomerRequirement.customer_id == customer_id, CustomerRequirement.active,
        of_item if item_id is None else or_(of_item, CustomerRequirement.item_id == item_id),
        CustomerRequirement.valid_from <= on,
        or_(CustomerRequirement.valid_to.is_(None), CustomerRequirement.valid_to >= on))
    if kind:
        query = query.where(CustomerRequirement.kind == kind)
    return session.scalars(query.options(joinedload(CustomerRequirement.item), joinedload(CustomerRequirement.customer))
                           .order_by(CustomerRequirement.kind, CustomerRequirement.id).limit(MOST_SHOWN)).all()


def asks_for_rework(session: Session, item: Item | None, on: date) -> bool:
    """Tell whether the customer of an item wants to approve its rework first (R-10)."""
    return item is not None and item.customer_id is not None and bool(
        in_force(session, item.customer_id, item.id, on, "rework_approval"))


def notice_hours(session: Session, customer_id: int, item_id: int | None, on: date) -> int | None:
    """Return within how many hours a customer wants to be told; None where it names no time. The shortest holds."""
    hours = [one.hours for one in in_force(session, customer_id, item_id, on, "notice_hours") if one.hours is not None]
    return min(hours, default=None)
