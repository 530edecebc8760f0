"""Knows when first-piece and patrol inspections fall due and in which order they are judged; must not know a table.

Source: three-inspection system (三检制): self, mutual, dedicated.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "first_piece": Words("First-piece inspection", "首件检验"),
    "patrol": Words("Patrol inspection", "巡检"),
}

REASONS: dict[str, Words] = {
    "shift_start": Words("Shift start", "班次开始"),
    "man": Words("Change of operator", "人员变更"),
    "machine": Words("Machine repaired or set up", "设备维修或调整"),
    "material": Words("Change of material or lot", "物料或批次变更"),
    "method": Words("Change of method or program", "方法或程序变更"),
    "environment": Words("Change of environment", "环境变更"),
    "measurement": Words("Change of gauge", "量具变更"),
    "restart": Words("Restart after a stop", "停线后复线"),
    "interval": Words("Interval of the patrol", "巡检周期"),
}
CHANGES = ("man", "machine", "material", "method", "environment", "measurement")
"""The changes (5M1E) that a worker reports by a tile."""

STEPS = StepTable(
    what=Words("Inspection", "检验"), first="due",
    states={
        "due": State(Words("Due", "待检"), "pending"),
        "self_done": State(Words("Judged by the operator", "已自检"), "pending"),
        "mutual_done": State(Words("Judged by the team leader", "已互检"), "pending"),
        "passed": State(Words("Good", "合格"), "accepted"),
        "failed": State(Words("Not good", "不合格"), "rejected"),
        "missed": State(Words("Not done", "未做"), "neutral"),
    },
    steps=(
        Step("judge_self", Words("Self-inspection", "自检"), ("due",), "self_done", "acceptance.present"),
        Step("judge_mutual", Words("Mutual inspection", "互检"), ("self_done",), "mutual_done", "stops.answer"),
        Step("judge_dedicated", Words("Dedicated inspection", "专检"), ("self_done", "mutual_done"), "passed",
             "acceptance.inspect"),
        Step("miss", Words("Say that it was not done", "标记为未做"), ("due",), "missed", "stops.answer"),
    ),
)
"""A verdict of not good leads to `failed` from everywhere; a patrol passes at its first verdict."""
STATES = STEPS.words
OPEN = ("due", "self_done", "mutual_done")


def begins(day: date, starts: str, zone: str) -> datetime:
    """Return the instant at which a shift that starts at `HH:MM` begins on a site's day."""
    hour, minute = (int(part) for part in starts.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))


def runs(starts: str, ends: str) -> timedelta:
    """Return how long a shift lasts; one that ends before it starts runs past midnight."""
    first, last = (int(t[:2]) * 60 + int(t[3:]) for t in (starts, ends))
    return timedelta(minutes=(last - first) % 1440 or 1440)
