"""What is done with units: made, changed, moved in the tree, taken out of use. Knows no hand-over."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qms.models.chain import Link, Routing, RoutingStep, Unit
from qms.rules.accounts import Actor
from qms.rules.chain import check_link, check_reason, check_unit_kind
from qms.rules.errors import Invalid
from qms.workflows.chain_records import (
    EDIT,
    change,
    check_free,
    for_edit,
    initials,
    one,
    optional,
    required,
    site_of,
)

SHEET = ("purpose", "scope", "responsibilities", "steps", "records_used")
"""The parts of a unit's procedure sheet."""

_REQUIRED = {"kind", "code", "name_zh", "name_en"}
_OPTIONAL = {"line", *SHEET}


def add_unit(session: Session, person: Actor, *, site_id: int, kind: str, code: str, name_zh: str, name_en: str,
             parent_id: int | None = None, line: str | None = None, inspects: bool = False, final: bool = False,
             **sheet: str | None) -> Unit:
    """Make a unit below its parent (None: at the top). `sheet` holds parts of SHEET. Raises Invalid, Doubled."""
    parent = _parent(session, person, parent_id, site_id)
    site_of(session, person, site_id, parent.path if parent else "")
    given = _checked({"kind": kind, "code": code, "name_zh": name_zh, "name_en": name_en, "line": line, **sheet})
    check_free(session, Unit.code, given["code"], site_id=site_id)
    unit = Unit(site_id=site_id, parent_id=parent_id, path="", inspects=inspects, final=final, active=True,
                initials=initials(given["name_zh"], 120), **given)
    session.add(unit)
    session.flush()
    unit.path = _path(parent, unit.id)
    session.flush()
    return unit


def edit_unit(session: Session, person: Actor, unit_id: int, rev: int, **fields: Any) -> Unit:
    """Change the given fields of a unit; a new parent moves it with all below it.

    Raises Stale, Invalid, Doubled, NotFound, NotAllowed.
    """
    unit = for_edit(session, person, Unit, unit_id, rev=rev, given=fields)
    given = _checked(fields)
    if "code" in given:
        check_free(session, Unit.code, given["code"], site_id=unit.site_id, but=unit.id)
    if "name_zh" in given:
        given["initials"] = initials(given["name_zh"], 120)
    if given.get("kind", unit.kind) != unit.kind:
        _check_links_fit(session, unit, given["kind"])
    parent_id = given.pop("parent_id", unit.parent_id)
    change(unit, given)
    if parent_id != unit.parent_id:
        _move(session, person, unit, parent_id)
    session.flush()
    return unit


def retire_unit(session: Session, person: Actor, unit_id: int, rev: int, *, active: bool,
                reason: str | None) -> Unit:
    """Take a unit out of use, or back into it, with a reason.

    Raises Refused (R-43) without a reason, Invalid while links, routings in use or units below it still need it.
    """
    unit = for_edit(session, person, Unit, unit_id, rev=rev, given={"active": active})
    session.info["reason"] = check_reason(reason)
    if not active:
        _check_unused(session, unit)
    change(unit, {"active": active})
    session.flush()
    return unit


def _parent(session: Session, person: Actor, parent_id: int | None, site_id: int) -> Unit | None:
    if parent_id is None:
        return None
    parent = one(session, person, Unit, parent_id)
    if parent.site_id != site_id:
        raise Invalid("The unit above belongs to another site.", "上级单元属于另一工厂。", field="parent_id")
    return parent


def _path(parent: Unit | None, unit_id: int) -> str:
    path = f"{parent.path if parent else ''}{unit_id}."
    if len(path) > 200:
        raise Invalid("The tree of units is too deep here.", "此处单元层级过深。", field="parent_id")
    return path


def _move(session: Session, person: Actor, unit: Unit, parent_id: int | None) -> None:
    """Put a unit below another, and keep the paths of all units below it right."""
    parent = _parent(session, person, parent_id, unit.site_id)
    person.need(EDIT, site_id=unit.site_id, unit_path=parent.path if parent else "")
    if parent is not None and parent.path.startswith(unit.path):
        raise Invalid("A unit cannot stand below itself.", "单元不能归属于自身或其下级。", field="parent_id")
    old, new = unit.path, _path(parent, unit.id)
    below = session.scalars(select(Unit).where(Unit.site_id == unit.site_id, Unit.path.startswith(old),
                                               Unit.id != unit.id)).all()
    unit.parent_id, unit.path = parent_id, new
    for lower in below:
        if len(new) + len(lower.path) - len(old) > 200:
            raise Invalid("The tree of units would become too deep.", "单元层级将过深。", field="parent_id")
        lower.path = new + lower.path[len(old):]


def _check_links_fit(session: Session, unit: Unit, kind: str) -> None:
    links = session.scalars(select(Link).where(or_(Link.supplier_id == unit.id, Link.customer_id == unit.id),
                                               Link.active)).all()
    for link in links:
        ends = [kind if end == unit.id else session.get_one(Unit, end).kind
                for end in (link.supplier_id, link.customer_id)]
        try:
            check_link(link.kind, *ends, same_unit=False, same_site=True)
        except Invalid as error:
            raise Invalid(f"A link of this unit does not allow the kind: {error.words.en}",
                          f"此单元的一条链接不允许该类别: {error.words.zh}", field="kind") from error


def _check_unused(session: Session, unit: Unit) -> None:
    """Raise Invalid when something in use still needs the unit."""
    links = len(session.scalars(select(Link.id).where(
        or_(Link.supplier_id == unit.id, Link.customer_id == unit.id), Link.active)).all())
    below = len(session.scalars(select(Unit.id).where(Unit.parent_id == unit.id, Unit.active)).all())
    routings = len(session.scalars(
        select(Routing.id).join(RoutingStep, RoutingStep.routing_id == Routing.id)
        .where(RoutingStep.unit_id == unit.id, Routing.active, Routing.valid_to.is_(None)).distinct()).all())
    if links or below or routings:
        raise Invalid(
            f"It is still needed: links {links}, units below it {below}, routings {routings}. Change those first.",
            f"仍在使用: 链接 {links} 条, 下级单元 {below} 个, 工艺路线 {routings} 条。请先变更这些记录。")


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    given = dict(fields)
    for key in given.keys() & _REQUIRED:
        given[key] = required(given[key], key)
    for key in given.keys() & _OPTIONAL:
        given[key] = optional(given[key])
    if "kind" in given:
        check_unit_kind(given["kind"])
    return given
