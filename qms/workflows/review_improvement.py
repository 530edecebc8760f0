"""Fills the input on opportunities for improvement: suggestions, lessons, read-across. Only reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from qms.measures.intervals import rate
from qms.models.actions import Action
from qms.models.actions_causes import Lesson, ReadAcross
from qms.models.chain import Item, Site, Unit
from qms.models.service_recognition import Suggestion
from qms.rules import review_improvement as words
from qms.rules.measures import VOID, Period
from qms.rules.review_snapshots import Estimate, Figure, Formula, Row, Snapshot, Table
from qms.workflows.review_counts import named
from qms.workflows.review_customers_counts import many
from qms.workflows.review_estimates import MOST_ROWS, of_rate, snapshot_of
from qms.workflows.review_scope import Scope

SUGGESTIONS = "/service/suggestions/"


@dataclass(frozen=True, slots=True)
class Suggested:
    """Suggestions about a unit, and what became of them."""

    received: int = 0
    decided: int = 0
    adopted: int = 0
    done: int = 0

    def __add__(self, other: "Suggested") -> "Suggested":
        return Suggested(self.received + other.received, self.decided + other.decided, self.adopted + other.adopted,
                         self.done + other.done)


def improvement(session: Session, scope: Scope) -> Snapshot:
    """Return what was suggested and what became of it, what was learned, and where it was read across."""
    found, before = (_suggested(session, scope, period) for period in (scope.period, scope.before))
    listed = sorted(found, key=lambda unit_id: (-found[unit_id].received, unit_id))[:MOST_ROWS]
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(listed)))}
    table = words.UNITS.table(scope.where, words.UNIT_COLUMNS, (
        Row((named(units[of]), found[of].received, found[of].decided, found[of].adopted, found[of].done),
            scope.path(SUGGESTIONS, first=None, last=None, unit=of)) for of in listed))
    figures = [*_of_suggestions(scope, found, before, whole=len(listed) == len(found)), *_learned(session, scope)]
    return snapshot_of(figures, (table, _lessons(session, scope), _across(session, scope)))


def _suggested(session: Session, scope: Scope, period: Period) -> dict[int, Suggested]:
    start, end = period.bounds
    state = Suggestion.state
    rows = session.execute(
        select(Suggestion.unit_id, func.count(), many(state.in_(("adopted", "not_adopted", "done"))),
               many(state.in_(("adopted", "done"))), many(state == "done"))
        .where(Suggestion.site_id.in_(scope.site_ids), Suggestion.filed_at >= start, Suggestion.filed_at < end)
        .group_by(Suggestion.unit_id))
    return {unit_id: Suggested(*(int(count) for count in counts)) for unit_id, *counts in rows}


def _of_suggestions(scope: Scope, found: Mapping[int, Suggested], before: Mapping[int, Suggested], *,
                    whole: bool) -> list[Figure]:
    totals = [sum(one.values(), Suggested()) for one in (found, before)]
    path = scope.path(SUGGESTIONS, first=None, last=None)

    def formula(kind: str, of: str, out_of: str | None = None) -> Formula | None:
        return Formula(kind, "suggestion_units", of, out_of) if whole else None

    return [
        words.RECEIVED.both(scope.where, [Estimate(one.received) for one in totals], path, formula("sum", "received")),
        words.ADOPTED.both(scope.where, [of_rate(rate(one.adopted, one.decided)) for one in totals], path,
                           formula("share", "adopted", "decided")),
        words.DONE.both(scope.where, [of_rate(rate(one.done, one.received)) for one in totals], path,
                        formula("share", "done", "received"))]


def _learned(session: Session, scope: Scope) -> list[Figure]:
    lessons = [Estimate(session.scalar(select(func.count()).select_from(Lesson).where(*_written(scope, period))) or 0)
               for period in (scope.period, scope.before)]
    across = [_answers(session, scope, period) for period in (scope.period, scope.before)]
    return [
        words.LESSONS.both(scope.where, lessons, scope.path("/actions/lessons/", first=None, last=None)),
        words.READ_ACROSS.both(scope.where, [of_rate(rate(answered, named_)) for named_, answered, _ in across]),
        words.APPLIES.both(scope.where, [of_rate(rate(applies, answered)) for _, answered, applies in across])]


def _written(scope: Scope, period: Period) -> tuple[Any, ...]:
    return (Lesson.site_id.in_(scope.site_ids), Lesson.written_on >= period.first, Lesson.written_on <= period.last)


def _lessons(session: Session, scope: Scope) -> Table:
    found = session.execute(
        select(Lesson, Action.number).join(Action, Action.id == Lesson.action_id)
        .where(*_written(scope, scope.period)).order_by(Lesson.written_on.desc(), Lesson.id.desc()).limit(MOST_ROWS))
    return words.LESSON_LIST.table(scope.where, words.LESSON_COLUMNS, (
        Row((one.number, one.title, number, one.written_on), f"/actions/lessons/{one.id}") for one, number in found))


def _opened(scope: Scope, period: Period) -> Any:
    """Return the condition that a place was named by an action opened in a period, which is not void."""
    start, end = period.bounds
    return and_(ReadAcross.active, Action.site_id.in_(scope.site_ids), Action.opened_at >= start,
                Action.opened_at < end, Action.state != VOID)


def _answers(session: Session, scope: Scope, period: Period) -> tuple[int, int, int]:
    """Return how many places were named, answered, and to how many of them the action applies."""
    row = session.execute(
        select(func.count(), many(ReadAcross.applies.is_not(None)), many(ReadAcross.applies.is_(True)))
        .select_from(ReadAcross).join(Action, Action.id == ReadAcross.action_id).where(_opened(scope, period))).one()
    return int(row[0]), int(row[1]), int(row[2])


def _across(session: Session, scope: Scope) -> Table:
    found = session.execute(
        select(ReadAcross, Action, Unit, Item, Site).join(Action, Action.id == ReadAcross.action_id)
        .outerjoin(Unit, Unit.id == ReadAcross.unit_id).outerjoin(Item, Item.id == ReadAcross.item_id)
        .outerjoin(Site, Site.id == ReadAcross.site_id)
        .where(_opened(scope, scope.period), or_(ReadAcross.applies.is_(True), ReadAcross.applies.is_(None)))
        .order_by(ReadAcross.id.desc()).limit(MOST_ROWS))
    rows = []
    for one, action, unit, item, site in found:
        place = next((named(of) for of in (unit, item, site) if of is not None), one.note)
        rows.append(Row((action.number, action.title, place, words.APPLIED if one.applies else words.UNANSWERED),
                        f"/actions/{action.id}"))
    return words.ACROSS_LIST.table(scope.where, words.ACROSS_COLUMNS, rows)


FILLED = {"improvement": improvement}
