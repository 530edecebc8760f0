"""The lines of the register of corrective actions, streamed in the reader's language; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from qms.models.accounts import Person
from qms.models.actions import Action, ActionSource, ActionStep
from qms.models.chain import Defect, Item, Lot, Site, Unit
from qms.rules import actions as rules
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.rejections import SEVERITIES
from qms.workflows.actions_records import VIEW
from qms.workflows.actions_register import Filter, asked
from qms.workflows.exports import called, coded, spoken, streamed

_ON_ROUTE = or_(*((Action.route == route) & ActionStep.step.in_(rules.disciplines(route)) for route in rules.ROUTES))
"""A case keeps the steps of a route that it has left."""
_SAID = {"route": rules.ROUTES, "severity": SEVERITIES, "state": rules.STATES}


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per case of the register, oldest first. Raises NotAllowed, NotFound.

    Times are naive local time of the zone. `address` is where the records' pages are; empty: no links.
    """
    person.need(VIEW)
    origin, detecting, customer, repeated = aliased(Unit), aliased(Unit), aliased(Unit), aliased(Action)
    sponsor, leader = aliased(Person), aliased(Person)
    open_step = (select(func.min(ActionStep.step)).correlate(Action)
                 .where(ActionStep.action_id == Action.id, ActionStep.done_at.is_(None), _ON_ROUTE).scalar_subquery())
    due = (select(ActionStep.due_at).where(ActionStep.action_id == Action.id, ActionStep.step == open_step)
           .correlate(Action).scalar_subquery())
    source = (select(ActionSource.number).where(ActionSource.action_id == Action.id, ActionSource.active)
              .order_by(ActionSource.id).limit(1).correlate(Action).scalar_subquery())
    query = (
        select(Action.id, Action.number, Action.opened_at, called(Site, language).label("site"), Action.title,
               Action.route, Action.severity, Action.state, open_step.label("step"), due.label("due_at"),
               Item.code.label("item_code"), called(Item, language).label("item_name"),
               called(Defect, language).label("defect"), Lot.number.label("lot"),
               coded(origin, language).label("origin_unit"), coded(detecting, language).label("detecting_unit"),
               called(customer, language).label("customer"), Action.customer_ref, sponsor.name.label("sponsor"),
               leader.name.label("leader"), source.label("sources"), repeated.number.label("repeat_of"),
               Action.closed_at)
        .join(Site, Site.id == Action.site_id).outerjoin(Item, Item.id == Action.item_id)
        .outerjoin(Defect, Defect.id == Action.defect_id).outerjoin(Lot, Lot.id == Action.lot_id)
        .outerjoin(origin, origin.id == Action.origin_unit_id)
        .outerjoin(detecting, detecting.id == Action.detecting_unit_id)
        .outerjoin(customer, customer.id == Action.customer_id).outerjoin(sponsor, sponsor.id == Action.sponsor_id)
        .outerjoin(leader, leader.id == Action.leader_id).outerjoin(repeated, repeated.id == Action.repeat_of_id)
        .where(*asked(session, person, wanted, utc_now())).order_by(Action.id))
    return spoken(streamed(session, query), _SAID, ("opened_at", "due_at", "closed_at"), language, zone,
                  f"{address}/actions/" if address else "")


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many cases the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    chosen = asked(session, person, wanted, utc_now())
    return session.scalar(select(func.count()).select_from(Action).where(*chosen)) or 0
