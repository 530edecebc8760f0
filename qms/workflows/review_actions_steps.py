"""Tells how many days disciplines of corrective actions took that were finished in a review's period. Only reads."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.measures.service import nearest_rank
from qms.models.actions import Action, ActionStep
from qms.rules.actions import DISCIPLINES
from qms.rules.measures import Period
from qms.rules.review_snapshots import Chart, Column, Row, Table
from qms.rules.words import Words
from qms.workflows.review_scope import Scope

DAY = 86_400
_QUERY = Words("Days from the start of a case's clock until a discipline was finished, of those finished in the "
               "period; the smallest value that so many per cent do not exceed. Void cases are left out.",
               "自案件计时起到各步骤完成的天数, 统计本期完成的步骤; 取不小于相应百分比的最小值。不含作废案件。")
_MEDIAN = Words("Half within", "半数不超过")


def disciplines(session: Session, scope: Scope) -> Table:
    """Return for each discipline how many were finished, and in how many days."""
    now, before = _seconds(session, scope, scope.period), _seconds(session, scope, scope.before)
    rows = tuple(Row((Words(f"{step} {words.en}", f"{step} {words.zh}"), len(now.get(step, ())),
                      _days(now.get(step, []), 50), _days(now.get(step, []), 90), len(before.get(step, ())),
                      _days(before.get(step, []), 50)))
                 for step, words in DISCIPLINES.items() if step in now or step in before)
    return Table("disciplines", Words("Days until each discipline was finished", "各步骤完成天数"), _QUERY, (
        Column("step", Words("Discipline", "步骤")), Column("done", Words("Finished", "完成数"), "count"),
        Column("half", _MEDIAN, "days"), Column("most", Words("90 % within", "90% 不超过"), "days"),
        Column("done_before", Words("Finished before", "对比期完成数"), "count"),
        Column("half_before", Words("Half within, before", "对比期半数不超过"), "days")), rows,
        (Chart("bar", Words("Days by discipline", "各步骤天数"), "step", ("half", "half_before")),))


def _seconds(session: Session, scope: Scope, period: Period) -> dict[str, list[int]]:
    start, end = period.bounds
    found: dict[str, list[int]] = {}
    for step, since, done_at in session.execute(
            select(ActionStep.step, Action.clock_from, ActionStep.done_at)
            .join(Action, Action.id == ActionStep.action_id)
            .where(Action.site_id.in_(scope.site_ids), Action.state != "void", ActionStep.done_at >= start,
                   ActionStep.done_at < end)):
        if done_at is not None:
            found.setdefault(step, []).append(int((done_at - since).total_seconds()))
    return found


def _days(seconds: list[int], percent: int) -> float | None:
    found = nearest_rank(seconds, percent)
    return None if found is None else found / DAY
