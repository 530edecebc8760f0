"""What is done with links: made, changed, confirmed, set aside. Knows no hand-over."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Link, Unit
from qms.rules.accounts import Actor
from qms.rules.chain import check_link, check_reason
from qms.rules.errors import Doubled, IllegalStep, Invalid
from qms.workflows.chain_records import EDIT, change, check_version, one, required


def add_link(session: Session, person: Actor, *, supplier_id: int, customer_id: int, kind: str, output_zh: str,
             output_en: str, source: str = "hand", proposed: bool = False, observed: int = 0) -> Link:
    """Say that a unit provides an output to another. Raises Invalid, Doubled, NotFound, NotAllowed."""
    supplier, customer = one(session, person, Unit, supplier_id), one(session, person, Unit, customer_id)
    person.need(EDIT, site_id=supplier.site_id, unit_path=supplier.path)
    check_link(kind, supplier.kind, customer.kind, same_unit=supplier_id == customer_id,
               same_site=supplier.site_id == customer.site_id)
    _check_in_use(supplier, "supplier_id")
    _check_in_use(customer, "customer_id")
    given = {"output_zh": required(output_zh, "output_zh"), "output_en": required(output_en, "output_en")}
    _check_single(session, supplier_id, customer_id, kind=kind, output=given["output_en"])
    link = Link(site_id=supplier.site_id, supplier_id=supplier_id, customer_id=customer_id, kind=kind, source=source,
                proposed=proposed, observed=observed, active=True, **given)
    session.add(link)
    session.flush()
    return link


def edit_link(session: Session, person: Actor, link_id: int, rev: int, **fields: Any) -> Link:
    """Change a link's kind or output; its two units are what it is and stay.

    Raises Stale, Invalid, Doubled, NotFound, NotAllowed.
    """
    link = _editable(session, person, link_id, rev, fields)
    given = {key: required(value, key) for key, value in fields.items()}
    supplier, customer = session.get_one(Unit, link.supplier_id), session.get_one(Unit, link.customer_id)
    kind, output = given.get("kind", link.kind), given.get("output_en", link.output_en)
    check_link(kind, supplier.kind, customer.kind, same_unit=False, same_site=True)
    _check_single(session, supplier.id, customer.id, kind=kind, output=output, but=link.id)
    change(link, given)
    session.flush()
    return link


def confirm_link(session: Session, person: Actor, link_id: int, rev: int) -> Link:
    """Take a proposed link into use. Raises IllegalStep when it is not proposed, Stale, NotFound, NotAllowed."""
    link = _editable(session, person, link_id, rev, {"proposed": False})
    if not link.proposed:
        raise IllegalStep("This link is confirmed already.", "此链接已确认。")
    change(link, {"proposed": False, "active": True})
    session.flush()
    return link


def retire_link(session: Session, person: Actor, link_id: int, rev: int, *, active: bool, reason: str | None) -> Link:
    """Take a link out of use (a proposed one is thereby set aside), or back into it, with a reason.

    Raises Refused (R-43) without a reason, Invalid when a unit of it is out of use, Stale, NotFound, NotAllowed.
    """
    link = _editable(session, person, link_id, rev, {"active": active})
    session.info["reason"] = check_reason(reason)
    if active:
        _check_in_use(session.get_one(Unit, link.supplier_id), None)
        _check_in_use(session.get_one(Unit, link.customer_id), None)
    change(link, {"active": active})
    session.flush()
    return link


def _editable(session: Session, person: Actor, link_id: int, rev: int, given: dict[str, Any]) -> Link:
    """Return a link, at the version read, for someone who may edit its supplier."""
    link = one(session, person, Link, link_id)
    supplier = session.get_one(Unit, link.supplier_id)
    person.need(EDIT, site_id=link.site_id, unit_path=supplier.path)
    check_version(link, rev, given)
    return link


def _check_in_use(unit: Unit, field: str | None) -> None:
    if not unit.active:
        raise Invalid(f"The unit {unit.code} is out of use.", f"单元 {unit.code} 已停用。", field=field)


def _check_single(session: Session, supplier_id: int, customer_id: int, *, kind: str, output: str,
                  but: int | None = None) -> None:
    found = select(Link.id).where(Link.supplier_id == supplier_id, Link.customer_id == customer_id, Link.kind == kind,
                                  Link.output_en == output)
    if but is not None:
        found = found.where(Link.id != but)
    if session.scalar(found.limit(1)) is not None:
        raise Doubled("There is already such a link of these units with this output (it may be out of use).",
                      "这两个单元之间已有输出相同的此类链接 (可能已停用)。", field="output_en")
