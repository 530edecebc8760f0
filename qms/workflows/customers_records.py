"""How an outside customer is found for a person, and where that person may work on it. Knows no page."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.models.chain import Unit
from qms.models.customers import Customer
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound

VIEW = "customers.view"
EDIT = "customers.edit"


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's customers."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def head_of(session: Session, person: Actor, customer_id: int) -> Unit:
    """Return the unit of an outside customer that the person may see, registered or not. Raises NotFound."""
    unit = session.get(Unit, customer_id)
    if unit is None or unit.kind != "customer" or not sees(person, unit.site_id):
        raise NotFound("There is no such customer.", "没有这个顾客。")
    return unit


def one(session: Session, person: Actor, customer_id: int, *, lock: bool = False) -> Customer:
    """Return what is registered of a customer, by the id of its unit. Raises NotFound."""
    head_of(session, person, customer_id)
    query = select(Customer).where(Customer.unit_id == customer_id)
    found = session.scalar(
        query.with_for_update() if lock else query.options(joinedload(Customer.unit).joinedload(Unit.site)))
    if found is None:
        raise NotFound("This customer is not registered yet.", "该顾客尚未登记。")
    return found


def need(session: Session, person: Actor, permission: str, customer_id: int) -> int | None:
    """Return the grant by which the person may do something for a customer. Raises NotAllowed."""
    unit = session.get_one(Unit, customer_id)
    return person.need(permission, site_id=unit.site_id, unit_path=unit.path)


def of_customer(session: Session, model: type[Any], record_id: int | None, customer_id: int, field: str) -> int | None:
    """Return the id of a part of this customer; None stays. Raises Invalid for a part of another one."""
    if record_id is None:
        return None
    found = session.get(model, record_id)
    if found is None or found.customer_id != customer_id:
        raise Invalid("This does not belong to the customer.", "这不属于该顾客。", field=field)
    return record_id
