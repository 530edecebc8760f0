"""Multiplies the yields along routings; must not know how a routing came about."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.measures.yields import RolledYield, rolled_throughput_yield
from qms.models.chain import Routing, RoutingStep, Unit
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
        .where(
            Routing.id.in_(through),
            Routing.valid_from <= period.last,
            or_(Routing.valid_to.is_(None), Routing.valid_to >= period.first),
        )
        .options(joinedload(Routing.item), selectinload(Routing.steps).joinedload(RoutingStep.unit))
        .order_by(Routing.id)
    ).all()
    handed = by_item_and_supplier(session, [routing.item_id for routing in routings], period)
    routes = [_route(routing, handed) for routing in routings]
    return sorted(routes, key=_pieces, reverse=True)[:MOST_ROUTES]


def _route(routing: Routing, handed: dict[tuple[int, int], HandedOver]) -> Route:
    steps = [
        RouteStep(step.unit, handed.get((routing.item_id, step.unit_id), NONE_HANDED_OVER))
        for step in routing.steps
    ]
    end = steps.pop().unit if len(steps) > 1 and not steps[-1].handed.pieces else None
    return Route(routing, tuple(steps), end, rolled_throughput_yield([step.handed.yielded for step in steps]))


def _pieces(route: Route) -> int:
    return sum(step.handed.pieces for step in route.steps)

