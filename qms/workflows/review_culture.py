"""Fills the input on the culture of reporting: reports beside what was found later, recognition. Only reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qms.measures.intervals import rate
from qms.models.chain import Unit
from qms.models.service_complaints_protected import ProtectedReport
from qms.models.service_recognition import Recognition
from qms.rules import review_culture as words
from qms.rules.measures import FOUND_BY_MAKER, UNPLACED, Period
from qms.rules.review_snapshots import Chart, Estimate, Figure, Row, Snapshot, Table
from qms.rules.service_recognition import SELF_REPORTS
from qms.rules.words import Words
from qms.workflows.measures_reporting import Reporting, compared
from qms.workflows.review_counts import chain_links, named, rejections_path
from qms.workflows.review_cubes import Found, Stretch, handed_over, rejected
from qms.workflows.review_estimates import MOST_MONTHS, MOST_ROWS, of_events, of_rate, snapshot_of
from qms.workflows.review_scope import Scope

PER_LOTS = 1000
_AT_ONCE = (FOUND_BY_MAKER, "1", UNPLACED)


@dataclass(frozen=True, slots=True)
class Reported:
    """Lots of a plant or unit in some time, reports, those of one's own work, and what was found later, as records."""

    lots: int = 0
    reports: int = 0
    own: int = 0
    later: int = 0

    @property
    def triple(self) -> tuple[int, int, int]:
        """Return reports, found later, and lots, as they are compared."""
        return self.reports, self.later, self.lots


def culture(session: Session, scope: Scope) -> Snapshot:
    """Return reports beside what was found later, by month and by unit, and whether less is reported than there is."""
    now, before = (_of_plant(session, scope, period) for period in (scope.period, scope.before))
    found = compared(now.triple, before.triple)
    units, looked_at = _units(session, scope)
    warned = [*_warned(Words("all sites of the review", "评审涵盖的全部工厂"), found), *looked_at]
    return snapshot_of(_figures(session, scope, now, before, found), (_months(session, scope), units),
                       [words.RULE] if now.lots or now.reports else [], warned)


def _of_plant(session: Session, scope: Scope, stretch: Stretch) -> Reported:
    lots = sum(handed.lots for handed in handed_over(session, scope).within(stretch).values())
    return _sum(session, scope, stretch, lots, lambda _key: True, _is_later)


def _sum(session: Session, scope: Scope, stretch: Stretch, lots: int, reported: Callable[[Found], bool],
         later: Callable[[Found], bool]) -> Reported:
    found = rejected(session, scope).within(stretch).items()
    return Reported(
        lots, sum(counted.records for key, counted in found if reported(key)),
        sum(counted.records for key, counted in found if reported(key) and key.kind in SELF_REPORTS),
        sum(counted.records for key, counted in found if later(key)))


def _is_later(key: Found) -> bool:
    return key.confirmed and key.escape_class not in _AT_ONCE


def _figures(session: Session, scope: Scope, now: Reported, before: Reported, found: Reporting) -> list[Figure]:
    path = rejections_path(scope)
    return [
        words.REPORTS.both(scope.where, [of_events(one, PER_LOTS) for one in (found.reports, found.reports_before)],
                           path),
        words.LATER.both(scope.where, [of_events(one, PER_LOTS) for one in (found.later, found.later_before)], path),
        words.SELF_REPORTS.both(scope.where, [of_rate(rate(one.own, one.reports)) for one in (now, before)], path),
        words.RECOGNISED.both(scope.where, [
            _count(session, scope, Recognition, Recognition.decided_at, period, Recognition.state == "approved")
            for period in (scope.period, scope.before)],
            scope.path("/service/recognition/", first=None, last=None, state="approved")),
        words.PROTECTED.both(scope.where, [_count(session, scope, ProtectedReport, ProtectedReport.filed_at, period)
                                           for period in (scope.period, scope.before)])]


def _count(session: Session, scope: Scope, record: Any, at: Any, period: Period,
           *conditions: ColumnElement[bool]) -> Estimate:
    start, end = period.bounds
    return Estimate(session.scalar(select(func.count()).select_from(record).where(
        record.site_id.in_(scope.site_ids), at >= start, at < end, *conditions)) or 0)


def _months(session: Session, scope: Scope) -> Table:
    """Return the months of the history, the newest 24, beginning with the first in which there is anything."""
    rows: list[Row] = []
    for month in scope.history.buckets[-MOST_MONTHS:]:
        one = _of_plant(session, scope, month)
        if rows or one != Reported():
            per = PER_LOTS / one.lots if one.lots else None
            rows.append(Row((month.label, one.lots, one.reports, one.own, one.later,
                             one.reports * per if per else None, one.later * per if per else None)))
    return words.MONTHS.table(scope.where, words.MONTH_COLUMNS, rows,
                              Chart("line", words.MONTHS.words, "month", ("reports_rate", "later_rate")))


def _units(session: Session, scope: Scope) -> tuple[Table, list[Words]]:
    now, before = (_by_unit(session, scope, period) for period in (scope.period, scope.before))
    busy = sorted(now, key=lambda unit_id: (-now[unit_id].lots, unit_id))[:MOST_ROWS]
    rows, warned = [], []
    for unit in session.scalars(select(Unit).where(Unit.id.in_(busy)).order_by(Unit.code, Unit.id)):
        one, then = now[unit.id], before.get(unit.id, Reported())
        found = compared(one.triple, then.triple)
        warned += _warned(named(unit), found)
        rows.append(Row((named(unit), one.lots, one.reports, one.own, one.later, then.lots, then.reports, then.later,
                         words.LOOK if found.fell else None),
                        f"/measures/units/{unit.id}?first={scope.period.first}&last={scope.period.last}&step=month"))
    return words.UNITS.table(scope.where, words.UNIT_COLUMNS, rows), warned


def _by_unit(session: Session, scope: Scope, period: Period) -> Mapping[int, Reported]:
    """Return what each unit inside handed over, reported, and made that others found."""
    inside = {link.id: link.supplier_id for link in chain_links(session, scope)
              if link.supplier.kind not in {"supplier", "customer"}}
    lots: dict[int, int] = {}
    for link_id, handed in handed_over(session, scope).within(period).items():
        if link_id in inside:
            lots[inside[link_id]] = lots.get(inside[link_id], 0) + handed.lots
    counted = {unit_id: [0, 0, 0] for unit_id in lots}
    for key, found in rejected(session, scope).within(period).items():
        if key.found_unit_id in counted:
            counted[key.found_unit_id][0] += found.records
            counted[key.found_unit_id][1] += found.records if key.kind in SELF_REPORTS else 0
        if key.confirmed and key.origin_unit_id in counted and key.escape_class not in {FOUND_BY_MAKER, UNPLACED}:
            counted[key.origin_unit_id][2] += found.records
    return {unit_id: Reported(lots[unit_id], *counted[unit_id]) for unit_id in lots}


def _warned(of: Words, found: Reporting) -> list[Words]:
    if not found.fell:
        return []
    figures = [(one.value or 0.0) * PER_LOTS for one in (found.reports_before, found.reports, found.later_before,
                                                         found.later)]
    return [words.warned(of, (figures[0], figures[1]), (figures[2], figures[3]))]


FILLED = {"culture": culture}
