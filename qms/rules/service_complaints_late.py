"""Knows whom an overdue internal complaint is told to, after how many hours of the plant; must not know who they are.

Only the unit complained of is waited for here: what the complaining unit does not confirm is closed without answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from qms.rules.chain_calendar import Hours, worked
from qms.rules.words import Words


@dataclass(frozen=True, slots=True)
class Rung:
    """Whom a rung tells at the unit complained of, and how long after the due time in hours of the plant."""

    after: timedelta
    roles: tuple[str, ...]
    words: Words
    owner: bool = False


LADDER: tuple[Rung, ...] = (
    Rung(timedelta(0), ("unit_head",), Words("Head of the unit complained of and owner of the plan",
                                             "被投诉方部门负责人与措施负责人"), owner=True),
    Rung(timedelta(hours=8), ("quality_manager",), Words("Quality manager", "质量经理")),
    Rung(timedelta(hours=24), ("production_manager",), Words("Production manager", "生产经理")),
)
ROLES = tuple(role for rung in LADDER for role in rung.roles)

OWED: dict[str, Words] = {
    "filed": Words("the answer", "答复"),
    "accepted": Words("the plan", "措施计划"),
    "planned": Words("the solution", "解决"),
}
"""What the unit complained of owes in each state in which its clock runs."""


def climbed(hours: Hours, due_at: datetime, at: datetime) -> int:
    """Return how many rungs a complaint has climbed whose next step is not taken at an instant."""
    if due_at > at:
        return 0
    late = worked(hours, due_at, at)
    return sum(rung.after <= late for rung in LADDER)


def told(number: str, accused: Words, state: str, rung: int) -> tuple[Words, Words]:
    """Return subject and text of what a rung says."""
    what, late = OWED[state], int(LADDER[rung].after.total_seconds() // 3600)
    subject = Words(f"{number} overdue: {what.en}", f"{number} 已逾期: {what.zh}")
    if not late:
        return subject, Words(f"Internal complaint on {accused.en}: {what.en} is due now and not given.",
                              f"对{accused.zh}的内部投诉: {what.zh}已到期, 尚未给出。")
    return subject, Words(f"Internal complaint on {accused.en}: {what.en} is overdue by {late} hours of the plant.",
                          f"对{accused.zh}的内部投诉: {what.zh}已逾期 {late} 个工厂工作小时。")
