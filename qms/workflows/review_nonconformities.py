"""Fills the input on nonconformities and corrective actions: what came, what is open and how old it is. Only reads."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from qms.models.rejections import Rejection
from qms.rules.measures import VOID, Period
from qms.rules.rejections import SEVERITIES
from qms.rules.review_snapshots import Chart, Column, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.review_actions import cases, figures_of, problem_solving, states
from qms.workflows.review_actions_steps import disciplines
from qms.workflows.review_estimates import snapshot_of
from qms.workflows.review_figures import both, only_site
from qms.workflows.review_scope import Scope

AGES: tuple[tuple[str, int, Words], ...] = (
    ("week", 7, Words("up to 7 days", "7 天以内")), ("month", 30, Words("8 to 30 days", "8-30 天")),
    ("quarter", 90, Words("31 to 90 days", "31-90 天")))
"""Ages of what is open: key, the most days, words; what is older stands apart."""
_OLDER = "older"
_QUERY = Words("Rejections, void ones left out: found in the period, closed in it, and open at its end, that is found "
               "until then and not closed by then; age from finding to the end of the period.",
               "不合格记录, 不含作废: 本期发现的、本期关闭的, 以及期末未关闭的 (截至期末已发现而尚未关闭); "
               "时长自发现至期末。")
Counts = dict[str, dict[str, int]]
"""By severity, then by what is counted."""


def nonconformities(session: Session, scope: Scope) -> Snapshot:
    """Return rejections and corrective actions: what came, what is open, how well problems are solved."""
    counted = {period: _counted(session, scope, period) for period in (scope.period, scope.before)}
    told = {period: cases(session, scope, period) for period in (scope.period, scope.before)}
    steps = disciplines(session, scope)
    return snapshot_of((*_figures(scope, counted), *figures_of(scope, told)),
                       (_classes(scope, counted[scope.period]), states(told[scope.period]), steps),
                       problem_solving(told[scope.period]))


def _counted(session: Session, scope: Scope, period: Period) -> Counts:
    start, end = period.bounds
    is_open = or_(Rejection.closed_at.is_(None), Rejection.closed_at >= end)
    columns: dict[str, ColumnElement[bool]] = {
        "found": Rejection.found_at >= start, "open": is_open,
        "closed": and_(Rejection.closed_at >= start, Rejection.closed_at < end)}
    youngest = end
    for key, days, _words in AGES:
        oldest = end - timedelta(days=days)
        columns[key] = and_(is_open, Rejection.found_at >= oldest, Rejection.found_at < youngest)
        youngest = oldest
    columns[_OLDER] = and_(is_open, Rejection.found_at < youngest)
    rows = session.execute(
        select(Rejection.severity, *(func.sum(case((met, 1), else_=0)) for met in columns.values()))
        .where(Rejection.site_id.in_(scope.site_ids), Rejection.found_at < end, Rejection.state != VOID,
               or_(Rejection.found_at >= start, Rejection.closed_at.is_(None), Rejection.closed_at >= start))
        .group_by(Rejection.severity))
    return {severity: dict(zip(columns, map(int, counts), strict=True)) for severity, *counts in rows}


def _figures(scope: Scope, counted: dict[Period, Counts]) -> tuple[Figure, ...]:
    def taken(key: str) -> Callable[[Period], Estimate]:
        return lambda period: Estimate(sum(of[key] for of in counted[period].values()))

    def figure(key: str, words: Words, path: str | None = None) -> Figure:
        return both(scope, f"rejections.{key}", words, "count", _QUERY, taken(key), path=path,
                    formula=Formula("sum", "classes", key))

    return (figure("found", Words("Rejections found", "发现的不合格记录"),
                   scope.path("/rejections/", site_id=only_site(scope))),
            figure("closed", Words("Rejections closed", "关闭的不合格记录")),
            figure("open", Words("Rejections open at the end", "期末未关闭的不合格记录")),
            figure(_OLDER, Words("of these older than 90 days", "其中超过 90 天")))


def _classes(scope: Scope, counts: Counts) -> Table:
    keys = ("found", "closed", "open", *(key for key, _days, _words in AGES), _OLDER)
    rows = tuple(Row((words, *(counts[code][key] for key in keys)),
                     scope.path("/rejections/", site_id=only_site(scope), severity=code))
                 for code, words in SEVERITIES.items() if code in counts)
    return Table("classes", Words("Rejections by severity and age", "不合格记录: 严重度与时长"), _QUERY, (
        Column("severity", Words("Severity", "严重度")), Column("found", Words("Found", "发现"), "count"),
        Column("closed", Words("Closed", "关闭"), "count"), Column("open", Words("Open", "未关闭"), "count"),
        *(Column(key, words, "count") for key, _days, words in AGES),
        Column(_OLDER, Words("over 90 days", "90 天以上"), "count")), rows,
        (Chart("stacked", Words("Open rejections by age", "未关闭不合格记录的时长"), "severity",
               (*(key for key, _days, _words in AGES), _OLDER)),))


FILLED = {"nonconformities": nonconformities}
