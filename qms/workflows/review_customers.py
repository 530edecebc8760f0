"""Fills the input on the satisfaction of outside customers: what reached them beside what they say. Only reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.measures.intervals import UNKNOWN, Mean, rate
from qms.models.chain import Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.rules import review_customers as words
from qms.rules.customers_scores import COLOURS, MISSING, Month
from qms.rules.measures import Period
from qms.rules.review_snapshots import Cell, Chart, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.satisfaction_scorecards import CHANGES, change
from qms.rules.words import Words
from qms.workflows.customers_scores_grid import months_of
from qms.workflows.measures_escapes import NONE_COUNTED, Counted
from qms.workflows.measures_handovers import calendar
from qms.workflows.review_counts import named, rejections_path
from qms.workflows.review_customers_counts import (
    FIELD,
    NONE_COMPLAINED,
    Complained,
    Leading,
    complaints_by_customer,
    customers_of,
    escapes_by_customer,
    leading_to,
    many,
    pages_of,
    readings_by_customer,
    received_in,
)
from qms.workflows.review_estimates import MOST_MONTHS, MOST_ROWS, of_index, of_ppm, of_rate, share, snapshot_of
from qms.workflows.review_scope import Scope
from qms.workflows.satisfaction_scorecards_counts import Published, published_outside, published_totals

_NO_MEAN = Mean(0, None, None, *UNKNOWN)


@dataclass(frozen=True, slots=True)
class Experienced:
    """One customer's period, or that of all of them."""

    leading: Leading
    escapes: Counted
    complained: Complained
    ppm: Mean = _NO_MEAN
    otd: Mean = _NO_MEAN
    survey: Published | None = None

    @property
    def has_any(self) -> bool:
        """Tell whether anything but the hand-overs inside was counted."""
        return bool(self.escapes.records or self.complained.complaints or self.ppm.n or self.otd.n
                    or self.survey is not None or self.leading.shipped.received)


def external_satisfaction(session: Session, scope: Scope) -> Snapshot:
    """Return one line for each outside customer of whom anything was counted, and the figures of all of them."""
    customers = customers_of(session, scope)
    now, before = (_by_customer(session, scope, period, customers) for period in (scope.period, scope.before))
    shown = [unit for unit in customers.values() if now[unit.id].has_any or before[unit.id].has_any]
    listed = sorted(shown, key=lambda unit: (-now[unit.id].complained.complaints, -now[unit.id].escapes.records,
                                             unit.code))[:MOST_ROWS]
    months = months_of(session, [(unit.id, unit.site_id) for unit in listed],
                       [scope.period.last.replace(day=1)])
    pages = pages_of(session, scope)
    lines = tuple(Row(_cells(unit, now[unit.id], before[unit.id], months[unit.id][0]), pages.get(unit.id))
                  for unit in listed)
    whole = len(listed) == len(shown)
    table = words.CUSTOMERS.table(scope.where, words.COLUMNS, lines)
    figures = [*_reached(session, scope, now, before, whole=whole), *_said_by_them(session, scope)]
    return snapshot_of(figures, (table, _by_month(session, scope)), warned=() if whole else (words.CUT,))


def _by_customer(session: Session, scope: Scope, period: Period,
                 customers: Mapping[int, Unit]) -> dict[int, Experienced]:
    complained, escapes = complaints_by_customer(session, scope, period), escapes_by_customer(session, scope, period)
    read = readings_by_customer(session, scope, period, "ppm", "otd")
    surveyed: dict[int, Published] = {}
    for site_id in scope.site_ids:
        surveyed |= published_outside(session, site_id, period)
    return {of: Experienced(
        leading_to(session, scope, period, of), escapes.get(of, NONE_COUNTED), complained.get(of, NONE_COMPLAINED),
        read.get((of, "ppm"), _NO_MEAN), read.get((of, "otd"), _NO_MEAN), surveyed.get(of)) for of in customers}


def _cells(unit: Unit, now: Experienced, before: Experienced, month: Month) -> tuple[Cell, ...]:
    acceptance, index = now.leading.inside.acceptance, of_index(now.survey.overall if now.survey else None)
    former = of_index(before.survey.overall if before.survey else None)
    return (
        named(unit), acceptance.value, acceptance.n,
        now.escapes.records, now.escapes.pieces, now.leading.shipped.received or None, now.ppm.mean, before.ppm.mean,
        now.otd.mean, before.otd.mean, now.complained.complaints, before.complained.complaints, _colour(month),
        index.value, index.n if index.value is not None else None, index.low, index.high, _published(now.survey),
        CHANGES.get(change((former.low, former.high), (index.low, index.high)) or ""))


def _colour(month: Month) -> Words | None:
    if month.missing:
        return MISSING.words
    return COLOURS[month.colour].words if month.colour else None


def _published(survey: Published | None) -> Words:
    if survey is None:
        return words.NO_SURVEY
    return words.HIDDEN if survey.overall is None else words.PUBLISHED


def _reached(session: Session, scope: Scope, now: Mapping[int, Experienced], before: Mapping[int, Experienced], *,
             whole: bool) -> list[Figure]:
    """Return what reached the customers, over all of them."""
    here, then = _sum(session, scope, scope.period, now), _sum(session, scope, scope.before, before)
    escaped, escaped_then = (share(one.escapes.pieces, one.leading.shipped.received) for one in (here, then))

    def summed(column: str) -> Formula | None:
        return Formula("sum", "customers", column) if whole else None

    complaints = scope.path("/customers/complaints/")
    escapes = rejections_path(scope, found_unit_id=next(iter(now))) if len(now) == 1 else None
    return [
        words.FTA.figure(scope.where, of_rate(here.leading.inside.acceptance),
                         of_rate(then.leading.inside.acceptance), scope.path("/acceptance/hand-overs")),
        words.ESCAPES.figure(scope.where, Estimate(here.escapes.records), Estimate(then.escapes.records),
                             escapes, summed("escapes")),
        words.ESCAPED_PPM.figure(scope.where, of_ppm(escaped), of_ppm(escaped_then), escapes,
                                 Formula("per_million", "customers", "pieces", "shipped")
                                 if whole and escaped.value is not None else None),
        words.COMPLAINTS.figure(scope.where, Estimate(here.complained.complaints),
                                Estimate(then.complained.complaints), complaints, summed("complaints")),
        words.ANSWERED.figure(scope.where, of_rate(here.complained.answered), of_rate(then.complained.answered),
                              complaints)]


def _sum(session: Session, scope: Scope, period: Period, found: Mapping[int, Experienced]) -> Experienced:
    complained = [one.complained for one in found.values()]
    return Experienced(
        leading_to(session, scope, period, *found), sum((one.escapes for one in found.values()), NONE_COUNTED),
        Complained(*(sum(getattr(one, name) for one in complained)
                     for name in ("complaints", "field", "pieces", "in_time", "too_late"))))


def _said_by_them(session: Session, scope: Scope) -> list[Figure]:
    """Return what the newest survey says of all customers asked, and how many answered all surveys."""
    path = "/satisfaction/?kind=customers"
    now, before = ([told for site_id in scope.site_ids
                    for _row, told in published_totals(session, site_id, period, "customers")]
                   for period in (scope.period, scope.before))
    index, former = (of_index(told[-1].overall if told else None) for told in (now, before))
    taken, taken_before = (of_rate(rate(sum(min(t.responded, t.invited) for t in told), sum(t.invited for t in told)))
                           for told in (now, before))
    if len(scope.sites) > 1:
        return [words.RESPONSE.figure(scope.where, taken, taken_before, path)]
    return [words.INDEX.figure(scope.where, index, former, path),
            words.RESPONSE.figure(scope.where, taken, taken_before, path)]


def _by_month(session: Session, scope: Scope) -> Table:
    """Return complaints by month of receipt, the last months of the period."""
    days = calendar(scope.period)
    rows: Any = session.execute(
        select(days.c.bucket, func.count(), many(FIELD)).select_from(days)
        .join(CustomerComplaint, (CustomerComplaint.received_at >= days.c.starts_at)
              & (CustomerComplaint.received_at < days.c.ends_at))
        .where(received_in(scope, scope.period)).group_by(days.c.bucket))
    counted = {bucket: (int(n), int(field)) for bucket, n, field in rows}
    lines = [Row((bucket.label, *counted.get(place, (0, 0))))
             for place, bucket in enumerate(scope.period.buckets)][-MOST_MONTHS:]
    return words.MONTHS.table(scope.where, words.MONTHS_COLUMNS, lines if counted else (),
                              Chart("bar", words.MONTHS.words, "month", ("complaints", "field")))


FILLED = {"external_satisfaction": external_satisfaction}
