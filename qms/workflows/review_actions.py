"""Counts corrective actions of a review's periods: opened, closed, overdue, effective, repeated. Only reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from qms.measures.intervals import Rate, rate
from qms.models.actions import Action, ActionStep
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict, Reopening
from qms.rules.actions import STATES
from qms.rules.clock import utc_now
from qms.rules.measures import Period
from qms.rules.review_snapshots import Chart, Column, Estimate, Figure, Formula, Row, Table
from qms.rules.words import Words
from qms.workflows.review_estimates import of_rate
from qms.workflows.review_figures import both
from qms.workflows.review_scope import Scope

_OPENED = Words("Corrective actions opened in the period, void ones left out.", "本期开立的纠正措施, 不含作废。")
_CLOSED = Words("Corrective actions closed in the period.", "本期关闭的纠正措施。")
_OPEN = Words("Corrective actions opened until the end of the period and not closed by then.",
              "截至期末已开立但尚未关闭的纠正措施。")
_OVERDUE = Words("of these, cases with a discipline that was due and not done at the end of the period.",
                 "其中, 期末有步骤已到期而未完成的案件。")
_EFFECTIVE = Words("Cases whose last judgement in the period was that the figures prove them effective, out of those "
                   "judged effective or come back; a reopening that was taken back does not count.",
                   "本期最后一次判定为数据已证实的案件, 占本期判定为已证实或再次发生的案件的比例; "
                   "已撤销的重新打开不计。")
_REPEATS = Words("Cases opened in the period with the item, defect and origin of a case within a year before (R-29), "
                 "out of all opened.",
                 "本期开立的案件中, 与一年内另一案件的产品、缺陷和责任工序相同的 (R-29) 所占比例。")
_REOPENED = Words("Cases opened again in the period because what they were against came back.",
                  "本期因问题再次发生而重新打开的案件。")


@dataclass(frozen=True, slots=True)
class Cases:
    """Corrective actions of a period. `states`: of those opened in it, by where they stand now."""

    states: Mapping[str, int]
    repeats: int
    closed: int
    open: int
    overdue: int
    judged: int
    effective: int

    @property
    def opened(self) -> int:
        """Return how many were opened."""
        return sum(self.states.values())

    @property
    def reopened(self) -> int:
        """Return how many came back."""
        return self.judged - self.effective

    @property
    def effectiveness(self) -> Rate:
        """Return the share of the judged that were effective."""
        return rate(self.effective, self.judged)

    @property
    def repetition(self) -> Rate:
        """Return the share of the opened that were repeats."""
        return rate(self.repeats, self.opened)


def cases(session: Session, scope: Scope, period: Period) -> Cases:
    """Count the cases of a period."""
    start, end = period.bounds
    here = (Action.site_id.in_(scope.site_ids), Action.state != "void")
    opened = session.execute(
        select(Action.state, Action.is_repeat, func.count())
        .where(*here, Action.opened_at >= start, Action.opened_at < end).group_by(Action.state, Action.is_repeat)).all()
    by_state: dict[str, int] = {}
    for state, _is_repeat, count in opened:
        by_state[state] = by_state.get(state, 0) + count
    is_open = (Action.opened_at < end, or_(Action.closed_at.is_(None), Action.closed_at >= end))
    at = min(end, utc_now())
    late = exists().where(ActionStep.action_id == Action.id, ActionStep.due_at < at,
                          or_(ActionStep.done_at.is_(None), ActionStep.done_at >= at))
    verdicts = _judged(session, scope, start, end)
    return Cases(
        by_state, sum(count for _state, is_repeat, count in opened if is_repeat),
        _count(session, *here, Action.closed_at >= start, Action.closed_at < end), _count(session, *here, *is_open),
        _count(session, *here, *is_open, late), len(verdicts),
        sum(verdict == "proven" for verdict in verdicts.values()))


def _count(session: Session, *met: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Action).where(*met)) or 0


def _judged(session: Session, scope: Scope, start: datetime, end: datetime) -> dict[int, str]:
    """Return the last verdict of each case that was judged for good or bad."""
    rows = session.execute(
        select(EffectivenessPlan.action_id, EffectivenessVerdict.verdict)
        .join(EffectivenessPlan, EffectivenessPlan.id == EffectivenessVerdict.plan_id)
        .join(Action, Action.id == EffectivenessPlan.action_id)
        .outerjoin(Reopening, Reopening.verdict_id == EffectivenessVerdict.id)
        .where(Action.site_id.in_(scope.site_ids), Action.state != "void", EffectivenessVerdict.at >= start,
               EffectivenessVerdict.at < end, EffectivenessVerdict.verdict.in_(("proven", "come_back")),
               Reopening.taken_back_at.is_(None))
        .order_by(EffectivenessVerdict.id))
    return {row[0]: row[1] for row in rows}


def figures_of(scope: Scope, told: Mapping[Period, Cases]) -> tuple[Figure, ...]:
    """Return the figures of the cases of both periods."""
    def figure(key: str, words: Words, query: Words, taken: Callable[[Cases], Estimate], kind: str = "count",
               formula: Formula | None = None, **asked: str) -> Figure:
        return both(scope, f"actions.{key}", words, kind, query, lambda period: taken(told[period]), formula=formula,
                    path=scope.path("/actions/", first=None, last=None, **asked) if asked else None)

    return (
        figure("opened", Words("Corrective actions opened", "开立的纠正措施"), _OPENED, lambda c: Estimate(c.opened),
               formula=Formula("sum", "states", "cases")),
        figure("closed", Words("Corrective actions closed", "关闭的纠正措施"), _CLOSED, lambda c: Estimate(c.closed),
               state="closed"),
        figure("open", Words("Corrective actions open at the end", "期末未关闭的纠正措施"), _OPEN,
               lambda c: Estimate(c.open), state="running"),
        figure("overdue", Words("of these overdue", "其中逾期"), _OVERDUE, lambda c: Estimate(c.overdue, c.open),
               overdue="y"),
        figure("effective", Words("Proven effective", "有效率"), _EFFECTIVE, lambda c: of_rate(c.effectiveness),
               "percent"),
        figure("reopened", Words("Reopened", "重新打开"), _REOPENED, lambda c: Estimate(c.reopened)),
        figure("repeats", Words("Repeats", "重复发生率"), _REPEATS, lambda c: of_rate(c.repetition), "percent"),
    )


def states(told: Cases) -> Table:
    """Return where the cases opened in the period stand now."""
    rows = tuple(Row((words, told.states[state]), f"/actions/?state={state}")
                 for state, words in STATES.items() if state in told.states)
    return Table("states", Words("Where the cases of the period stand", "本期案件现状"), _OPENED, (
        Column("state", Words("State", "状态"), "state"), Column("cases", Words("Cases", "案件"), "count")), rows,
        (Chart("bar", Words("Cases by state", "案件状态"), "state", ("cases",)),))


def problem_solving(told: Cases) -> tuple[Words, ...]:
    """Say how effective solving problems was, as IATF 16949 5.1.1.2 asks; nothing where nothing was judged."""
    found, again = told.effectiveness, told.repetition
    if found.value is None:
        return ()
    en = (f"Effectiveness of problem solving (IATF 16949 5.1.1.2): of {found.n} cases judged in the period "
          f"{found.numerator} proved effective ({found.value:.1%}, 95 % CI {found.low:.1%} to {found.high:.1%}), "
          f"{told.reopened} came back")
    zh = (f"解决问题的有效性 (IATF 16949 5.1.1.2): 本期判定的 {found.n} 个案件中 {found.numerator} 个证实有效 "
          f"({found.value:.1%}, 95 % 置信区间 {found.low:.1%} 至 {found.high:.1%}), {told.reopened} 个再次发生")
    if again.value is not None:
        en += f"; {again.numerator} of {again.n} cases opened repeat an earlier one"
        zh += f"; 开立的 {again.n} 个案件中 {again.numerator} 个为重复问题"
    return (Words(en + ".", zh + "。"),)
