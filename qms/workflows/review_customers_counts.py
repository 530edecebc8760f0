"""Counts what outside customers experienced: complaints, escapes, scorecard readings, published surveys. Only reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.measures.intervals import Mean, Rate, mean, rate
from qms.models.chain import Unit
from qms.models.customers import Customer
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_scores import ScoreReading
from qms.rules.chain_graph import reachable, successors
from qms.rules.customers_complaints import OPEN
from qms.rules.measures import AT_CUSTOMER, VOID, Period
from qms.workflows.measures_escapes import NONE_COUNTED, Counted
from qms.workflows.measures_handovers import NONE_HANDED_OVER, HandedOver
from qms.workflows.review_counts import chain_links, once
from qms.workflows.review_cubes import handed_over, rejected
from qms.workflows.review_scope import Scope

FIELD = or_(CustomerComplaint.kind == "field", CustomerComplaint.place == "field")
"""The condition that a complaint comes from the field."""


@dataclass(frozen=True, slots=True)
class Complained:
    """Complaints of a customer that came in a period, void ones left out; the last two judge the first answer (D3)."""

    complaints: int = 0
    field: int = 0
    pieces: int = 0
    in_time: int = 0
    too_late: int = 0

    @property
    def answered(self) -> Rate:
        """Return the share of first answers sent in time; what is still in time counts in neither way."""
        return rate(self.in_time, self.in_time + self.too_late)


NONE_COMPLAINED = Complained()


def received_in(scope: Scope, period: Period) -> ColumnElement[bool]:
    """Return the condition that a complaint of an outside customer counts in a period."""
    start, end = period.bounds
    return and_(CustomerComplaint.site_id.in_(scope.site_ids), CustomerComplaint.received_at >= start,
                CustomerComplaint.received_at < end, CustomerComplaint.state != VOID)


def customers_of(session: Session, scope: Scope) -> Mapping[int, Unit]:
    """Map the ids of the outside customers of the sites to their units, by code."""
    return once(scope, "customers", lambda: {unit.id: unit for unit in session.scalars(
        select(Unit).where(Unit.site_id.in_(scope.site_ids), Unit.kind == "customer").order_by(Unit.code, Unit.id))})


def pages_of(session: Session, scope: Scope, part: str = "") -> dict[int, str]:
    """Map the registered customers to their pages; an outside customer that is not registered has none."""
    return {unit_id: f"/customers/{unit_id}/{part}".rstrip("/") for unit_id in session.scalars(
        select(Customer.unit_id).where(Customer.site_id.in_(scope.site_ids)))}


def complaints_by_customer(session: Session, scope: Scope, period: Period) -> dict[int, Complained]:
    """Count the complaints of each customer; one without any is left out."""
    in_time, too_late = _answered(now(session))
    rows = session.execute(
        select(CustomerComplaint.customer_id, func.count(), many(FIELD),
               func.coalesce(func.sum(CustomerComplaint.quantity_confirmed), 0), many(in_time), many(too_late))
        .where(received_in(scope, period)).group_by(CustomerComplaint.customer_id))
    return {customer_id: Complained(*(int(count or 0) for count in counts)) for customer_id, *counts in rows}


def escapes_by_customer(session: Session, scope: Scope, period: Period) -> dict[int, Counted]:
    """Count the rejections found at each customer, whatever their origin; one without any is left out."""
    customers, found = customers_of(session, scope), dict[int, Counted]()
    for key, counted in rejected(session, scope).within(period).items():
        if key.escape_class in AT_CUSTOMER and key.found_unit_id in customers:
            found[key.found_unit_id] = found.get(key.found_unit_id, NONE_COUNTED) + counted
    return found


def readings_by_customer(session: Session, scope: Scope, period: Period, *metrics: str) -> dict[tuple[int, str], Mean]:
    """Return the mean of the monthly readings of each customer and metric, every plant's reading counting once."""
    values: dict[tuple[int, str], list[float]] = {}
    for customer_id, metric, value in session.execute(
            select(ScoreReading.customer_id, ScoreReading.metric, ScoreReading.value)
            .where(ScoreReading.site_id.in_(scope.site_ids), ScoreReading.metric.in_(metrics),
                   ScoreReading.month >= period.first.replace(day=1), ScoreReading.month <= period.last)
            .order_by(ScoreReading.month, ScoreReading.id)):
        values.setdefault((customer_id, metric), []).append(float(value))
    return {key: mean(of_key) for key, of_key in values.items()}


@dataclass(frozen=True, slots=True)
class Leading:
    """Hand-overs on the links inside that lead to a customer, and those to the customer itself."""

    inside: HandedOver = NONE_HANDED_OVER
    shipped: HandedOver = NONE_HANDED_OVER


def leading_to(session: Session, scope: Scope, period: Period, *customer_ids: int) -> Leading:
    """Sum the hand-overs on every link between units of the plant from which one of the customers can be reached."""
    links = [link for link in chain_links(session, scope) if link.active]
    handed = handed_over(session, scope).within(period)
    before = reachable(successors((link.customer_id, link.supplier_id) for link in links), customer_ids)
    inside = [link.id for link in links if link.customer_id in before and link.customer.kind != "customer"
              and link.supplier.kind != "supplier"]
    out = [link.id for link in links if link.customer_id in customer_ids]
    return Leading(*(sum((handed.get(link_id, NONE_HANDED_OVER) for link_id in ids), NONE_HANDED_OVER)
                     for ids in (inside, out)))


def many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Return how many rows meet a condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _answered(at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that the first answer was in time, and that it was not, by the clock or as imported."""
    told, sent, due = (CustomerComplaint.answered_in_time, CustomerComplaint.d3_sent_at, CustomerComplaint.d3_due_at)
    unsent = and_(sent.is_(None), due < at, CustomerComplaint.state.in_(OPEN))
    return (or_(told.is_(True), and_(told.is_(None), sent <= due)),
            or_(told.is_(False), and_(told.is_(None), or_(sent > due, unsent))))
