"""Fills the input on calls and stops: how many, how long, why, and how fast somebody came. Only reads."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.measures.intervals import rate
from qms.measures.service import nearest_rank
from qms.models.stops import Stop
from qms.rules.measures import Period
from qms.rules.review_snapshots import Chart, Column, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.stops import REASONS
from qms.rules.words import Words
from qms.workflows.review_estimates import of_rate, snapshot_of
from qms.workflows.review_figures import both
from qms.workflows.review_scope import Scope

_QUERY = Words("Calls (yellow) and stops (red) of the period, by when they were called; minutes run from the stop to "
               "the restart, what has not restarted yet is in none.",
               "本期发起的呼叫 (黄) 和停线 (红); 分钟数自停线至复线, 尚未复线的不计。")
_RESPONSE = Words("Time from the call until somebody had come to the spot, of those to which somebody has come: the "
                  "smallest value that so many per cent do not exceed.",
                  "自呼叫到有人到达现场的时间 (仅统计已到达的), 取不小于相应百分比的最小值。")
_WINDOW = Words("Calls to which somebody came before their window ended, out of all calls with a window; one to which "
                "nobody has come is not in time.",
                "在响应时限内有人到达的呼叫, 占所有有时限呼叫的比例; 无人到达的不计为及时。")


class _Call(NamedTuple):
    """One call or stop: why, and when what happened. Never who."""

    reason: str
    called_at: datetime
    window_ends_at: datetime | None
    stopped_at: datetime | None
    arrived_at: datetime | None
    restarted_at: datetime | None

    @property
    def minutes(self) -> float:
        """Return how long the line stood; 0 where it did not, or has not restarted yet."""
        if self.stopped_at is None or self.restarted_at is None:
            return 0
        return (self.restarted_at - self.stopped_at).total_seconds() / 60

    @property
    def response_seconds(self) -> int | None:
        """Return how long it took until somebody came; None where nobody has."""
        return None if self.arrived_at is None else int((self.arrived_at - self.called_at).total_seconds())


def stops(session: Session, scope: Scope) -> Snapshot:
    """Return calls and stops by reason and month, and how fast somebody came."""
    told = {period: _calls(session, scope, period) for period in (scope.period, scope.before)}

    def figure(key: str, words: Words, kind: str, taken: Callable[[Sequence[_Call]], Estimate],
               query: Words = _QUERY, formula: Formula | None = None) -> Figure:
        return both(scope, f"stops.{key}", words, kind, query, lambda period: taken(told[period]),
                    path=scope.path("/stops/"), formula=formula)

    figures = (
        figure("calls", Words("Calls and stops", "呼叫与停线"), "count", lambda calls: Estimate(len(calls)),
               formula=Formula("sum", "reasons", "calls")),
        figure("stopped", Words("of these the line stopped", "其中停线"), "count",
               lambda calls: Estimate(_stopped(calls)), formula=Formula("sum", "reasons", "stopped")),
        figure("minutes", Words("Minutes stopped", "停线分钟"), "minutes", _minutes),
        figure("half", Words("Half had help within", "50% 的呼叫在此时间内有人到达"), "minutes",
               lambda calls: _within(calls, 50), _RESPONSE),
        figure("most", Words("90 % had help within", "90% 的呼叫在此时间内有人到达"), "minutes",
               lambda calls: _within(calls, 90), _RESPONSE),
        figure("in_window", Words("Came within the window", "时限内到达"), "percent", _in_window, _WINDOW),
    )
    return snapshot_of(figures, (_reasons(scope, told), _months(scope, told[scope.period])))


def _calls(session: Session, scope: Scope, period: Period) -> list[_Call]:
    starts_at, ends_at = period.bounds
    return [_Call(*row) for row in session.execute(
        select(Stop.reason, Stop.called_at, Stop.window_ends_at, Stop.stopped_at, Stop.arrived_at, Stop.restarted_at)
        .where(Stop.site_id.in_(scope.site_ids), Stop.called_at >= starts_at, Stop.called_at < ends_at))]


def _stopped(calls: Sequence[_Call]) -> int:
    return sum(call.stopped_at is not None for call in calls)


def _minutes(calls: Sequence[_Call]) -> Estimate:
    over = [call for call in calls if call.stopped_at is not None and call.restarted_at is not None]
    return Estimate(round(sum(call.minutes for call in over), 1) if over else None, len(over))


def _within(calls: Sequence[_Call], percent: int) -> Estimate:
    seconds = [call.response_seconds for call in calls if call.response_seconds is not None]
    found = nearest_rank(seconds, percent)
    return Estimate(None if found is None else found / 60, len(seconds))


def _in_window(calls: Sequence[_Call]) -> Estimate:
    clocked = [(call.arrived_at, call.window_ends_at) for call in calls if call.window_ends_at is not None]
    return of_rate(rate(sum(arrived is not None and arrived <= ends for arrived, ends in clocked), len(clocked)))


def _reasons(scope: Scope, told: dict[Period, list[_Call]]) -> Table:
    now, before = told[scope.period], Counter(call.reason for call in told[scope.before])
    found: dict[str, list[_Call]] = {}
    for call in now:
        found.setdefault(call.reason, []).append(call)
    rows = tuple(Row((REASONS[reason], len(calls), _stopped(calls), round(sum(call.minutes for call in calls), 1),
                      before[reason]), scope.path("/stops/", reason=reason))
                 for reason, calls in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))
    return Table("reasons", Words("By reason", "按原因"), _QUERY, (
        Column("reason", Words("Reason", "原因")), Column("calls", Words("Calls and stops", "呼叫与停线"), "count"),
        Column("stopped", Words("Line stopped", "停线"), "count"),
        Column("minutes", Words("Minutes stopped", "停线分钟"), "minutes"),
        Column("before", Words("Calls and stops before", "对比期"), "count")), rows,
        (Chart("bar", Words("Calls and stops by reason", "呼叫与停线原因"), "reason", ("calls", "before")),))


def _months(scope: Scope, calls: Sequence[_Call]) -> Table:
    rows = []
    for month in scope.period.buckets[-24:]:
        of = [call for call in calls if month.starts_at <= call.called_at < month.ends_at]
        rows.append(Row((month.label, len(of) - _stopped(of), _stopped(of), round(sum(c.minutes for c in of), 1)),
                        scope.path("/stops/", first=month.first, last=month.last)))
    return Table("months", Words("By month", "按月"), _QUERY, (
        Column("month", Words("Month", "月份")),
        Column("solved", Words("Calls without a stop", "未停线的呼叫"), "count"),
        Column("stopped", Words("Line stopped", "停线"), "count"),
        Column("minutes", Words("Minutes stopped", "停线分钟"), "minutes")), tuple(rows) if calls else (),
        (Chart("stacked", Words("Calls and stops by month", "各月呼叫与停线"), "month", ("solved", "stopped")),))


FILLED = {"stops": stops}
