"""What is done with routings: revised by date, confirmed, set aside, turned into links. Knows no hand-over."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import Date, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from qms.db import acted
from qms.db.prepared import Prepared
from qms.models.chain import Item, Link, Routing, RoutingStep, Unit
from qms.rules.accounts import Actor
from qms.rules.chain import ROUTED, check_reason
from qms.rules.errors import IllegalStep, Invalid, NotFound, Refused
from qms.workflows.chain_links import add_link
from qms.workflows.chain_records import EDIT, change, check_version, one
from qms.workflows.chain_standing import today

MOST_STEPS = 200


def add_routing(session: Session, person: Actor, *, item_id: int, unit_ids: Sequence[int], valid_from: date,
                source: str = "hand", proposed: bool = False, observed: int = 0) -> Routing:
    """Make the next revision of an item's routing; it closes the former one the day before (R-50).

    A proposed one closes nothing until it is confirmed. Raises Invalid, Refused (R-50), NotFound, NotAllowed.
    """
    item = one(session, person, Item, item_id)
    person.need(EDIT, site_id=item.site_id, unit_path="")
    _check_steps(session, person, item, unit_ids)
    if not proposed:
        _close_former(session, item, valid_from)
    last = session.scalar(select(func.max(Routing.revision)).where(Routing.item_id == item_id)) or 0
    routing = Routing(item_id=item_id, revision=last + 1, valid_from=valid_from, valid_to=None, source=source,
                      proposed=proposed, observed=observed, active=True)
    session.add(routing)
    session.flush()
    for position, unit_id in enumerate(unit_ids, start=1):
        session.add(RoutingStep(routing_id=routing.id, position=position, unit_id=unit_id))
    session.flush()
    return routing


def confirm_routing(session: Session, person: Actor, routing_id: int, rev: int, *, valid_from: date) -> Routing:
    """Put a proposed routing in force from a day; it closes the former one (R-50).

    Raises IllegalStep when it is not proposed, Refused (R-50), Stale, NotFound, NotAllowed.
    """
    routing, item = one_routing(session, person, routing_id)
    person.need(EDIT, site_id=item.site_id, unit_path="")
    check_version(routing, rev, {"valid_from": valid_from})
    if not routing.proposed:
        raise IllegalStep("This routing is confirmed already.", "此工艺路线已确认。")
    _close_former(session, item, valid_from)
    change(routing, {"proposed": False, "active": True, "valid_from": valid_from})
    session.flush()
    return routing


def set_routing_aside(session: Session, person: Actor, routing_id: int, rev: int, *, reason: str | None) -> Routing:
    """Say that a proposed routing is not one. Raises IllegalStep, Refused (R-43), Stale, NotFound, NotAllowed."""
    routing, item = one_routing(session, person, routing_id)
    person.need(EDIT, site_id=item.site_id, unit_path="")
    check_version(routing, rev, {"active": False})
    if not routing.proposed or not routing.active:
        raise IllegalStep("Only a proposed routing can be set aside; a confirmed one ends with the next revision.",
                          "只能搁置待确认的工艺路线; 已确认的随下一版本失效。")
    session.info["reason"] = check_reason(reason)
    change(routing, {"active": False})
    session.flush()
    return routing


def propose_links(session: Session, person: Actor, routing_id: int) -> list[Link]:
    """Propose the operation links between neighbours of a routing, and on to the item's customer, that are missing."""
    routing, item = one_routing(session, person, routing_id)
    stops = [step.unit_id for step in routing.steps]
    if item.customer_id is not None:
        stops.append(item.customer_id)
    made = []
    for supplier_id, customer_id in dict.fromkeys(pairwise(stops)):
        there = session.scalar(select(Link.id).where(
            Link.supplier_id == supplier_id, Link.customer_id == customer_id, Link.kind == "operation").limit(1))
        if there is None:
            made.append(add_link(session, person, supplier_id=supplier_id, customer_id=customer_id, kind="operation",
                                 output_zh=item.name_zh, output_en=item.name_en, source="routing", proposed=True))
    return made


def units_by_code(session: Session, site_id: int, codes: Sequence[str]) -> list[int]:
    """Return the ids of units of a site, in the order of their codes given. Raises Invalid naming all unknown codes."""
    known = {unit.code: unit.id for unit in session.scalars(
        select(Unit).where(Unit.site_id == site_id, Unit.code.in_(codes)))}
    unknown = ", ".join(dict.fromkeys(code for code in codes if code not in known))
    if unknown:
        raise Invalid(f"There is no unit with this code: {unknown}.", f"没有代码为 {unknown} 的单元。",
                      field="unit_ids")
    return [known[code] for code in codes]


def one_routing(session: Session, person: Actor, routing_id: int) -> tuple[Routing, Item]:
    """Return a routing with its item. Raises NotFound."""
    routing = session.get(Routing, routing_id)
    if routing is None:
        raise NotFound
    return routing, one(session, person, Item, routing.item_id)


def routing_in_force(session: Session, item_id: int, on: date) -> Routing | None:
    """Return the revision that a person put in force for that day; None when there is none."""
    return session.scalar(
        select(Routing).options(selectinload(Routing.steps))
        .where(Routing.item_id == item_id, ~Routing.proposed, Routing.valid_from <= on,
               or_(Routing.valid_to.is_(None), Routing.valid_to >= on))
        .order_by(Routing.revision.desc()).limit(1))


def route(session: Session, item_id: int, on: date) -> list[int]:
    """Return the unit ids that an item passed in order on a day; empty when no routing is known.

    Where no person has put a routing in force, the most observed of the proposed ones stands in.
    """
    rows = _ROUTES.rows(session.connection(), {"item": item_id, "day": on})
    return [unit_id for routing_id, unit_id in rows if routing_id == rows[0][0]]


_ROUTES = Prepared(
    select(Routing.id, RoutingStep.unit_id).join(RoutingStep, RoutingStep.routing_id == Routing.id)
    .where(Routing.item_id == bindparam("item"), or_(
        Routing.proposed & Routing.active,
        ~Routing.proposed & (Routing.valid_from <= bindparam("day", type_=Date))
        & or_(Routing.valid_to.is_(None), Routing.valid_to >= bindparam("day", type_=Date))))
    .order_by(Routing.proposed, case((Routing.proposed, Routing.observed), else_=0).desc(), Routing.revision.desc(),
              RoutingStep.position))


def _check_steps(session: Session, person: Actor, item: Item, unit_ids: Sequence[int]) -> None:
    if not 1 <= len(unit_ids) <= MOST_STEPS:
        raise Invalid(f"A routing has 1 to {MOST_STEPS} operations.", f"工艺路线须有 1 至 {MOST_STEPS} 道工序。",
                      field="unit_ids")
    if any(a == b for a, b in pairwise(unit_ids)):
        raise Invalid("An operation cannot follow itself.", "同一工序不能相邻重复。", field="unit_ids")
    for unit_id in dict.fromkeys(unit_ids):
        unit = one(session, person, Unit, unit_id)
        if unit.site_id != item.site_id or unit.kind not in ROUTED or not unit.active:
            raise Invalid(f"{unit.code} is no operation or post in use at the item's site.",
                          f"{unit.code} 不是产品所在工厂在用的工序或岗位。", field="unit_ids")


def _close_former(session: Session, item: Item, valid_from: date) -> None:
    """End the revision in force the day before the new one begins; what was valid on past days stays so (R-50)."""
    former = session.scalar(select(Routing).where(Routing.item_id == item.id, ~Routing.proposed)
                            .order_by(Routing.valid_from.desc(), Routing.revision.desc()).limit(1))
    if former is None:
        return
    earliest = max(today(session, item.site_id), former.valid_from + timedelta(days=1))
    if valid_from < earliest:
        raise Refused("R-50", f"A new revision begins on {earliest} or later: what was valid before stays as it was.",
                      f"新版本最早自 {earliest} 起生效: 此前有效的版本不变。", field="valid_from")
    change(former, {"valid_to": valid_from - timedelta(days=1)})
    acted(session, "R-50")
