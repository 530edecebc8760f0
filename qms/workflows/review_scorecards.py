"""Fills the input on customers' scorecards: readings, special status and the targets that were missed. Only reads."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.measures.intervals import rate
from qms.models.chain import Unit
from qms.models.customers_scores import ScoreReading, SpecialStatus
from qms.rules import customers_scores as colours
from qms.rules import review_scorecards as words
from qms.rules.customers_metrics import METRICS
from qms.rules.measures import Period
from qms.rules.review_snapshots import Cell, Column, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.customers_scores_grid import months_of
from qms.workflows.review_counts import named
from qms.workflows.review_customers_counts import customers_of, pages_of
from qms.workflows.review_estimates import of_rate, snapshot_of
from qms.workflows.review_missed import misses
from qms.workflows.review_scope import Scope


def scorecards(session: Session, scope: Scope) -> Snapshot:
    """Return the readings of the period by customer, metric and month, special status, and what was missed."""
    months = colours.months(scope.period.last, min(words.MOST_MONTHS, len(scope.period.buckets)))
    units, registered = customers_of(session, scope), pages_of(session, scope, "scorecard")
    grid = months_of(session, [(unit.id, unit.site_id) for unit in units.values()], months)
    statuses = _statuses(session, scope, scope.period)
    tables = (_colours(scope, units, registered, grid, months), _values(session, scope, registered, months),
              _special(scope, registered, statuses), _missed(session, scope, registered))
    return snapshot_of(_figures(session, scope, grid, statuses), tables, warned=_warned(statuses))


def _figures(session: Session, scope: Scope, grid: Mapping[int, Sequence[colours.Month]],
             statuses: Sequence[SpecialStatus]) -> list[Figure]:
    (read, on), (read_then, on_then) = (_on_target(session, scope, period) for period in (scope.period, scope.before))
    due = [month for months in grid.values() for month in months if month.is_due]
    missed, missed_then = (len(misses(session, scope.site_ids, period.first, period.last))
                           for period in (scope.period, scope.before))
    former = len(_statuses(session, scope, scope.before))
    untold = sum(1 for status in statuses if status.body_told_on is None)
    register = f"/customers/scorecards/?last={scope.period.last:%Y-%m}"
    return [
        words.ON_TARGET.figure(scope.where, on, on_then, register,
                               Formula("share", "scorecard_values", "on_target", "with_target")),
        words.READ.figure(scope.where, read, read_then, register, Formula("sum", "scorecard_values", "readings")),
        words.NOT_READ.figure(scope.where, Estimate(sum(1 for month in due if month.missing) if due else None,
                                                    len(due)), None, register),
        words.MISSED.figure(scope.where, Estimate(missed if read.value else None, read.n),
                            Estimate(missed_then if read_then.value else None, read_then.n), register,
                            Formula("count", "missed_targets", "customer")),
        words.SPECIAL.figure(scope.where, Estimate(len(statuses)), Estimate(former), register,
                             Formula("count", "special_status", "customer")),
        words.BODY.figure(scope.where, of_rate(rate(len(statuses) - untold, len(statuses))), None, register)]


def _on_target(session: Session, scope: Scope, period: Period) -> tuple[Estimate, Estimate]:
    """Return how many readings there are, and the share of them on target."""
    found = {colour: int(n) for colour, n in session.execute(
        select(ScoreReading.colour, func.count()).where(
            ScoreReading.site_id.in_(scope.site_ids), ScoreReading.month >= period.first.replace(day=1),
            ScoreReading.month <= period.last).group_by(ScoreReading.colour))}
    read = sum(found.values())
    return Estimate(read or None, read), of_rate(rate(found.get("green", 0), read - found.get("none", 0)))


def _colours(scope: Scope, units: Mapping[int, Unit], registered: Mapping[int, str],
             grid: Mapping[int, Sequence[colours.Month]], months: Sequence[date]) -> Table:
    rows = [Row((named(unit), *(_colour(month) for month in grid[unit.id])), registered.get(unit.id))
            for unit in units.values() if any(month.colour or month.missing for month in grid[unit.id])]
    columns = (*words.COLOUR_COLUMNS, *(Column(f"m{first:%Y%m}", _month(first), "state") for first in months))
    return words.COLOURS.table(scope.where, columns, rows)


def _colour(month: colours.Month) -> Words | None:
    if month.missing:
        return colours.MISSING.words
    return colours.COLOURS[month.colour].words if month.colour else None


def _values(session: Session, scope: Scope, registered: Mapping[int, str], months: Sequence[date]) -> Table:
    found: dict[tuple[int, int | None, str], list[ScoreReading]] = {}
    for reading in session.scalars(
            select(ScoreReading).join(Unit, Unit.id == ScoreReading.customer_id)
            .where(ScoreReading.site_id.in_(scope.site_ids), ScoreReading.month >= scope.period.first.replace(day=1),
                   ScoreReading.month <= scope.period.last)
            .options(joinedload(ScoreReading.customer), joinedload(ScoreReading.plant))
            .order_by(Unit.code, ScoreReading.plant_id, ScoreReading.month)):
        found.setdefault((reading.customer_id, reading.plant_id, reading.metric), []).append(reading)
    order = list(METRICS)
    rows = [_value_row(of, registered.get(key[0]), months) for key, of in sorted(
        found.items(), key=lambda pair: (pair[1][0].customer.code, pair[0][1] or 0, order.index(pair[0][2])))]
    columns = (*words.VALUE_COLUMNS, *(Column(f"m{first:%Y%m}", _month(first), "decimal") for first in months))
    return words.VALUES.table(scope.where, columns, rows)


def _value_row(readings: Sequence[ScoreReading], path: str | None, months: Sequence[date]) -> Row:
    last, by_month = readings[-1], {reading.month: reading.value for reading in readings}
    metric, plant = METRICS[last.metric], last.plant
    of = named(plant) if plant else words.ALL_PLANTS
    cells: tuple[Cell, ...] = (
        named(last.customer), of, metric.words, metric.unit, last.target,
        len(readings), sum(1 for reading in readings if reading.colour != "none"),
        sum(1 for reading in readings if reading.colour == "green"), *(by_month.get(first) for first in months))
    return Row(cells, path)


def _statuses(session: Session, scope: Scope, period: Period) -> Sequence[SpecialStatus]:
    return session.scalars(
        select(SpecialStatus).where(SpecialStatus.site_id.in_(scope.site_ids), SpecialStatus.from_on <= period.last,
                                    or_(SpecialStatus.to_on.is_(None), SpecialStatus.to_on >= period.first))
        .options(joinedload(SpecialStatus.customer)).order_by(SpecialStatus.from_on, SpecialStatus.id)).all()


def _special(scope: Scope, registered: Mapping[int, str], statuses: Sequence[SpecialStatus]) -> Table:
    return words.STATUSES.table(scope.where, words.STATUS_COLUMNS, (
        Row((named(one.customer), colours.STATUSES[one.kind], one.from_on, one.to_on, one.cause, one.exit_criteria,
             words.TOLD if one.body_told_on else words.UNTOLD, one.body_told_on), registered.get(one.customer_id))
        for one in statuses))


def _missed(session: Session, scope: Scope, registered: Mapping[int, str]) -> Table:
    return words.MISSES.table(scope.where, words.MISS_COLUMNS, (
        Row((one.customer, METRICS[one.metric].words, len(one.months),
             ", ".join(f"{month:%Y-%m}" for month in one.months)), registered.get(one.customer_id))
        for one in misses(session, scope.site_ids, scope.period.first, scope.period.last)))


def _warned(statuses: Sequence[SpecialStatus]) -> tuple[Words, ...]:
    untold = [one for one in statuses if one.body_told_on is None]
    return tuple(Words(
        f"The certification body has not been told of the special status by {one.customer.name_en} "
        f"({colours.STATUSES[one.kind].en}, from {one.from_on}).",
        f"{one.customer.name_zh} 的特殊状态 ({colours.STATUSES[one.kind].zh}, 自 {one.from_on}) 尚未通知认证机构。")
        for one in untold)


def _month(first: date) -> Words:
    return Words(f"{first:%Y-%m}", f"{first:%Y-%m}")


FILLED = {"scorecards": scorecards}
