"""Knows whom a late request is told to, and after how many hours of the plant; must not know who they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from qms.rules.chain_calendar import Hours, worked
from qms.rules.words import Words


@dataclass(frozen=True, slots=True)
class Rung:
    """Whom a rung tells at the provider, and how long after the due time in hours of the plant."""

    after: timedelta
    roles: tuple[str, ...]
    words: Words


LADDER: tuple[Rung, ...] = (
    Rung(timedelta(0), ("team_leader",), Words("Team leader of the provider", "提供方班组长")),
    Rung(timedelta(hours=8), ("unit_head",), Words("Head of the providing unit", "提供方部门负责人")),
    Rung(timedelta(hours=24), ("production_manager", "quality_manager"),
         Words("Production manager and quality manager", "生产经理与质量经理")),
)
ROLES = tuple(role for rung in LADDER for role in rung.roles)


def climbed(hours: Hours, due_at: datetime, at: datetime) -> int:
    """Return how many rungs a request has climbed that is not done at an instant."""
    if due_at > at:
        return 0
    late = worked(hours, due_at, at)
    return sum(rung.after <= late for rung in LADDER)


def told(number: str, title: str, rung: int) -> tuple[Words, Words]:
    """Return subject and text of what a rung says."""
    subject = Words(f"{number} is late: {title}", f"{number} 已逾期: {title}")
    late = int(LADDER[rung].after.total_seconds() // 3600)
    if not late:
        return subject, Words(f"{title}: the promised time has run out and it is not done.",
                              f"{title}: 承诺时限已到, 尚未完成。")
    return subject, Words(f"{title}: late by {late} hours of the plant.", f"{title}: 已逾期 {late} 个工厂工作小时。")
