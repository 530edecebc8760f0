"""Knows the ways from a unit to the outside customers, and where the chain is broken. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from qms.models.acceptance import Standard
from qms.models.chain import Item, Link, Routing, Unit
from qms.rules import chain_graph
from qms.workflows.chain_standing import in_force, today


@dataclass(frozen=True)
class BrokenEnds:
    """Where a site's chain is broken: each list is in the order of codes and may be empty."""

    without_customer: Sequence[Unit]
    without_standard: Sequence[Link]
    proposed_links: Sequence[Link]
    proposed_routings: Sequence[Routing]


def paths_to_customers(session: Session, unit_id: int) -> list[list[Unit]]:
    """Return every way from a unit to an outside customer, shortest first, the unit itself first in each."""
    return customer_paths(session, unit_id)[0]


def customer_paths(session: Session, unit_id: int) -> tuple[list[list[Unit]], bool]:
    """Return the ways from a unit to the outside customers, and whether these are all of them."""
    unit = session.get_one(Unit, unit_id)
    units = {u.id: u for u in session.scalars(select(Unit).where(Unit.site_id == unit.site_id, Unit.active))}
    edges = [(a, b) for a, b in session.execute(
        select(Link.supplier_id, Link.customer_id).where(Link.site_id == unit.site_id, Link.active)
        .order_by(Link.supplier_id, Link.customer_id)) if a in units and b in units]
    ends = [u.id for u in units.values() if u.kind == "customer"]
    found = chain_graph.paths(edges, unit_id, ends)
    return [[units[step] for step in path] for path in found.paths], found.complete


def broken_ends(session: Session, site_id: int) -> BrokenEnds:
    """Return the units without a customer, the links without a standard in force, and what is only proposed."""
    return BrokenEnds(
        without_customer=_without_customer(session, site_id),
        without_standard=_links(session, site_id, ~Link.proposed & ~_has_standard(today(session, site_id))),
        proposed_links=_links(session, site_id, Link.proposed.is_(True)),
        proposed_routings=_proposed_routings(session, site_id))


def _without_customer(session: Session, site_id: int) -> Sequence[Unit]:
    serves = exists().where(Link.supplier_id == Unit.id, Link.active, ~Link.proposed)
    return session.scalars(select(Unit).where(Unit.site_id == site_id, Unit.active, Unit.kind != "customer", ~serves)
                           .order_by(Unit.code)).all()


def _has_standard(on: date) -> ColumnElement[bool]:
    return exists().where(Standard.link_id == Link.id, in_force(on))


def _links(session: Session, site_id: int, condition: ColumnElement[bool]) -> Sequence[Link]:
    return session.scalars(
        select(Link).options(joinedload(Link.supplier), joinedload(Link.customer))
        .where(Link.site_id == site_id, Link.active, condition)
        .order_by(Link.supplier_id, Link.customer_id, Link.id)).all()


def _proposed_routings(session: Session, site_id: int) -> Sequence[Routing]:
    return session.scalars(
        select(Routing).join(Routing.item).options(joinedload(Routing.item))
        .where(Item.site_id == site_id, Routing.proposed, Routing.active)
        .order_by(Routing.item_id, Routing.revision)).all()
