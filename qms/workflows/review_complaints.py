"""Fills the input on internal complaints and appeals: how they were answered, what comes again. Only reads."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.measures.intervals import rate
from qms.models.chain import Defect, Unit
from qms.models.service_appeals import Appeal
from qms.models.service_complaints import InternalComplaint
from qms.models.service_complaints_protected import ProtectedReport
from qms.rules import review_complaints as words
from qms.rules.measures import Period
from qms.rules.review_snapshots import Chart, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.workflows.measures_handovers import calendar
from qms.workflows.review_counts import named
from qms.workflows.review_customers_counts import many
from qms.workflows.review_estimates import MOST_MONTHS, MOST_ROWS, of_rate, snapshot_of
from qms.workflows.review_scope import Scope
from qms.workflows.service_complaints_scores import counting

REGISTER = "/service/complaints/"


@dataclass(frozen=True, slots=True)
class Filed:
    """Complaints on a unit, and what became of them; `again`: reopened, `or_done`: reported done or reopened."""

    filed: int = 0
    counted: int = 0
    in_time: int = 0
    judged: int = 0
    confirmed: int = 0
    done: int = 0
    again: int = 0
    or_done: int = 0

    def __add__(self, other: "Filed") -> "Filed":
        return Filed(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def complaints_appeals(session: Session, scope: Scope) -> Snapshot:
    """Return how internal complaints were answered and what became of appeals."""
    found, before = (_by_unit(session, scope, period) for period in (scope.period, scope.before))
    listed = sorted(found, key=lambda unit_id: (-found[unit_id].filed, unit_id))[:MOST_ROWS]
    figures = [*_of_complaints(scope, found, before, whole=len(listed) == len(found)),
               *_of_appeals(session, scope), _protected(session, scope)]
    return snapshot_of(figures, (_units(session, scope, listed, found, before), _topics(session, scope),
                                 _months(session, scope)))


def _by_unit(session: Session, scope: Scope, period: Period) -> dict[int, Filed]:
    at, held = now(session), InternalComplaint
    late = and_(held.answered_at.is_(None), held.state == "filed", held.frozen_at.is_(None), held.answer_due_at < at)
    done = held.done_at.is_not(None)
    rows = session.execute(
        select(held.accused_id, func.count(), many(and_(*counting(*period.bounds))),
               many(held.answered_at <= held.answer_due_at), many(or_(held.answered_at.is_not(None), late)),
               many(and_(done, held.confirmed_at.is_not(None))), many(done), many(held.reopened > 0),
               many(or_(done, held.reopened > 0)))
        .where(_within(scope, period)).group_by(held.accused_id))
    return {unit_id: Filed(*(int(count) for count in counts)) for unit_id, *counts in rows}


def _within(scope: Scope, period: Period) -> ColumnElement[bool]:
    start, end = period.bounds
    return and_(InternalComplaint.site_id.in_(scope.site_ids), InternalComplaint.filed_at >= start,
                InternalComplaint.filed_at < end)


def _of_complaints(scope: Scope, found: Mapping[int, Filed], before: Mapping[int, Filed], *,
                   whole: bool) -> list[Figure]:
    totals, path = [sum(one.values(), Filed()) for one in (found, before)], scope.path(REGISTER)

    def share(of: str, out_of: str) -> Formula | None:
        return Formula("share", "complaint_units", of, out_of) if whole else None

    return [
        words.FILED.both(scope.where, [Estimate(one.filed) for one in totals], path,
                         Formula("sum", "complaint_units", "filed") if whole else None),
        words.COUNTED.both(scope.where, [of_rate(rate(one.counted, one.filed)) for one in totals], path,
                           share("counted", "filed")),
        words.ANSWERED.both(scope.where, [of_rate(rate(one.in_time, one.judged)) for one in totals], path,
                            share("in_time", "judged")),
        words.CONFIRMED.both(scope.where, [of_rate(rate(one.confirmed, one.done)) for one in totals], path,
                             share("confirmed", "done")),
        words.REOPENED.both(scope.where, [of_rate(rate(one.again, one.or_done)) for one in totals],
                            scope.path(REGISTER, sort="-reopened"))]


def _of_appeals(session: Session, scope: Scope) -> list[Figure]:
    filed, overturned = [], []
    for period in (scope.period, scope.before):
        start, end = period.bounds
        states = {state: int(count) for state, count in session.execute(
            select(Appeal.state, func.count()).where(Appeal.site_id.in_(scope.site_ids), Appeal.filed_at >= start,
                                                     Appeal.filed_at < end).group_by(Appeal.state))}
        filed.append(Estimate(sum(states.values())))
        turned = states.get("overturned", 0)
        overturned.append(of_rate(rate(turned, turned + states.get("upheld", 0))))
    path = scope.path("/service/appeals/", first=None, last=None)
    return [words.APPEALS.both(scope.where, filed, path), words.OVERTURNED.both(scope.where, overturned, path)]


def _protected(session: Session, scope: Scope) -> Figure:
    def count(start: datetime, end: datetime) -> Estimate:
        return Estimate(session.scalar(select(func.count()).select_from(ProtectedReport).where(
            ProtectedReport.site_id.in_(scope.site_ids), ProtectedReport.filed_at >= start,
            ProtectedReport.filed_at < end)) or 0)

    return words.PROTECTED.both(scope.where, [count(*period.bounds) for period in (scope.period, scope.before)])


def _units(session: Session, scope: Scope, listed: Sequence[int], found: Mapping[int, Filed],
           before: Mapping[int, Filed]) -> Table:
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(listed)))}
    return words.UNITS.table(scope.where, words.UNIT_COLUMNS, (
        Row((named(units[of]), found[of].filed, found[of].counted, found[of].in_time, found[of].judged,
             found[of].confirmed, found[of].done, found[of].again, before.get(of, Filed()).filed),
            scope.path(REGISTER, accused=of)) for of in listed))


def _topics(session: Session, scope: Scope) -> Table:
    """Return what came up again: the same two units and the same defect or standard."""
    held = InternalComplaint
    key = (held.complaining_id, held.accused_id, held.defect_id, held.standard_ref)
    rows = session.execute(
        select(*key, func.count()).where(_within(scope, scope.period),
                                         or_(held.defect_id.is_not(None), held.standard_ref.is_not(None)))
        .group_by(*key).having(func.count() > 1).order_by(func.count().desc(), *key).limit(MOST_ROWS)).all()
    units = {unit.id: named(unit) for unit in session.scalars(
        select(Unit).where(Unit.id.in_({row[place] for row in rows for place in (0, 1)})))}
    defects = {defect.id: named(defect) for defect in session.scalars(
        select(Defect).where(Defect.id.in_({row[2] for row in rows if row[2]})))}
    return words.TOPICS.table(scope.where, words.TOPIC_COLUMNS, (
        Row((units[complaining], units[accused], defects[defect] if defect else standard, int(times)),
            scope.path(REGISTER, complaining=complaining, accused=accused))
        for complaining, accused, defect, standard, times in rows))


def _months(session: Session, scope: Scope) -> Table:
    days = calendar(scope.period)
    counted = {bucket: int(count) for bucket, count in session.execute(
        select(days.c.bucket, func.count()).select_from(days)
        .join(InternalComplaint, and_(InternalComplaint.filed_at >= days.c.starts_at,
                                      InternalComplaint.filed_at < days.c.ends_at))
        .where(InternalComplaint.site_id.in_(scope.site_ids)).group_by(days.c.bucket))}
    rows = [Row((month.label, counted.get(place, 0))) for place, month in enumerate(scope.period.buckets)]
    return words.MONTHS.table(scope.where, words.MONTH_COLUMNS, rows[-MOST_MONTHS:] if counted else (),
                              Chart("bar", words.MONTHS.words, "month", ("filed",)))


FILLED = {"complaints_appeals": complaints_appeals}
