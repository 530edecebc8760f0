"""What belongs to a customer and is kept line by line: plants, contacts, targets, requirements (CSR). Knows no page."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Item
from qms.models.customers import CustomerContact, CustomerPlant, CustomerRequirement, CustomerTarget
from qms.rules import customers as rules
from qms.rules.accounts import Actor, check_email
from qms.rules.customers_metrics import check_value
from qms.rules.errors import Doubled, Invalid, NotFound
from qms.workflows.chain_records import change, optional, required
from qms.workflows.customers_records import EDIT, need, of_customer, one
from qms.workflows.rejections_records import check_version

Given = dict[str, Any]


class Part(NamedTuple):
    """A kind of line: its table, the texts that it must and may have, and what else is checked."""

    model: type[Any]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    check: Callable[[Session, int, Given, int | None], None]


def add(session: Session, person: Actor, customer_id: int, kind: str, /, **fields: Any) -> Any:
    """Add a line to a customer. Raises Invalid, Doubled, NotFound, NotAllowed; KeyError for an unknown kind."""
    customer = one(session, person, customer_id, lock=True)
    need(session, person, EDIT, customer_id)
    given = _checked(session, PARTS[kind], customer_id, fields, None)
    made = PARTS[kind].model(site_id=customer.site_id, customer_id=customer_id, **({"active": True} | given))
    session.add(made)
    session.flush()
    return made


def edit(session: Session, person: Actor, part_id: int, kind: str, rev: int, /, **fields: Any) -> Any:
    """Change a line of a customer, or take it out of use. Raises Stale, Invalid, Doubled, NotFound, NotAllowed."""
    held = part(session, person, kind, part_id)
    need(session, person, EDIT, held.customer_id)
    check_version(held, rev, fields)
    given = _checked(session, PARTS[kind], held.customer_id, fields, held.id)
    with session.no_autoflush:
        change(held, given)
    session.flush()
    return held


def part(session: Session, person: Actor, kind: str, part_id: int) -> Any:
    """Return a line of a customer that the person may see. Raises NotFound."""
    held = session.get(PARTS[kind].model, part_id)
    if held is None:
        raise NotFound
    one(session, person, held.customer_id)
    return held


def _checked(session: Session, kind: Part, customer_id: int, fields: Given, but: int | None) -> Given:
    given = dict(fields)
    given |= {name: required(given.get(name), name) for name in kind.required}
    given |= {name: optional(given.get(name)) for name in kind.optional}
    kind.check(session, customer_id, given, but)
    return given


def _check_plant(session: Session, customer_id: int, given: Given, but: int | None) -> None:
    found = session.scalar(select(CustomerPlant.id).where(
        CustomerPlant.customer_id == customer_id, CustomerPlant.code == given["code"], CustomerPlant.id != (but or 0)))
    if found is not None:
        raise Doubled(f"{given['code']} is already there.", f"{given['code']} 已存在。", field="code")


def _check_contact(session: Session, customer_id: int, given: Given, _but: int | None) -> None:
    given["email"] = check_email(given["email"])
    given["plant_id"] = of_customer(session, CustomerPlant, given.get("plant_id"), customer_id, "plant_id")
    if given.get("function") not in rules.FUNCTIONS:
        raise Invalid("Say what this contact answers for.", "请选择职能。", field="function")
    if given.get("written_in") not in rules.LANGUAGES:
        raise Invalid("The language is zh or en.", "语言须为 zh 或 en。", field="written_in")


def _check_target(session: Session, customer_id: int, given: Given, but: int | None) -> None:
    if given.get("value") is None:
        raise Invalid("Give the target.", "请填写目标值。", field="value")
    check_value(given["metric"], given["value"], "value")
    found = session.scalar(select(CustomerTarget.id).where(
        CustomerTarget.customer_id == customer_id, CustomerTarget.metric == given["metric"], CustomerTarget.active,
        CustomerTarget.valid_from == given["valid_from"], CustomerTarget.id != (but or 0)))
    if found is not None and given.get("active", True):
        raise Doubled("A target of this metric begins on this day already.", "该指标当日已有目标值。",
                      field="valid_from")


def _check_requirement(session: Session, customer_id: int, given: Given, _but: int | None) -> None:
    rules.check_requirement(given["kind"], given.get("hours"))
    rules.check_days(given.get("valid_from"), given.get("valid_to"))
    item = session.get(Item, given["item_id"]) if given.get("item_id") is not None else None
    if given.get("item_id") is not None and (item is None or item.customer_id != customer_id):
        raise Invalid("This item does not go to the customer.", "该产品不属于此顾客。", field="item_id")


PARTS: dict[str, Part] = {
    "plant": Part(CustomerPlant, ("code", "name_zh", "name_en"), ("address",), _check_plant),
    "contact": Part(CustomerContact, ("name",), ("phone", "email"), _check_contact),
    "target": Part(CustomerTarget, (), ("source_doc",), _check_target),
    "requirement": Part(CustomerRequirement, ("text_zh", "text_en"), ("source_doc",), _check_requirement),
}


def target_on(session: Session, customer_id: int, metric: str, on: date) -> CustomerTarget | None:
    """Return what a customer expects by a metric on a day; None where it named nothing."""
    return session.scalar(
        select(CustomerTarget).where(CustomerTarget.customer_id == customer_id, CustomerTarget.metric == metric,
                                     CustomerTarget.active, CustomerTarget.valid_from <= on)
        .order_by(CustomerTarget.valid_from.desc(), CustomerTarget.id.desc()).limit(1))
