"""Fills the input on warranty: claims and returns on scorecards beside complaints from the field. Only reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from qms.measures.intervals import rate
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_scores import ScoreReading
from qms.rules import review_field as words
from qms.rules.measures import Period
from qms.rules.review_snapshots import Chart, Estimate, Figure, Row, Snapshot, Table
from qms.workflows.measures_handovers import calendar
from qms.workflows.review_counts import named
from qms.workflows.review_customers_counts import (
    FIELD,
    NONE_COMPLAINED,
    Complained,
    complaints_by_customer,
    customers_of,
    many,
    pages_of,
    received_in,
)
from qms.workflows.review_estimates import MOST_MONTHS, MOST_ROWS, of_rate, snapshot_of
from qms.workflows.review_scope import Scope

METRICS = ("warranty", "returns")
Key = tuple[int, date]
"""Customer and month."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Readings of one metric by customer and month, summed over plants, and how many readings there were."""

    values: dict[Key, float] = field(default_factory=dict)
    readings: int = 0

    @property
    def total(self) -> Estimate:
        """Return the sum; no value where nothing was read."""
        return Estimate(_whole(sum(self.values.values())) if self.readings else None, self.readings)

    def of(self, *, customer_id: int | None = None, month: date | None = None) -> float | int | None:
        """Return the sum for a customer or a month; None where nothing was read."""
        met = [value for (of, first), value in self.values.items() if customer_id in {None, of}
               and month in {None, first}]
        return _whole(sum(met)) if met else None


def warranty(session: Session, scope: Scope) -> Snapshot:
    """Return claims, returns and field complaints of both periods, by customer and by month."""
    claimed, former = (_claimed(session, scope, period) for period in (scope.period, scope.before))
    complained, before = (complaints_by_customer(session, scope, period) for period in (scope.period, scope.before))
    figures = [
        words.CLAIMS.both(scope.where, [one["warranty"].total for one in (claimed, former)], _cards(scope)),
        words.RETURNS.both(scope.where, [one["returns"].total for one in (claimed, former)], _cards(scope)),
        words.COMPLAINTS.both(scope.where, [Estimate(sum(one.field for one in found.values()))
                                            for found in (complained, before)],
                              scope.path("/customers/complaints/", kind="field")),
        _no_fault(session, scope)]
    return snapshot_of(figures, (_customers(session, scope, claimed, former, complained, before),
                                 _months(session, scope, claimed)))


def _cards(scope: Scope) -> str:
    return f"/customers/scorecards/?last={scope.period.last:%Y-%m}"


def _claimed(session: Session, scope: Scope, period: Period) -> Mapping[str, Claimed]:
    """Sum readings over plants; one for all plants of a customer stands before those of single plants."""
    parts: dict[str, dict[Key, dict[int | None, float]]] = {metric: {} for metric in METRICS}
    for customer_id, plant_id, month, metric, value in session.execute(
            select(ScoreReading.customer_id, ScoreReading.plant_id, ScoreReading.month, ScoreReading.metric,
                   ScoreReading.value)
            .where(ScoreReading.site_id.in_(scope.site_ids), ScoreReading.metric.in_(METRICS),
                   ScoreReading.month >= period.first.replace(day=1), ScoreReading.month <= period.last)):
        parts[metric].setdefault((customer_id, month), {})[plant_id] = float(value)
    return {metric: Claimed({key: of[None] if None in of else sum(of.values()) for key, of in found.items()},
                            sum(1 if None in of else len(of) for of in found.values()))
            for metric, found in parts.items()}


def _whole(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _no_fault(session: Session, scope: Scope) -> Figure:
    found = []
    for period in (scope.period, scope.before):
        analysed = or_(CustomerComplaint.no_fault_found.is_(True), CustomerComplaint.analysis.is_not(None))
        none, of = session.execute(select(many(CustomerComplaint.no_fault_found.is_(True)), many(analysed)).where(
            and_(received_in(scope, period), FIELD))).one()
        found.append(of_rate(rate(int(none), int(of))))
    return words.NO_FAULT.both(scope.where, found, scope.path("/customers/complaints/", kind="field"))


def _customers(session: Session, scope: Scope, claimed: Mapping[str, Claimed], former: Mapping[str, Claimed],
               complained: Mapping[int, Complained], before: Mapping[int, Complained]) -> Table:
    pages, lines = pages_of(session, scope), []
    for of, unit in customers_of(session, scope).items():
        claims, returns = (claimed[metric].of(customer_id=of) for metric in METRICS)
        here, then = complained.get(of, NONE_COMPLAINED).field, before.get(of, NONE_COMPLAINED).field
        earlier = former["warranty"].of(customer_id=of)
        if (claims, returns, earlier, here, then) != (None, None, None, 0, 0):
            lines.append(((claims or 0) + here, Row((named(unit), claims, returns, here, earlier, then),
                                                    pages.get(of))))
    ordered = sorted(lines, key=lambda line: -line[0])[:MOST_ROWS]
    return words.CUSTOMERS.table(scope.where, words.CUSTOMER_COLUMNS, (row for _claims, row in ordered))


def _months(session: Session, scope: Scope, claimed: Mapping[str, Claimed]) -> Table:
    days = calendar(scope.period)
    complained = {bucket: int(count) for bucket, count in session.execute(
        select(days.c.bucket, func.count()).select_from(days)
        .join(CustomerComplaint, and_(CustomerComplaint.received_at >= days.c.starts_at,
                                      CustomerComplaint.received_at < days.c.ends_at))
        .where(received_in(scope, scope.period), FIELD).group_by(days.c.bucket))}
    rows = [Row((month.label, *(claimed[metric].of(month=month.first.replace(day=1)) for metric in METRICS),
                 complained.get(place, 0))) for place, month in enumerate(scope.period.buckets)]
    has_any = complained or any(one.readings for one in claimed.values())
    return words.MONTHS.table(scope.where, words.MONTH_COLUMNS, rows[-MOST_MONTHS:] if has_any else (),
                              Chart("bar", words.MONTHS.words, "month", ("claims", "complaints")))


FILLED = {"warranty": warranty}
