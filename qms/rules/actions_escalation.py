"""Knows whom an overdue step or task is told to, and after how many hours of the plant; must not know who they are.

Source: IATF 16949:2016 5.3.1 and 10.2.3.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from qms.rules.chain_calendar import Hours, worked
from qms.rules.words import Words


@dataclass(frozen=True, slots=True)
class RungPlan:
    """Whom a rung tells besides those below it, and how long after the due time in hours of the plant."""

    after: timedelta
    roles: tuple[str, ...]
    words: Words
    owner: bool = False
    sponsor: bool = False


LADDER: tuple[RungPlan, ...] = (
    RungPlan(timedelta(0), (), Words("Whoever is to do it", "负责人"), owner=True),
    RungPlan(timedelta(hours=8), ("team_leader", "unit_head"),
             Words("Team leader and unit head of the origin", "责任单元的班组长与部门负责人")),
    RungPlan(timedelta(hours=24), ("quality_manager",), Words("Quality manager", "质量经理")),
    RungPlan(timedelta(hours=72), ("production_manager",), Words("Production manager and sponsor", "生产经理与发起人"),
             sponsor=True),
)
"""Rungs by which an overdue step or task climbs."""
ROLES = tuple(role for plan in LADDER for role in plan.roles)


def climbed(hours: Hours, due_at: datetime, at: datetime) -> int:
    """Return how many rungs something has climbed that is not done at an instant."""
    if due_at > at:
        return 0
    late = worked(hours, due_at, at)
    return sum(plan.after <= late for plan in LADDER)


def told(number: str, title: str, what: Words, rung: int) -> tuple[Words, Words]:
    """Return subject and text of what a rung says."""
    late = int(LADDER[rung].after.total_seconds() // 3600)
    subject = Words(f"{number} overdue: {what.en}", f"{number} 已逾期: {what.zh}")
    if not late:
        return subject, Words(f"{title}: {what.en} is due now and not done.", f"{title}: {what.zh}已到期, 尚未完成。")
    return subject, Words(f"{title}: {what.en} is overdue by {late} hours of the plant.",
                          f"{title}: {what.zh}已逾期 {late} 个工厂工作小时。")
