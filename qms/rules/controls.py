"""Knows the words and laws of process controls, their tests and bypasses; must not know where they are stored.

Source: IATF 16949:2016 10.2.4 (error-proofing) and 8.5.6.1.1 (temporary change of process controls).
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from qms.rules.chain_calendar import Hours, worked
from qms.rules.clock import day_bounds
from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "prevents": Words("Error-proofing, prevents", "防错(预防)"),
    "detects": Words("Error-proofing, detects", "防错(探测)"),
    "other": Words("Other primary control", "其他主要控制"),
}

STEPS = StepTable(
    what=Words("Bypass", "旁路"), first="active",
    states={
        "active": State(Words("In use", "使用中"), "concession"),
        "ended": State(Words("Control is back, to be verified", "控制已恢复, 待验证"), "held"),
        "closed": State(Words("Closed", "已关闭"), "neutral"),
    },
    steps=(
        Step("review", Words("Daily review", "每日评审"), ("active",), None, "controls.bypass"),
        Step("tag", Words("Tag a lot", "标识批次"), ("active", "ended"), None, "controls.bypass"),
        Step("review_lot", Words("Review a lot", "评审批次"), ("active", "ended", "closed"), None, "controls.bypass"),
        Step("end", Words("End: the control is back", "结束, 控制已恢复"), ("active",), "ended", "controls.bypass"),
        Step("verify", Words("Verify the restart", "验证恢复"), ("ended",), None, "controls.bypass"),
        Step("close", Words("Close", "关闭"), ("ended",), "closed", "controls.bypass"),
    ),
)
STATES = STEPS.words

LISTED: dict[str, Words] = {
    "due": Words("Test overdue", "测试逾期"),
    "failed": Words("Newest test failed", "最近测试失败"),
    "bypassed": Words("Bypassed now", "旁路中"),
    "inactive": Words("Out of use", "已停用"),
}
"""What the register of controls is asked for."""

MOST_HOURS = 24 * 31
"""Longest interval between two tests. Source: our own; a control plan asks for shifts or days."""


def check_control(kind: str, severity: int | None, every_hours: int | None) -> None:
    """Raise Invalid for a control that cannot be as it is said."""
    if kind not in KINDS:
        raise Invalid(f"There is no kind of control {kind}.", f"没有控制类型 {kind}。", field="kind")
    if severity is not None and not 1 <= severity <= 10:
        raise Invalid("Severity is 1 to 10.", "严重度为 1 至 10。", field="severity")
    if every_hours is not None and not 1 <= every_hours <= MOST_HOURS:
        raise Invalid(f"Test every 1 to {MOST_HOURS} hours.", f"测试间隔为 1 至 {MOST_HOURS} 小时。",
                      field="test_every_hours")


def check_challenge(part: str | None, valid_to: date | None, on: date) -> None:
    """Raise Refused (R-51) where the challenge part of a device is no longer valid: it proves nothing."""
    if part is not None and valid_to is not None and valid_to < on:
        raise Refused("R-51", f"Challenge part {part} was valid until {valid_to}. Have it verified first.",
                      f"挑战件 {part} 有效期至 {valid_to}, 须先重新验证。", field="challenge_part")


def is_due(due_at: datetime | None, now: datetime) -> bool:
    """Tell whether a test is overdue."""
    return due_at is not None and due_at <= now


def check_approver(drafted_by_id: int, person_id: int) -> None:
    """Raise Refused (R-21) for someone who approves what they drafted."""
    if drafted_by_id == person_id:
        raise Refused("R-21", "Another person than the one who drafted it approves an alternate.",
                      "替代方法须由起草人以外的人员批准。")


def check_alternate(*, approved: bool, active: bool, customer_needed: bool, customer_ref: str | None) -> None:
    """Raise Refused (R-21) unless an alternate is on the approved list and the customer agreed where it needs that."""
    if not approved or not active:
        raise Refused("R-21", "Only an alternate that is approved and in use may stand in for the control.",
                      "只能使用已批准且在用的替代方法。", field="alternate_id")
    if customer_needed and not customer_ref:
        raise Refused("R-21", "This alternate needs the customer's approval: give its reference.",
                      "此替代方法须经顾客批准: 请填写批准编号。", field="customer_ref")


def check_verification(pieces: int, nonconforming: int, needed: int) -> None:
    """Raise Refused (R-21) for a restart that was not verified on enough pieces, all of them good."""
    if pieces < needed:
        raise Refused("R-21", f"The restart is verified on {needed} pieces at least.",
                      f"恢复验证至少 {needed} 件。", field="pieces")
    if nonconforming:
        raise Refused("R-21", "Every piece of the verification is good, or the control is not back.",
                      "验证件须全部合格, 否则控制未恢复。", field="nonconforming")


def check_close(verified_at: datetime | None) -> None:
    """Raise Refused (R-21) for closing a bypass before its restart was verified."""
    if verified_at is None:
        raise Refused("R-21", "The restart has not been verified yet.", "尚未完成恢复验证。")


def days_missed(hours: Hours, started_on: date, last_on: date, reviewed: Collection[date]) -> list[date]:
    """Return the days after the start and up to `last_on` on which the plant worked and nobody looked at the bypass.

    Whoever starts a bypass looks at it that day.
    """
    days = (started_on + timedelta(days=n) for n in range(1, (last_on - started_on).days + 1))
    return [day for day in days if day not in reviewed and works_on(hours, day)]


def works_on(hours: Hours, day: date) -> bool:
    """Tell whether the plant works at any time of a day."""
    return bool(worked(hours, *day_bounds(day, day, hours.zone)))
