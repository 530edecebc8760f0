"""What is done with items and defect codes: made, changed, taken out of use. Knows no lot."""

from typing import Any, TypeVar

from sqlalchemy.orm import Session

from qms.models.chain import Defect, Item, Unit
from qms.rules.accounts import Actor
from qms.rules.chain import check_reason, check_special
from qms.rules.errors import Invalid
from qms.rules.rejections import SEVERITIES
from qms.workflows.chain_records import (
    change,
    check_free,
    for_edit,
    initials,
    one,
    optional,
    required,
    site_of,
)

T = TypeVar("T", Item, Defect)

_REQUIRED = {"code", "name_zh", "name_en", "unit", "severity"}
_OPTIONAL = {"zone", "requirement_zh", "requirement_en"}


def add_item(session: Session, person: Actor, *, site_id: int, code: str, name_zh: str, name_en: str,
             drawing_rev: str = "", unit: str = "pcs", special: str = "", customer_id: int | None = None) -> Item:
    """Make an item. Raises Invalid, Doubled, NotFound, NotAllowed."""
    site_of(session, person, site_id)
    given = _checked({"code": code, "name_zh": name_zh, "name_en": name_en, "drawing_rev": drawing_rev, "unit": unit,
                      "special": special, "customer_id": customer_id})
    check_free(session, Item.code, given["code"], site_id=site_id)
    _check_customer(session, person, customer_id, site_id)
    item = Item(site_id=site_id, active=True, initials=initials(given["name_zh"], 200), **given)
    session.add(item)
    session.flush()
    return item


def edit_item(session: Session, person: Actor, item_id: int, rev: int, **fields: Any) -> Item:
    """Change the given fields of an item. Raises Stale, Invalid, Doubled, NotFound, NotAllowed."""
    item = for_edit(session, person, Item, item_id, rev=rev, given=fields)
    given = _checked(fields)
    if "code" in given:
        check_free(session, Item.code, given["code"], site_id=item.site_id, but=item.id)
    if given.get("customer_id", item.customer_id) != item.customer_id:
        _check_customer(session, person, given["customer_id"], item.site_id)
    if "name_zh" in given:
        given["initials"] = initials(given["name_zh"], 200)
    change(item, given)
    session.flush()
    return item


def add_defect(session: Session, person: Actor, *, site_id: int, code: str, name_zh: str, name_en: str, severity: str,
               zone: str | None = None, requirement_zh: str | None = None,
               requirement_en: str | None = None) -> Defect:
    """Make a defect code; its pinyin initials come from the Chinese name. Raises Invalid, Doubled, NotAllowed."""
    site_of(session, person, site_id)
    given = _checked({"code": code, "name_zh": name_zh, "name_en": name_en, "severity": severity, "zone": zone,
                      "requirement_zh": requirement_zh, "requirement_en": requirement_en})
    check_free(session, Defect.code, given["code"], site_id=site_id)
    defect = Defect(site_id=site_id, active=True, initials=initials(given["name_zh"], 120), **given)
    session.add(defect)
    session.flush()
    return defect


def edit_defect(session: Session, person: Actor, defect_id: int, rev: int, **fields: Any) -> Defect:
    """Change the given fields of a defect code. Raises Stale, Invalid, Doubled, NotFound, NotAllowed."""
    defect = for_edit(session, person, Defect, defect_id, rev=rev, given=fields)
    given = _checked(fields)
    if "code" in given:
        check_free(session, Defect.code, given["code"], site_id=defect.site_id, but=defect.id)
    if "name_zh" in given:
        given["initials"] = initials(given["name_zh"], 120)
    change(defect, given)
    session.flush()
    return defect


def retire(session: Session, person: Actor, cls: type[T], record_id: int, rev: int, *, active: bool,
           reason: str | None) -> T:
    """Take an item or defect code out of use, or back into it. Raises Refused (R-43) without a reason, Stale."""
    record = for_edit(session, person, cls, record_id, rev=rev, given={"active": active})
    session.info["reason"] = check_reason(reason)
    change(record, {"active": active})
    session.flush()
    return record


def _check_customer(session: Session, person: Actor, customer_id: int | None, site_id: int) -> None:
    if customer_id is None:
        return
    customer = one(session, person, Unit, customer_id)
    if customer.site_id != site_id or customer.kind != "customer":
        raise Invalid("The customer of an item is an outside customer of the same site.",
                      "产品的客户须为同一工厂的外部顾客。", field="customer_id")


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    given = dict(fields)
    for key in given.keys() & _REQUIRED:
        given[key] = required(given[key], key)
    for key in given.keys() & _OPTIONAL:
        given[key] = optional(given[key])
    if "drawing_rev" in given:
        given["drawing_rev"] = (given["drawing_rev"] or "").strip()
    if "special" in given:
        check_special(given["special"])
    if "severity" in given and given["severity"] not in SEVERITIES:
        raise Invalid(f"There is no severity {given['severity']}. Give CR, MA or MI.",
                      f"没有严重度 {given['severity']}。请填 CR、MA 或 MI。", field="severity")
    return given
