"""Knows the words and laws of three-no rejections; must not know where they are stored."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "not_accepted": Words("Not accepted", "不接受"),
    "not_made": Words("Not made", "不制造"),
    "not_passed_on": Words("Not passed on", "不传递"),
}
KIND_HINTS: dict[str, Words] = {
    "not_accepted": Words("Received from another operation", "来自上工序或其他单元"),
    "not_made": Words("Found on one's own work", "在本工序自己的产品上发现"),
    "not_passed_on": Words("Held before release to the next operation", "放行给下工序之前扣留"),
}
OWN_WORK = frozenset({"not_made", "not_passed_on"})
"""Kinds that are found on the work of the unit that found them, before it was handed over."""

OPEN = ("held", "contained", "decided", "waiting_customer", "executing", "verifying")
"""States in which something is held or a place has not answered."""
UNDECIDED = ("held", "contained")
"""Open states in which it is still to be decided what becomes of a held quantity."""
STEPS = StepTable(
    what=Words("Rejection", "不合格记录"), first="held",
    states={
        "held": State(Words("Held", "已冻结"), "held"),
        "contained": State(Words("Contained", "已围堵"), "held"),
        "decided": State(Words("Decided", "已决定处置"), "pending"),
        "waiting_customer": State(Words("Waiting for the customer", "待顾客批准"), "concession"),
        "executing": State(Words("In execution", "处置执行中"), "rework"),
        "verifying": State(Words("To be verified", "待验证"), "held"),
        "closed": State(Words("Closed", "已关闭"), "accepted"),
        "void": State(Words("Void", "已作废"), "void"),
    },
    steps=(
        Step("contain", Words("Answer containment", "填写围堵清单"), OPEN, "contained", "rejections.contain"),
        Step("decide", Words("Decide the disposition", "决定处置"), UNDECIDED, "decided", "dispositions.decide"),
        Step("withdraw", Words("Withdraw a decision", "撤回处置决定"), OPEN, "contained", "dispositions.decide"),
        Step("ask_customer", Words("Ask the customer", "提交顾客批准"), ("decided",), "waiting_customer",
             "dispositions.concede"),
        Step("start", Words("Start a disposition", "开始处置"), OPEN, "executing", "dispositions.work"),
        Step("report", Words("Report what was done", "报告处置结果"), OPEN, "verifying", "dispositions.work"),
        Step("verify", Words("Verify a disposition", "验证处置"), OPEN, "closed", "dispositions.verify"),
        Step("release", Words("Release after re-inspection", "复检后解除冻结"), UNDECIDED, "closed",
             "rejections.release"),
        Step("correct", Words("Correct", "更正"), OPEN, "held", "rejections.contain"),
        Step("void", Words("Void", "作废"), UNDECIDED, "void", "rejections.void"),
    ),
)
"""`to` is where a step leads once its condition is met for every quantity that is held; `settled` derives the state."""
STATES = STEPS.words

HOLD_STATES: dict[str, Words] = {
    "held": Words("Held", "已冻结"),
    "released": Words("Released", "已解除冻结"),
    "gone": Words("Taken out", "已移出"),
    "void": Words("Void", "已作废"),
}

ORIGIN_STEPS = StepTable(
    what=Words("Origin", "责任工序"), first="unknown",
    states={
        "unknown": State(Words("Unknown", "未知"), "neutral"),
        "assumed": State(Words("Assumed", "推定"), "pending"),
        "confirmed": State(Words("Confirmed", "已确认"), "neutral"),
        "contested": State(Words("Contested", "有异议"), "held"),
        "decided": State(Words("Decided", "已裁定"), "neutral"),
    },
    steps=(
        Step("assume", Words("Assume another origin", "改推定责任工序"), ("unknown", "assumed"), "assumed",
             "rejections.contain"),
        Step("confirm", Words("Confirm the origin", "确认责任工序"), ("assumed",), "confirmed", "rejections.judge"),
        Step("contest", Words("Contest the origin", "对责任工序提出异议"), ("assumed", "confirmed"), "contested",
             "rejections.contest"),
        Step("decide", Words("Decide the origin", "裁定责任工序"), ("contested",), "decided", "rejections.judge"),
    ),
)
ORIGIN_STATES = ORIGIN_STEPS.words
SETTLED = frozenset({"confirmed", "decided"})
"""Origin states that count in scores (R-34)."""

ESCAPE_CLASSES: dict[str, Words] = {
    "0": Words("0: self-found at origin", "0: 自检发现"),
    "1": Words("1: found by the next operation", "1: 下工序发现"),
    "2+": Words("2+: internal escape", "2+: 内部流出"),
    "F": Words("F: found at final inspection", "F: 终检发现"),
    "E0": Words("E0: found at the customer's line", "E0: 顾客生产线发现"),
    "EF": Words("EF: found in the field", "EF: 市场售后发现"),
    "unknown": Words("Unknown", "未知"),
}

SEVERITIES: dict[str, Words] = {
    "CR": Words("Critical", "致命"),
    "MA": Words("Major", "严重"),
    "MI": Words("Minor", "轻微"),
}
UNCODED_SEVERITY = "MA"
"""Severity of a fault that has no defect code yet: not so low that nobody looks."""

PLACES: dict[str, Words] = {
    "supplier": Words("At the supplier", "供方处"),
    "in_transit_in": Words("In transit to us", "来料在途"),
    "wip": Words("Work in process", "在制品"),
    "finished": Words("Finished goods", "成品"),
    "warehouse": Words("Warehouse", "仓库"),
    "in_transit_out": Words("In transit to the customer", "发运在途"),
    "customer": Words("At the customer", "顾客处"),
    "field": Words("In the field", "市场"),
    "anywhere": Words("Related lot, wherever it is", "关联批次 (所有位置)"),
}

SOURCES: dict[str, Words] = {
    "desk": Words("Desk", "办公端"),
    "station": Words("Station", "工位"),
    "api": Words("Interface", "接口"),
    "import": Words("Import", "导入"),
    "demo": Words("Demo data", "演示数据"),
}

LEADING = frozenset({"team_leader", "unit_head", "production_manager"})
"""Roles that answer for every operation of the unit they are held in."""

LARGEST = 2_147_483_647
_CLOCKS_DIFFER = timedelta(minutes=5)


def check_report(*, kind: str, quantity: int, severity: str | None, source: str, found_at: datetime | None,
                 now: datetime) -> None:
    """Raise Invalid for what a rejection can never be."""
    if kind not in KINDS:
        raise Invalid(f"There is no kind of rejection {kind}.", f"没有不合格类别 {kind}。", field="kind")
    if severity is not None and severity not in SEVERITIES:
        raise Invalid(f"There is no severity {severity}.", f"没有严重度 {severity}。", field="severity")
    if source not in SOURCES:
        raise Invalid(f"There is no source {source}.", f"没有来源 {source}。", field="source")
    check_quantity(quantity)
    if found_at is not None and found_at.tzinfo is None:
        raise Invalid("The time of finding needs a time zone.", "发现时间须带时区。", field="found_at")
    if found_at is not None and found_at > now + _CLOCKS_DIFFER:
        raise Invalid("The time of finding lies in the future.", "发现时间在将来。", field="found_at")


def settled(held: Iterable[str | None], *, asked: int, answered: int, waits: bool = False) -> str:
    """Return the state of a rejection that is not void.

    `held` has, for each quantity that is held, the state of its disposition line (`waiting_customer` where that waits
    for the customer, None where nothing is decided). It closes when nothing is held, every place asked has answered
    and no customer `waits` to be told.
    """
    states = set(held)
    if not states and asked == answered and not waits:
        return "closed"
    if not states or None in states:
        return "contained" if asked and asked == answered else "held"
    if states == {"verifying"}:
        return "verifying"
    if states & {"executing", "verifying", "unusable"}:
        return "executing"
    return "waiting_customer" if "waiting_customer" in states else "decided"


def check_quantity(quantity: int) -> None:
    """Raise Invalid for a quantity that cannot be held."""
    if not 0 < quantity <= LARGEST:
        raise Invalid("The quantity is a whole number of at least 1.", "数量须为不小于 1 的整数。", field="quantity")


def check_client_id(client_id: str) -> str:
    """Return the UUID in its one spelling. Raises Invalid."""
    try:
        return str(uuid.UUID(client_id))
    except ValueError as error:
        raise Invalid("client_id is a UUID.", "client_id 须为 UUID。", field="client_id") from error


def check_origin(*, inspects: bool) -> None:
    """Raise Invalid for an origin that only inspects: it cannot have made the defect."""
    if inspects:
        raise Invalid("This unit only inspects, so it cannot be where the defect was made.",
                      "该单元只做检验, 不可能是缺陷的责任工序。", field="origin_unit_id")


def check_reason(reason: str | None) -> str:
    """Return the reason, trimmed. Raises Refused (R-43) when there is none."""
    given = (reason or "").strip()
    if not given:
        raise Refused("R-43", "Say why: a correction or a void needs its reason.", "请说明理由: 更正或作废须有理由。",
                      field="reason")
    return given


def check_release(*, good: int, not_good: int, held: int) -> None:
    """Raise Invalid when what was re-inspected does not add up to what is held."""
    if good < 0 or not_good < 0 or good + not_good != held:
        raise Invalid(f"Good and not good must add up to the {held} held; you gave {good} + {not_good}.",
                      f"合格与不合格之和须等于冻结数量 {held}; 现为 {good} + {not_good}。", field="good")


def check_answer(*, suspect: int | None, checked: int | None, nonconforming: int | None, good: int | None) -> None:
    """Raise Invalid for an answer that is not whole or does not add up. Zero is an answer, blank is not (R-22)."""
    answer = {"suspect": suspect, "checked": checked, "nonconforming": nonconforming, "good": good}
    for field, value in answer.items():
        if value is None:
            raise Invalid("Answer every quantity; 0 is an answer, blank is not.",
                          "每个数量都须填写; 0 是答案, 空白不是。", field=field)
        if not 0 <= value <= LARGEST:
            raise Invalid("A quantity is a whole number, at least 0.", "数量须为不小于 0 的整数。", field=field)
    if (checked or 0) != (nonconforming or 0) + (good or 0):
        raise Invalid(f"Checked ({checked}) is nonconforming ({nonconforming}) plus good ({good}).",
                      f"已检 ({checked}) 须等于不合格 ({nonconforming}) 加合格 ({good})。", field="checked")
    if (checked or 0) > (suspect or 0):
        raise Invalid(f"More were checked ({checked}) than are suspect ({suspect}).",
                      f"已检数量 ({checked}) 超过可疑数量 ({suspect})。", field="suspect")


def is_involved(person: Actor, *, home: str | None, paths: Iterable[str]) -> bool:
    """Tell whether a person has to do with any of these units.

    They work in it or below it, hold a grant that is limited to that, or lead what it belongs to.

    `home` is the path of the unit where the person works; None when it is not known.
    """
    own = [grant.unit_path for grant in person.grants if grant.unit_path]
    if home:
        own.append(home)
    led = [grant.unit_path for grant in person.grants if grant.unit_path and grant.role in LEADING]
    sides = list(paths)
    return (any(place.startswith(path) for place in own for path in sides)
            or any(path.startswith(place) for place in led for path in sides))


def check_uninvolved(*, reporter: bool, involved: bool, spoke_before: bool) -> None:
    """Raise Refused (R-52) unless the person has nothing to do with the case."""
    if reporter:
        raise Refused("R-52", "You reported this rejection: its origin is decided by someone else.",
                      "您是报告人: 责任工序须由其他人裁定。")
    if involved:
        raise Refused("R-52", "You belong to the origin or to the finding unit: someone uninvolved decides.",
                      "您属于责任工序或发现工序: 须由无关人员裁定。")
    if spoke_before:
        raise Refused("R-52", "You already confirmed or contested this origin: someone else decides.",
                      "您已确认过或提出过异议: 须由其他人裁定。")
