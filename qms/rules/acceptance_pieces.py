"""Knows when first-piece and patrol inspections fall due and in which order they are judged; must not know a table.

Source: three-inspection system (三检制): self, mutual, dedicated.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from qms.rules.acceptance import CHECK_KINDS
from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable, step
from qms.rules.stops import FIRST_PIECES
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
"""How first pieces are judged. A verdict of not good leads to `failed` from everywhere."""
STATES = STEPS.words
OPEN = ("due", "self_done", "mutual_done")

PATROL = StepTable(
    what=Words("Patrol inspection", "巡检"), first=STEPS.first,
    states={code: STEPS.states[code] for code in ("due", "passed", "failed", "missed")},
    steps=(
        Step("judge_mutual", Words("Mutual inspection", "互检"), ("due",), "passed", "stops.answer"),
        Step("judge_dedicated", Words("Dedicated inspection", "专检"), ("due",), "passed", "acceptance.inspect"),
        Step("miss", Words("Say that it was not done", "标记为未做"), ("due",), "missed", "stops.answer"),
    ),
)
"""A patrol passes at its first verdict, which is never that of whoever makes the pieces."""

VERDICTS: dict[str, Words] = {kind: CHECK_KINDS[kind] for kind in ("self", "mutual", "dedicated")}


class PieceResult(NamedTuple):
    """What was found for one characteristic on one piece: a value, or for an attribute whether it is good."""

    characteristic_id: int
    piece: int
    value: Decimal | None = None
    good: bool = True


LEAST_PIECES = {"first_piece": FIRST_PIECES, "patrol": 1}
MOST_PIECES = 100
OVERDUE_AFTER = timedelta(minutes=30)
"""How long an inspection may wait for its last verdict before it shows as overdue."""
LEAST_EVERY_MIN, MOST_EVERY_MIN = 10, 1440


def table_of(kind: str) -> StepTable:
    """Return the states and steps of a kind of inspection."""
    return PATROL if kind == "patrol" else STEPS


def next_verdict(kind: str, state: str) -> str | None:
    """Return the verdict that an inspection waits for; None when it is over."""
    if state not in OPEN:
        return None
    if kind == "patrol":
        return "dedicated"
    return {"due": "self", "self_done": "mutual", "mutual_done": "dedicated"}[state]


def is_overdue(state: str, due_at: datetime, at: datetime) -> bool:
    """Tell whether an inspection should have been judged by now."""
    return state in OPEN and at - due_at > OVERDUE_AFTER


def judged(kind: str, state: str, verdict: str, *, good: bool) -> str:
    """Return the state to which a verdict leads. Raises IllegalStep, and Invalid for a verdict that is not there."""
    table = table_of(kind)
    if verdict not in VERDICTS:
        raise Invalid(f"There is no verdict {verdict}.", f"没有判定类别 {verdict}。", field="verdict")
    if verdict == "self" and kind == "patrol":
        raise Invalid("A patrol is judged by the team leader or an inspector.", "巡检由班组长或检验员判定。",
                      field="verdict")
    leads_to = step(table, state, f"judge_{verdict}")
    return leads_to if good else "failed"


def check_count(kind: str, pieces: int, nonconforming: int, *, good: bool) -> None:
    """Raise Invalid for a verdict that looked at too little or contradicts its own numbers."""
    least = LEAST_PIECES[kind]
    if not least <= pieces <= MOST_PIECES:
        raise Invalid(f"Look at {least} to {MOST_PIECES} pieces.", f"须检 {least} 至 {MOST_PIECES} 件。",
                      field="pieces")
    if not 0 <= nonconforming <= pieces or good != (nonconforming == 0):
        raise Invalid("The nonconforming pieces contradict the verdict.", "不合格件数与判定矛盾。",
                      field="nonconforming")


def check_judge(person_id: int, judges: Collection[int | None]) -> None:
    """Raise Refused (R-09) when somebody would confirm what they judged themselves."""
    if person_id in judges:
        raise Refused("R-09", "You have judged these pieces already: someone else judges next.",
                      "您已判定过这些件: 下一级判定须由他人进行。")


def check_interval(every_min: int) -> None:
    """Raise Invalid for a patrol plan that is too dense or reaches past a day."""
    if not LEAST_EVERY_MIN <= every_min <= MOST_EVERY_MIN:
        raise Invalid(f"A patrol is due every {LEAST_EVERY_MIN} to {MOST_EVERY_MIN} minutes.",
                      f"巡检周期为 {LEAST_EVERY_MIN} 至 {MOST_EVERY_MIN} 分钟。", field="every_min")


def patrol_times(begun: datetime, length: timedelta, every_min: int) -> list[datetime]:
    """Return when patrols fall due in a shift: each interval after its start, the last before its end."""
    every = timedelta(minutes=every_min)
    return [begun + every * n for n in range(1, -(-length // every))]


def begins(day: date, starts: str, zone: str) -> datetime:
    """Return the instant at which a shift that starts at `HH:MM` begins on a site's day."""
    hour, minute = (int(part) for part in starts.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))


def runs(starts: str, ends: str) -> timedelta:
    """Return how long a shift lasts; one that ends before it starts runs past midnight."""
    first, last = (int(t[:2]) * 60 + int(t[3:]) for t in (starts, ends))
    return timedelta(minutes=(last - first) % 1440 or 1440)
