"""Knows the words and laws of complaints from outside customers; must not know where they are stored.

A customer's clock runs in real hours, not in those of the plant: 24 h to contain (D3), 14 days to the causes (D5), 30
days to close for what is critical, else 60 (D8). A customer that agreed a shorter first answer gets that.
Source: IATF 16949:2016 8.7.1.6, 10.2.5, 10.2.6; VDA 8D.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

_DO = "customers.complain"
_RUNNING = ("received", "contained", "analysed", "answered", "accepted", "reopened")
STEPS = StepTable(
    what=Words("Customer complaint", "顾客投诉"), first="received",
    states={
        "received": State(Words("Received", "已收到"), "rejected"),
        "contained": State(Words("Contained", "已围堵"), "held"),
        "analysed": State(Words("Analysed", "已分析"), "rework"),
        "answered": State(Words("Answered, customer to accept", "已答复, 待顾客接受"), "pending"),
        "accepted": State(Words("Accepted by the customer", "顾客已接受"), "accepted"),
        "closed": State(Words("Closed", "已关闭"), "neutral"),
        "lapsed": State(Words("Closed, customer silent", "已关闭, 顾客未表态"), "neutral"),
        "reopened": State(Words("Reopened", "已重新打开"), "rejected"),
        "void": State(Words("Void", "已作废"), "void"),
    },
    steps=(
        Step("contain", Words("Contain", "围堵"), ("received", "reopened"), "contained", _DO),
        Step("analyse", Words("Analyse", "分析"), ("contained", "reopened"), "analysed", _DO),
        Step("answer", Words("Answer the customer", "答复顾客"), ("analysed",), "answered", _DO),
        Step("accept", Words("Customer accepts", "顾客接受"), ("answered",), "accepted", _DO),
        Step("refuse", Words("Customer refuses the answer", "顾客不接受答复"), ("answered",), "reopened", _DO),
        Step("close", Words("Close", "关闭"), ("accepted",), "closed", _DO),
        Step("lapse", Words("Close without the customer's word", "顾客未表态, 关闭"), ("answered",), "lapsed", _DO),
        Step("reopen", Words("Reopen", "重新打开"), ("accepted", "closed", "lapsed"), "reopened", _DO),
        Step("trace", Words("Name the origin", "指明责任工序"), _RUNNING, None, _DO),
        Step("link", Words("Link a rejection", "关联不合格"), _RUNNING, None, _DO),
        Step("receive_return", Words("Return received", "登记退件"), _RUNNING, None, _DO),
        Step("justify", Words("Say why no 8D", "说明不做 8D 的理由"), _RUNNING, None, _DO),
        Step("edit", Words("Edit", "编辑"), _RUNNING, None, _DO),
        Step("void", Words("Void", "作废"), ("received", "contained", "analysed", "reopened"), "void", _DO),
    ),
)
STATES = STEPS.words
OPEN = _RUNNING
"""States in which somebody still has to do something."""

KINDS: dict[str, Words] = {
    "quality": Words("Quality", "质量"),
    "logistics": Words("Logistics", "物流"),
    "service": Words("Service", "服务"),
    "field": Words("Field", "市场/售后"),
}
PLACES: dict[str, Words] = {
    "zero_km": Words("At the customer's line (0 km)", "顾客产线 (0 公里)"),
    "field": Words("In the field", "市场"),
}
RESPONSIBILITIES: dict[str, Words] = {
    "open": Words("Not said yet", "尚未表态"),
    "yes": Words("Accepted", "接受"),
    "no": Words("Not accepted", "不接受"),
    "shared": Words("Shared", "分担"),
}
CLOCKS: dict[str, Words] = {
    "d3": Words("Containment (D3)", "围堵 (D3)"),
    "d5": Words("Analysis (D5)", "分析 (D5)"),
    "d8": Words("Final answer (D8)", "最终答复 (D8)"),
}
SENT_BY: dict[str, str] = {"contain": "d3", "analyse": "d5", "answer": "d8"}
"""The step by which each report is sent."""

LISTED: dict[str, Words] = {
    "open": Words("All that are open", "所有未结束"),
    "late": Words("Overdue", "逾期"),
    "no_origin": Words("Origin not named", "未指明责任工序"),
}
FIRST_HOURS, ANALYSIS_DAYS, FINAL_DAYS, CRITICAL_FINAL_DAYS = 24, 14, 60, 30


def due_times(received_at: datetime, *, severity: str, first_hours: Decimal | None) -> dict[str, datetime]:
    """Map each report to when it is due at the customer. `first_hours`: what the customer agreed for the first one."""
    first = timedelta(hours=FIRST_HOURS)
    if first_hours is not None:
        first = min(first, timedelta(hours=float(first_hours)))
    final = CRITICAL_FINAL_DAYS if severity == "CR" else FINAL_DAYS
    return {"d3": received_at + first, "d5": received_at + timedelta(days=ANALYSIS_DAYS),
            "d8": received_at + timedelta(days=final)}


def is_late(state: str, due: datetime, sent_at: datetime | None, now: datetime) -> bool:
    """Tell whether a report was sent too late, or is not sent and should have been."""
    return (sent_at or now) > due and (sent_at is not None or state in OPEN)


def check_received(received_at: datetime, now: datetime) -> None:
    """Raise Invalid for a complaint of the future: its clock starts when it was received."""
    if received_at > now:
        raise Invalid("This time is still to come.", "该时间尚未到来。", field="received_at")


def check_sent(sent_at: datetime, received_at: datetime, now: datetime) -> None:
    """Raise Invalid for a report sent before the complaint came, or still to come."""
    if sent_at > now:
        raise Invalid("This time is still to come.", "该时间尚未到来。", field="sent_at")
    if sent_at < received_at.replace(second=0, microsecond=0):
        raise Invalid("This is before the complaint was received.", "该时间早于收到投诉的时间。", field="sent_at")


def check_responsibility(said: str, share_percent: int | None) -> None:
    """Raise Invalid for a share without sharing, or sharing without a share."""
    if said not in RESPONSIBILITIES:
        raise Invalid("Say whether responsibility is accepted.", "请说明是否接受责任。", field="responsibility")
    if (said == "shared") != (share_percent is not None):
        raise Invalid("A share from 1 to 99 % goes with shared responsibility.", "分担责任时须填写 1 至 99 % 的比例。",
                      field="share_percent")
    if share_percent is not None and not 1 <= share_percent <= 99:
        raise Invalid("A share is 1 to 99 %.", "分担比例为 1 至 99 %。", field="share_percent")


def check_quantities(claimed: int | None, confirmed: int | None) -> None:
    """Raise Invalid for more pieces confirmed than were claimed."""
    if confirmed is not None and claimed is not None and confirmed > claimed:
        raise Invalid("No more is confirmed than was claimed.", "确认数量不能多于投诉数量。",
                      field="quantity_confirmed")


def check_nff(*, no_fault_found: bool, criteria_ref: str | None) -> None:
    """Raise Refused (R-31) for no fault found without the criteria agreed with the customer."""
    if no_fault_found and not criteria_ref:
        raise Refused("R-31", "Name the criteria agreed with the customer by which no fault was found.",
                      "请注明与顾客约定的未发现故障判定准则。", field="criteria_ref")


def check_traced(*, origin: bool, path_known: bool, unknown_reason: str | None) -> None:
    """Raise Refused (R-30) unless origin and escape path are known, or it is said why not."""
    if not (origin and path_known) and not unknown_reason:
        raise Refused("R-30", "Name the origin and the escape path, or say why they are not known.",
                      "请指明责任工序和流出路径, 或说明为何未知。")


def check_solved(*, has_action: bool, no_action_reason: str | None) -> None:
    """Raise Refused (R-30) for a complaint that closes with neither a corrective action nor a reason for none."""
    if not has_action and not no_action_reason:
        raise Refused("R-30", "Open an 8D for this complaint, or say why none is needed.",
                      "请为该投诉开立 8D, 或说明为何不需要。")
