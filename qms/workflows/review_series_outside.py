"""Returns, for a stretch of days, what is kept beside hand-overs: promises, complaints, stops, costs, and what outside
customers say. Only reads.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, joinedload

from qms.measures.intervals import rate
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_scores import ScoreReading
from qms.models.dispositions_costs import CostLine
from qms.models.satisfaction import QuestionSet, Survey, SurveyResult
from qms.models.service_complaints import InternalComplaint
from qms.models.service_requests import ServiceRequest
from qms.models.stops import Stop
from qms.rules.measures import Period
from qms.rules.review_snapshots import Estimate
from qms.rules.satisfaction import SHOWN
from qms.workflows.review_cubes import Cut, Stretch, counted_once
from qms.workflows.review_scope import Scope
from qms.workflows.satisfaction_results import line_of
from qms.workflows.service_complaints_scores import counting

_METRICS = {"customer_ppm": "ppm", "otd": "otd", "disruptions": "disruptions", "returns": "returns"}
_SUMMED = frozenset({"disruptions", "returns"})
FAILURES = ("internal_failure", "external_failure")


def bounds(stretch: Stretch) -> tuple[datetime, datetime]:
    """Return the half-open interval of instants of a stretch."""
    return stretch.bounds if isinstance(stretch, Period) else (stretch.starts_at, stretch.ends_at)


def kept(session: Session, scope: Scope, unit_id: int | None, stretch: Stretch, _kind: str = "") -> Estimate:
    """Return the share of promises kept of requests asked in the stretch."""
    start, end = bounds(stretch)
    rows = {row[0]: row[1] for row in session.execute(
        select(ServiceRequest.kept, func.count())
        .where(ServiceRequest.site_id.in_(scope.site_ids), ServiceRequest.asked_at >= start,
               ServiceRequest.asked_at < end, _of(ServiceRequest.provider_id, unit_id),
               ServiceRequest.kept.is_not(None)).group_by(ServiceRequest.kept))}
    told = rate(rows.get(True, 0), sum(rows.values()))
    return Estimate(told.value, told.n, told.low, told.high)


def internal_complaints(session: Session, scope: Scope, unit_id: int | None, stretch: Stretch,
                        _kind: str = "") -> Estimate:
    """Return the internal complaints on a unit that count."""
    return _count(session, select(func.count()).select_from(InternalComplaint).where(
        InternalComplaint.site_id.in_(scope.site_ids), *counting(*bounds(stretch)),
        _of(InternalComplaint.accused_id, unit_id)))


def stop_minutes(session: Session, scope: Scope, unit_id: int | None, stretch: Stretch, _kind: str = "") -> Estimate:
    """Return the minutes of the stops that began in the stretch and have ended; n counts those stops."""
    start, end = bounds(stretch)
    rows = session.execute(
        select(Stop.stopped_at, Stop.restarted_at)
        .where(Stop.site_id.in_(scope.site_ids), Stop.stopped_at >= start, Stop.stopped_at < end,
               Stop.restarted_at.is_not(None), _of(Stop.unit_id, unit_id))).all()
    spans = [until - since for since, until in rows if since is not None and until is not None]
    return Estimate(int(sum(spans, timedelta()).total_seconds() // 60), len(spans))


def copq(session: Session, scope: Scope, _unit_id: int | None, stretch: Stretch, _kind: str = "") -> Estimate:
    """Return internal and external failure of the months; None where nothing was posted, or in two currencies."""
    first, last = _months(stretch)
    rows = session.execute(
        select(CostLine.currency, CostLine.amount)
        .where(CostLine.site_id.in_(scope.site_ids), CostLine.period >= first, CostLine.period <= last,
               CostLine.category.in_(FAILURES))).all()
    if len({currency for currency, _amount in rows}) != 1:
        return Estimate(None, len(rows))
    return Estimate(sum((amount for _currency, amount in rows), Decimal(0)), len(rows))


def complaints(session: Session, scope: Scope, customer_id: int | None, stretch: Stretch, kind: str = "") -> Estimate:
    """Return the complaints received from a customer, or from all."""
    counts = _received(session, scope).within(stretch)
    return Estimate(sum(counts.values()) if kind == "site" else counts.get(customer_id or 0, 0))


def customer_index(session: Session, scope: Scope, customer_id: int | None, stretch: Stretch,
                   _kind: str = "") -> Estimate:
    """Return the index of the newest customer survey published of those closed in the stretch."""
    start, end = bounds(stretch)
    closed = [row for row in _published(session, scope).get(customer_id, ())
              if row.survey.closed_at is not None and start <= row.survey.closed_at < end]
    overall = line_of(closed[-1].survey, closed[-1]).overall if closed else None
    if overall is None or overall.index is None:
        return Estimate(None, 0)
    return Estimate(overall.index, overall.n, overall.index_low, overall.index_high)


def _received(session: Session, scope: Scope) -> Cut[int, int]:
    """Return the complaints by customer, counted once between the instants at which months and periods begin."""
    return counted_once(scope, "complaints", lambda start, end: {
        customer_id: int(count) for customer_id, count in session.execute(
            select(CustomerComplaint.customer_id, func.count())
            .where(CustomerComplaint.site_id.in_(scope.site_ids), CustomerComplaint.received_at >= start,
                   CustomerComplaint.received_at < end, CustomerComplaint.state != "void")
            .group_by(CustomerComplaint.customer_id))})


def _published(session: Session, scope: Scope) -> dict[int | None, list[SurveyResult]]:
    """Map each customer to what was published of it, the survey closed last at the end."""
    if "published" not in scope.memo:
        found: dict[int | None, list[SurveyResult]] = {}
        for row in session.scalars(
                select(SurveyResult).join(Survey, Survey.id == SurveyResult.survey_id)
                .where(Survey.site_id.in_(scope.site_ids), Survey.kind == "customer", Survey.state.in_(sorted(SHOWN)),
                       SurveyResult.unit_id.is_not(None))
                .options(joinedload(SurveyResult.survey).joinedload(Survey.questions)
                         .selectinload(QuestionSet.questions))
                .order_by(Survey.closed_at, Survey.id)):
            found.setdefault(row.unit_id, []).append(row)
        scope.memo["published"] = found
    held: dict[int | None, list[SurveyResult]] = scope.memo["published"]
    return held


def _reading(metric: str) -> "Taken":
    def taken(session: Session, scope: Scope, customer_id: int | None, stretch: Stretch, _kind: str = "") -> Estimate:
        first, last = _months(stretch)
        rows = [one for one in _readings(session, scope).get((customer_id, metric), ()) if first <= one[0] <= last]
        whole = [amount for _month, plant, amount in rows if plant is None]
        values = whole or [amount for _month, _plant, amount in rows]
        if not values:
            return Estimate(None, 0)
        total = sum(values, Decimal(0))
        return Estimate(total if metric in _SUMMED else total / len(values), len(values))
    return taken


def _readings(session: Session, scope: Scope) -> dict[tuple[int | None, str], list[tuple[str, int | None, Decimal]]]:
    if "readings" not in scope.memo:
        found: dict[tuple[int | None, str], list[tuple[str, int | None, Decimal]]] = {}
        for customer_id, metric, month, plant_id, amount in session.execute(
                select(ScoreReading.customer_id, ScoreReading.metric, ScoreReading.month, ScoreReading.plant_id,
                       ScoreReading.value)
                .where(ScoreReading.site_id.in_(scope.site_ids)).order_by(ScoreReading.month, ScoreReading.id)):
            found.setdefault((customer_id, metric), []).append((f"{month:%Y-%m}", plant_id, amount))
        scope.memo["readings"] = found
    held: dict[tuple[int | None, str], list[tuple[str, int | None, Decimal]]] = scope.memo["readings"]
    return held


def _months(stretch: Stretch) -> tuple[str, str]:
    return f"{stretch.first:%Y-%m}", f"{stretch.last:%Y-%m}"


def _of(column: Any, record_id: int | None) -> ColumnElement[bool]:
    return true() if record_id is None else column == record_id


def _count(session: Session, query: Select[int]) -> Estimate:
    return Estimate(session.scalar(query) or 0)


Taken = Callable[[Session, Scope, int | None, Stretch, str], Estimate]
OUTSIDE: dict[str, Taken] = {
    "kept": kept, "internal_complaints": internal_complaints, "stop_minutes": stop_minutes, "copq": copq,
    "complaints": complaints, "customer_index": customer_index,
    **{code: _reading(metric) for code, metric in _METRICS.items()},
}
