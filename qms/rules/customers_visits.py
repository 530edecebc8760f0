"""Knows the words and laws of planned visits and calls, outside and inside; must not know where they are stored."""

from datetime import date

from qms.rules.errors import Invalid
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

FOLLOW = "service.follow"
STEPS = StepTable(
    what=Words("Visit or call", "走访/通话"), first="planned",
    states={
        "planned": State(Words("Planned", "已计划"), "pending"),
        "done": State(Words("Done", "已完成"), "accepted"),
        "called_off": State(Words("Called off", "已取消"), "void"),
    },
    steps=(
        Step("record", Words("Record what was said", "登记走访结果"), ("planned",), "done", FOLLOW),
        Step("move", Words("Move to another day", "改期"), ("planned",), None, FOLLOW),
        Step("call_off", Words("Call off", "取消"), ("planned",), "called_off", FOLLOW),
        Step("correct", Words("Correct the log", "更正记录"), ("done",), None, FOLLOW),
    ),
)
STATES = STEPS.words
KINDS: dict[str, Words] = {
    "visit": Words("Visit on the spot", "现场走访"),
    "call": Words("Call", "通话"),
}
LISTED: dict[str, Words] = {"due": Words("Due", "到期")}
LEAST, MOST = 1, 5


def check_kind(kind: str, unit_kind: str) -> None:
    """Raise Invalid for a kind that there is not, and for a supplier: it is no customer of ours."""
    if kind not in KINDS:
        raise Invalid("Say whether it is a visit or a call.", "请选择走访或通话。", field="kind")
    if unit_kind == "supplier":
        raise Invalid("Visits are to outside customers and to units inside.", "走访对象为外部顾客或内部单元。",
                      field="unit_id")


def check_planned(planned_on: date, today: date, field: str = "planned_on") -> None:
    """Raise Invalid for a plan that is already past."""
    if planned_on < today:
        raise Invalid("This day is past.", "该日期已过。", field=field)


def check_done(done_on: date, today: date) -> None:
    """Raise Invalid for a visit recorded before it was made."""
    if done_on > today:
        raise Invalid("This day is still to come.", "该日期尚未到来。", field="done_on")


def check_satisfied(satisfied: int | None) -> None:
    """Raise Invalid unless it is 1 to 5, or None: nobody said, which is not the same as satisfied."""
    if satisfied is not None and not LEAST <= satisfied <= MOST:
        raise Invalid("Satisfaction is told from 1 to 5.", "满意度为 1 至 5 分。", field="satisfied")


def is_due(state: str, planned_on: date, today: date) -> bool:
    """Tell whether a visit is to be made today or was to be made before."""
    return state == "planned" and planned_on <= today
