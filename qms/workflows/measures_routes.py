"""Multiplies the yields along routings; must not know how a routing came about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.measures.yields import RolledYield, rolled_throughput_yield
from qms.models.chain import Item, Routing, RoutingStep, Unit
from qms.rules.measures import Period
from qms.workflows.measures_handovers import NONE_HANDED_OVER, HandedOver, by_item_and_supplier

MOST_ROUTES = 12


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One operation of a routing and what it handed over of the item."""

    unit: Unit
    handed: HandedOver


@dataclass(frozen=True, slots=True)
class Route:
    """A routing with its rolled yield; `end`, its last operation, does not count if it hands nothing over."""

    routing: Routing
    steps: tuple[RouteStep, ...]
    end: Unit | None
    rolled: RolledYield

    @property
    def missing(self) -> list[Unit]:
        """Return the operations of which no hand-over is known, which leave the routing without a figure."""
        return [step.unit for step in self.steps if not step.handed.pieces]


def routes_through(session: Session, unit_id: int, period: Period) -> list[Route]:
    """Return the routings in force in a period that pass a unit, most pieces first, at most twelve."""
    through = select(RoutingStep.routing_id).where(RoutingStep.unit_id == unit_id)
    routings = session.scalars(
        select(Routing)
        .where(Routing.id.in_(through), *_in_force(period))
        .options(joinedload(Routing.item), selectinload(Routing.steps).joinedload(RoutingStep.unit))
        .order_by(Routing.id)
    ).all()
    handed = by_item_and_supplier(session, [routing.item_id for routing in routings], period)
    routes = [route(routing, handed) for routing in routings]
    return sorted(routes, key=_pieces, reverse=True)[:MOST_ROUTES]


def routes_of_sites(session: Session, site_ids: Sequence[int], period: Period,
                    handed: Mapping[tuple[int, int], HandedOver]) -> list[Route]:
    """Return the confirmed routings of sites in force in a period, most pieces first.

    `handed`: hand-overs by item id and id of the unit that handed over.
    """
    routings = session.scalars(
        select(Routing).join(Item, Item.id == Routing.item_id)
        .where(Item.site_id.in_(site_ids), Routing.active, Routing.proposed.is_(False), *_in_force(period),
               Routing.item_id.in_({item_id for item_id, _unit_id in handed}))
        .options(joinedload(Routing.item), selectinload(Routing.steps).joinedload(RoutingStep.unit))
        .order_by(Routing.id)).all()
    return sorted((route(routing, handed) for routing in routings), key=_pieces, reverse=True)


def _in_force(period: Period) -> tuple[ColumnElement[bool], ...]:
    return Routing.valid_from <= period.last, or_(Routing.valid_to.is_(None), Routing.valid_to >= period.first)


def route(routing: Routing, handed: Mapping[tuple[int, int], HandedOver]) -> Route:
    """Return a routing with what was handed over of its item, by item id and id of the unit that handed over."""
    steps = [
        RouteStep(step.unit, handed.get((routing.item_id, step.unit_id), NONE_HANDED_OVER))
        for step in routing.steps
    ]
    end = steps.pop().unit if len(steps) > 1 and not steps[-1].handed.pieces else None
    return Route(routing, tuple(steps), end, rolled_throughput_yield([step.handed.yielded for step in steps]))


def _pieces(route: Route) -> int:
    return sum(step.handed.pieces for step in route.steps)

