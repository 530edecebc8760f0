"""By which standard the pieces of an operation are judged: the one of its outgoing link. Changes nothing."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from qms.models.acceptance import Characteristic, Standard
from qms.models.acceptance_pieces import PieceCheck
from qms.models.chain import Item, Link, Routing, RoutingStep
from qms.workflows.acceptance_records import asked, today
from qms.workflows.acceptance_standards import IN_FORCE_STATES
from qms.workflows.chain import route

MOST_ITEMS = 500


def standard_at(session: Session, unit_id: int, item_id: int, on: date) -> Standard | None:
    """Return the standard in force by which the customer of a unit accepts an item; None where there is none.

    Of several customers the next one on the item's routing counts; the item's own standard goes before a general one.
    """
    way = route(session, item_id, on)
    following = way[way.index(unit_id) + 1:][:1] if unit_id in way else []
    return session.scalars(
        select(Standard).join(Link, Link.id == Standard.link_id)
        .where(Link.supplier_id == unit_id, Link.active, ~Link.proposed,
               or_(Standard.item_id == item_id, Standard.item_id.is_(None)), Standard.state.in_(IN_FORCE_STATES),
               Standard.valid_from <= on, or_(Standard.valid_to.is_(None), Standard.valid_to >= on))
        .order_by(case((Link.customer_id.in_(following), 0), else_=1), Standard.item_id.is_(None),
                  Standard.valid_from.desc(), Standard.id.desc()).limit(1)).first()


def standard_of(session: Session, check: PieceCheck, item_id: int | None) -> Standard | None:
    """Return the revision that an inspection is judged by: that of its first verdict, else the one in force (R-50)."""
    if check.standard_id is not None:
        return session.get_one(Standard, check.standard_id)
    if item_id is None:
        return None
    return standard_at(session, check.unit_id, item_id, today(session, check.site_id))


def asked_by(session: Session, standard: Standard | None) -> list[Characteristic]:
    """Return what a standard asks for, in order; nothing without one."""
    return [] if standard is None else asked(session, standard.id)


def items_at(session: Session, unit_id: int, site_id: int) -> Sequence[Item]:
    """Return the items in use whose routing passes a unit, by code; every item of the site where none does."""
    passing = select(Routing.item_id).join(RoutingStep, RoutingStep.routing_id == Routing.id).where(
        RoutingStep.unit_id == unit_id, Routing.active, Routing.valid_to.is_(None))
    items = select(Item).where(Item.site_id == site_id, Item.active).order_by(Item.code).limit(MOST_ITEMS)
    return session.scalars(items.where(Item.id.in_(passing))).all() or session.scalars(items).all()
