"""Knows the states, clocks and fairness of internal complaints (质量互投); must not know where they are stored.

Source: domain.md F.1 and J; modelled on ISO 10002:2018, which was written for outside customers.
"""

from datetime import datetime, timedelta

from qms.rules.actions_clocks import day_hours
from qms.rules.chain_calendar import Hours, due
from qms.rules.errors import IllegalStep, Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

ANSWER, COMPLAIN, FOLLOW, REVIEW = "service.answer", "service.complain", "service.follow", "service.review"

STEPS = StepTable(
    what=Words("Internal complaint", "内部投诉"), first="filed",
    states={
        "filed": State(Words("Filed", "已提出"), "pending"),
        "accepted": State(Words("Accepted", "已受理"), "held"),
        "refused": State(Words("Not accepted", "不予受理"), "rejected"),
        "planned": State(Words("Planned", "已定措施"), "rework"),
        "done": State(Words("Done, to be confirmed", "已完成, 待确认"), "held"),
        "followed": State(Words("Confirmed, in follow-up", "已确认, 回访中"), "accepted"),
        "closed": State(Words("Closed", "已关闭"), "neutral"),
        "unanswered": State(Words("Closed without answer", "无答复关闭"), "void"),
        "withdrawn": State(Words("Withdrawn", "已撤回"), "void"),
    },
    steps=(
        Step("acknowledge", Words("Acknowledge", "签收"), ("filed",), None, ANSWER),
        Step("accept", Words("Accept", "受理"), ("filed",), "accepted", ANSWER),
        Step("refuse", Words("Do not accept", "不予受理"), ("filed",), "refused", ANSWER),
        Step("plan", Words("Plan measures", "制定措施"), ("accepted", "planned"), "planned", ANSWER),
        Step("finish", Words("Report as done", "报告完成"), ("planned",), "done", ANSWER),
        Step("confirm", Words("Confirm", "确认"), ("done",), "followed", COMPLAIN),
        Step("reopen", Words("Not solved: reopen", "未解决, 重新打开"), ("done", "followed", "closed", "unanswered"),
             "accepted", COMPLAIN),
        Step("withdraw", Words("Withdraw", "撤回"), ("filed", "accepted", "planned"), "withdrawn", COMPLAIN),
        Step("appeal", Words("Appeal", "申诉"), ("accepted", "refused", "planned"), None, COMPLAIN),
        Step("overturn_refusal", Words("Overturn: accepted", "改判为受理"), ("refused",), "accepted", REVIEW),
        Step("overturn_acceptance", Words("Overturn: not accepted", "改判为不予受理"), ("accepted", "planned"),
             "refused", REVIEW),
        Step("recur", Words("Came back at a follow-up", "回访发现复发"), ("followed",), "accepted", FOLLOW),
        Step("end_follow_ups", Words("Last follow-up made", "完成末次回访"), ("followed",), "closed", FOLLOW),
        Step("lapse", Words("Nobody confirmed in time", "逾期无人确认"), ("done",), "unanswered", FOLLOW),
    ),
)
STATES = STEPS.words
OPEN = ("filed", "accepted", "planned", "done")

LISTED: dict[str, Words] = {
    "open": Words("Open", "未完成"),
    "overdue": Words("Overdue", "逾期"),
    "appealed": Words("Appeal open", "申诉中"),
    "flagged": Words("To be looked at", "待人工查看"),
}
"""What the register is asked for beside the states."""

SOURCES: dict[str, Words] = {
    "free": Words("No record", "无关联记录"),
    "rejections": Words("Rejection", "不合格"),
    "stops": Words("Stop", "停线"),
    "handovers": Words("Hand-over", "工序交接"),
    "other": Words("Other record", "其他记录"),
}

SIDES: dict[str, Words] = {
    "complaining": Words("Complaining unit", "投诉方"),
    "accused": Words("Unit complained of", "被投诉方"),
    "reviewer": Words("Appeal reviewer", "申诉复核人"),
    "follower": Words("Follow-up visitor", "回访人"),
    "clock": Words("Clock", "时钟"),
}
"""For whom a step of a complaint was taken."""

STEP_WORDS: dict[str, Words] = {"file": Words("File", "提出")} | {one.name: one.words for one in STEPS.steps}

OUTSIDE = frozenset({"customer", "supplier"})
"""Kinds of units that neither complain here nor are complained of: theirs are customers' complaints and claims."""

ACKNOWLEDGE_HOURS, ANSWER_HOURS = 4, 8
PLAN_DAYS, SOLVE_DAYS = 3, 10
SILENCE_DAYS = 10
"""Working days for the complaining unit to confirm; then the complaint closes without answer, never as satisfied.

Source of all: domain.md F.1, defaults of practice. A day is a working day of the plant.
"""


def after_hours(hours: Hours, start: datetime, plant_hours: float) -> datetime:
    """Return when so many hours of the plant have gone by; where it stands for a year, hours of the calendar."""
    try:
        return due(hours, start, plant_hours)
    except ValueError:
        return start + timedelta(hours=plant_hours)


def after_days(hours: Hours, start: datetime, days: int) -> datetime:
    """Return when so many working days of the plant have gone by; where it stands for a year, days of the calendar."""
    try:
        return due(hours, start, days * day_hours(hours))
    except ValueError:
        return start + timedelta(days=days)


def check_parties(complaining_id: int, accused_id: int, kinds: tuple[str, str], active: tuple[bool, bool]) -> None:
    """Raise Invalid unless two units of the plant, both in use, face each other."""
    if complaining_id == accused_id:
        raise Invalid("A unit does not complain of itself.", "不能投诉本单元。", field="accused_id")
    for kind, used, field in zip(kinds, active, ("complaining_id", "accused_id"), strict=True):
        if kind in OUTSIDE:
            raise Invalid("Complaints of outside customers and on suppliers are kept elsewhere.",
                          "外部顾客投诉和供方问题另行登记。", field=field)
        if not used:
            raise Invalid("This unit is out of use.", "此单元已停用。", field=field)


def check_answers(*, filed: bool, complains: bool) -> None:
    """Raise Refused (R-32) for who filed a complaint, or belongs to the complaining unit, and would also answer it."""
    if filed:
        raise Refused("R-32", "You filed this complaint: someone else answers it for the other unit.",
                      "您是投诉提出人: 须由其他人代表被投诉方处理。")
    if complains:
        raise Refused("R-32", "You belong to the complaining unit: the unit complained of answers.",
                      "您属于投诉方: 须由被投诉方处理。")


def check_complainant(*, handled: bool, belongs_to_accused: bool, complains: bool) -> None:
    """Raise Refused (R-32) unless a person speaks for the complaining unit and has nothing to do with the other.

    `handled`: answered for the unit complained of, or owns its plan; `complains`: filed it, or belongs to that unit.
    """
    if handled or belongs_to_accused:
        raise Refused("R-32", "You stand on the side that is complained of: only the complaining unit says that it is "
                              "solved.", "您属于被投诉方: 是否解决只能由投诉方确认。")
    if not complains:
        raise Refused("R-32", "Only the complaining unit confirms, reopens or withdraws its complaint.",
                      "只有投诉方可以确认、重新打开或撤回投诉。")


def check_not_frozen(*, frozen: bool) -> None:
    """Raise IllegalStep while an appeal is open: the case rests until it is decided."""
    if frozen:
        raise IllegalStep("An appeal is open: the complaint rests until it is decided.", "申诉未裁定, 投诉暂停处理。")


def check_satisfaction(satisfied: int) -> None:
    """Raise Invalid for a rating that is not 1 to 5."""
    if not 1 <= satisfied <= 5:
        raise Invalid("Rate from 1 to 5.", "请评 1 至 5 分。", field="satisfied")
