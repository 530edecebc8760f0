"""How outside customers are registered and changed. The unit of the chain stays the customer's head."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.customers import Customer
from qms.rules import customers as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Doubled, Invalid
from qms.workflows.chain_records import change, optional
from qms.workflows.customers_grading import grade
from qms.workflows.customers_records import EDIT, head_of, need, one
from qms.workflows.rejections_records import check_version

TEXTS = ("portal_url", "portal_note", "note")
GRADED = ("share_percent", "strategic", "risk")
"""What a change of leads to another grade."""


def register(session: Session, person: Actor, customer_id: int, **fields: Any) -> Customer:
    """Register what is kept of a customer beside its unit, and grade it. Raises Doubled, Invalid, NotFound..."""
    unit = head_of(session, person, customer_id)
    need(session, person, EDIT, customer_id)
    if session.scalar(select(Customer.id).where(Customer.unit_id == customer_id)) is not None:
        raise Doubled("This customer is registered already.", "该顾客已登记。", field="unit_id")
    made = Customer(site_id=unit.site_id, unit_id=unit.id, **({"active": True} | _checked(fields)))
    session.add(made)
    session.flush()
    grade(session, person, made)
    return made


def edit(session: Session, person: Actor, customer_id: int, rev: int, **fields: Any) -> Customer:
    """Change a customer; one whose grading facts change is graded anew. Raises Stale, Invalid, NotFound..."""
    customer = one(session, person, customer_id, lock=True)
    need(session, person, EDIT, customer_id)
    check_version(customer, rev, fields)
    given = _checked(fields)
    differs = any(name in given and getattr(customer, name) != given[name] for name in GRADED)
    with session.no_autoflush:
        change(customer, given)
    session.flush()
    if differs:
        grade(session, person, customer)
    return customer


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {key: optional(value) if key in TEXTS else value for key, value in fields.items()}
    given["risk"] = given.get("risk") or None
    rules.check_customer(given.get("share_percent"), given["risk"])
    address = given.get("portal_url")
    if address is not None and not address.startswith(("https://", "http://")):
        raise Invalid("The address of a portal begins with https://.", "门户网站地址以 https:// 开头。",
                      field="portal_url")
    if given.get("written_in", "zh") not in rules.LANGUAGES:
        raise Invalid("The language is zh or en.", "语言须为 zh 或 en。", field="written_in")
    return given
