"""How the way of a defect from origin to detection is found and kept. Knows the chain, not who may change it."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from qms.models.acceptance import Characteristic, Standard
from qms.models.chain import Link, Unit
from qms.models.rejections import Passage, Rejection
from qms.rules.escapes import along, escape_class, last_producing, through
from qms.workflows import chain
from qms.workflows.chain_briefs import UnitBrief

AnyUnit = Unit | UnitBrief


def producing_origin(session: Session, route: Sequence[int], unit: AnyUnit) -> AnyUnit | None:
    """Return the unit, or the last one before it on the route that produces; None when there is none.

    A unit that only inspects never made what it found.
    """
    if not unit.inspects:
        return unit
    inspecting = set(session.scalars(select(Unit.id).where(Unit.id.in_(route), Unit.inspects)))
    made_by = last_producing(route, unit.id, inspecting | {unit.id})
    return None if made_by is None else session.get(Unit, made_by)


def way(session: Session, item_id: int | None, on: date, origin: AnyUnit, found: AnyUnit,
        route: Sequence[int] | None = None) -> list[int] | None:
    """Return the units from origin to detection, both included; None when no way is known.

    Along the routing valid that day (R-50), lengthened by an outside supplier before and an outside customer after it;
    without one that has both ends, along the links between operations. `route` None: not read yet.
    """
    if origin.id == found.id:
        return [found.id]
    if route is None:
        route = chain.route(session, item_id, on) if item_id is not None else []
    steps = list(route)
    if steps and origin.kind == "supplier" and origin.id not in steps:
        steps.insert(0, origin.id)
    if steps and found.kind == "customer" and found.id not in steps:
        steps.append(found.id)
    if origin.id in steps and found.id in steps:
        return along(steps, origin.id, found.id)
    links = session.execute(select(Link.supplier_id, Link.customer_id).where(
        Link.site_id == found.site_id, Link.kind == "operation", Link.active).order_by(Link.id))
    return through(((supplier, customer) for supplier, customer in links), origin.id, found.id)


def detectable_at(session: Session, units: Sequence[int], item_id: int | None, defect_id: int | None,
                  on: date) -> set[int]:
    """Return those units after the first at which a standard in force that day planned to find the defect.

    Each unit is judged by the standard of its link from the unit before it; one for the item goes before a general one.
    """
    if defect_id is None or len(units) < 2:
        return set()
    planned = aliased(Characteristic)
    rows = session.execute(
        select(Link.customer_id, Standard.link_id, Standard.item_id, planned.id)
        .join(Standard, Standard.link_id == Link.id)
        .outerjoin(planned, and_(planned.standard_id == Standard.id, planned.defect_id == defect_id,
                                 planned.detectable, planned.position > 0))
        .where(tuple_(Link.supplier_id, Link.customer_id).in_(list(pairwise(units))),
               Standard.valid_from <= on, or_(Standard.valid_to.is_(None), Standard.valid_to >= on),
               or_(Standard.item_id.is_(None), Standard.item_id == item_id)))
    judged: dict[int, tuple[int, bool, bool]] = {}
    for unit_id, link_id, for_item, characteristic in rows:
        own, finds = for_item is not None, characteristic is not None
        known = judged.get(link_id)
        if known is None or own > known[1]:
            judged[link_id] = (unit_id, own, finds)
        elif own == known[1]:
            judged[link_id] = (unit_id, own, finds or known[2])
    return {unit_id for unit_id, _own, finds in judged.values() if finds}


def classify(rejection: Rejection, found: AnyUnit, units: Sequence[int] | None, *, in_field: bool) -> None:
    """Write how far the defect escaped. `units` None: the way is not known."""
    rejection.escape_steps = None if units is None else len(units) - 1
    rejection.escape_class = escape_class(rejection.escape_steps, final=found.final,
                                          outside=found.kind == "customer", in_field=in_field)


def passages_of(session: Session, rejection: Rejection, units: Sequence[int] | None, on: date) -> list[Passage]:
    """Return the operations between origin and detection, ready to be kept."""
    between = [] if units is None else units[1:-1]
    if not between:
        return []
    finds = detectable_at(session, (units or [])[:-1], rejection.item_id, rejection.defect_id, on)
    return [Passage(rejection_id=rejection.id, position=position, unit_id=unit, detectable=unit in finds, active=True)
            for position, unit in enumerate(between, start=1)]


def traced_again(session: Session, rejection: Rejection, on: date) -> None:
    """Find the way anew after the origin, item or defect changed; passages that are no longer true stay, inactive."""
    session.flush()
    found = session.get_one(Unit, rejection.found_unit_id)
    origin = None if rejection.origin_unit_id is None else session.get_one(Unit, rejection.origin_unit_id)
    units = None if origin is None else way(session, rejection.item_id, on, origin, found)
    classify(rejection, found, units, in_field=rejection.escape_class == "EF")
    fresh = passages_of(session, rejection, units, on)
    before = list(session.scalars(select(Passage).where(Passage.rejection_id == rejection.id, Passage.active)
                                  .order_by(Passage.position)))
    if _plainly(before) != _plainly(fresh):
        for passage in before:
            passage.active = False
        session.add_all(fresh)
    session.flush()


def _plainly(passages: Sequence[Passage]) -> list[tuple[int, int, bool]]:
    return [(p.position, p.unit_id, p.detectable) for p in passages]
