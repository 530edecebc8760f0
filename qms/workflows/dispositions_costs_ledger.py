"""The lines of the register of costs, streamed from the database; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, case, func, literal, select
from sqlalchemy.orm import Session

from qms.models.accounts import Person
from qms.models.chain import Item, Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions_costs import CostLine
from qms.models.rejections import Rejection
from qms.models.stops import Stop
from qms.rules import dispositions_costs as rules
from qms.rules.accounts import Actor
from qms.rules.words import Words
from qms.workflows.dispositions_costing import VIEW
from qms.workflows.dispositions_costs_register import Filter, conditions
from qms.workflows.exports import coded, spoken, streamed

STATES = {"estimate": Words("Estimate", "估算"), "approved": Words("Approved by finance", "财务已批准")}
_SAID = {"category": rules.CATEGORIES, "element": rules.ELEMENT_WORDS, "measure": rules.MEASURES,
         "source": rules.SOURCES, "state": STATES}


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per cost line of the register, oldest first, with the keys of the register.

    Times are naive local time of the zone. `address` is where the records' pages are; empty: no links.
    Raises NotAllowed.
    """
    person.need(VIEW)
    state = case((CostLine.approved_at.is_(None), literal("estimate", String)), else_=literal("approved", String))
    query = (
        select(CostLine.id, CostLine.period, CostLine.category, CostLine.element, CostLine.quantity, CostLine.measure,
               CostLine.rate, CostLine.amount, CostLine.currency, state.label("state"), CostLine.source,
               Rejection.number.label("rejection"), Stop.number.label("stop"),
               CustomerComplaint.number.label("complaint"), coded(Unit, language).label("unit"),
               Item.code.label("item_code"), CostLine.reverses_id.label("reverses"), CostLine.posted_at,
               Person.name.label("posted_by"), CostLine.note)
        .join(Person, Person.id == CostLine.posted_by_id)
        .outerjoin(Rejection, Rejection.id == CostLine.rejection_id).outerjoin(Stop, Stop.id == CostLine.stop_id)
        .outerjoin(CustomerComplaint, CustomerComplaint.id == CostLine.complaint_id)
        .outerjoin(Unit, Unit.id == CostLine.unit_id).outerjoin(Item, Item.id == CostLine.item_id)
        .where(*conditions(person, wanted)).order_by(CostLine.id))
    page = f"{address}/dispositions/costs/lines/" if address else ""
    return spoken(streamed(session, query), _SAID, ("posted_at",), language, zone, page)


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many lines the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(CostLine).where(*conditions(person, wanted))) or 0
