"""Knows the words and laws of concessions and deviation permits; must not know where they are stored.

Source: ISO 9001:2015 8.7, IATF 16949:2016 8.7.1.1.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "concession": Words("Concession", "让步接收"),
    "permit": Words("Deviation permit", "偏差许可"),
}
KIND_HINTS: dict[str, Words] = {
    "concession": Words("for product that is made already", "针对已制成的产品"),
    "permit": Words("asked for before it is made", "制造之前申请"),
}
ORIGINATORS: dict[str, Words] = {
    "own": Words("Our own request", "本厂提出"),
    "supplier": Words("A supplier's request", "供方提出"),
}

_ASK, _APPROVE = "dispositions.concede", "dispositions.approve"
STEPS = StepTable(
    what=Words("Concession", "让步接收"), first="draft",
    states={
        "draft": State(Words("Draft", "草稿"), "neutral"),
        "internal_approved": State(Words("Approved inside", "内部已批准"), "pending"),
        "at_customer": State(Words("With the customer", "待顾客批准"), "pending"),
        "approved": State(Words("Approved, not begun", "已批准, 未生效"), "concession"),
        "active": State(Words("In force", "生效中"), "concession"),
        "refused": State(Words("Refused", "顾客已拒绝"), "rejected"),
        "used_up": State(Words("Used up", "已用完"), "held"),
        "expired": State(Words("Expired", "已到期"), "held"),
        "withdrawn": State(Words("Withdrawn", "已撤回"), "void"),
        "closed": State(Words("Back to specification", "已恢复规范要求"), "accepted"),
    },
    steps=(
        Step("edit", Words("Edit the draft", "编辑草稿"), ("draft",), None, _ASK),
        Step("approve", Words("Approve inside", "内部批准"), ("draft",), "internal_approved", _APPROVE),
        Step("send", Words("Put to the customer", "提交顾客"), ("internal_approved",), "at_customer", _ASK),
        Step("record_approval", Words("Customer has approved", "登记顾客批准"), ("at_customer",), "approved", _ASK),
        Step("record_refusal", Words("Customer has refused", "登记顾客拒绝"), ("at_customer",), "refused", _ASK),
        Step("begin", Words("Begins", "生效"), ("approved",), "active", _ASK),
        Step("use_up", Words("Used up", "用完"), ("active",), "used_up", "dispositions.work"),
        Step("give_back", Words("Quantity given back", "退回数量"), ("used_up",), "active", "dispositions.work"),
        Step("expire", Words("Expires", "到期"), ("approved", "active"), "expired", _ASK),
        Step("withdraw", Words("Withdraw", "撤回"),
             ("draft", "internal_approved", "at_customer", "approved", "active"), "withdrawn", _ASK),
        Step("confirm_back", Words("Confirm: made to specification again", "确认已恢复规范要求"),
             ("used_up", "expired", "withdrawn"), "closed", _ASK),
    ),
)
STATES = STEPS.words
BY_ITSELF = frozenset({"begin", "use_up", "give_back", "expire"})
"""Steps that follow from the clock or from a use, so that nobody is offered them."""
ENDED = ("used_up", "expired", "withdrawn")
"""States in which someone has to confirm that product is made to specification again."""
GRANTED = ("approved", "active", "used_up", "expired")
"""States that only a concession reaches which the customer has authorised."""

ENDING: dict[str, Words] = {"ending": Words("Ends soon or nearly used up", "即将到期或即将用完")}
"""What is asked for beside the states: concessions in force that warn."""
WARNED_BEFORE = timedelta(days=14)
"""How long before its last day a concession is shown as expiring."""
WARNED_AT_PERCENT = 80
"""From which used share on a concession is shown as nearly used up."""
LONGEST_CONTAINERS = 500
_BETWEEN = re.compile(r"[,;\n，；、]+")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a concession covers, how far, and its state. `defect_id` None: only the fault of its own rejection."""

    number: str
    state: str
    item_id: int
    drawing_rev: str
    defect_id: int | None
    lot_id: int | None
    rejection_id: int | None
    starts_on: date | None
    expires_on: date | None
    authorised: int | None
    used: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be accepted under a concession. None: not known; `pledged`: pieces of other lines not yet used."""

    rejection_id: int
    item_id: int | None
    drawing_rev: str
    defect_id: int | None
    lot_id: int | None
    quantity: int
    on: date
    pledged: int = 0


def check_limits(authorised: int | None, starts_on: date | None, expires_on: date | None) -> None:
    """Raise Refused (R-12) for a concession without quantity and last day, Invalid for limits that cannot be."""
    if authorised is None and expires_on is None:
        raise Refused("R-12", "A concession needs a quantity or a last day, or both.",
                      "让步必须规定数量或有效期, 或两者都有。", field="quantity_authorised")
    if authorised is not None and authorised < 1:
        raise Invalid("A quantity is at least 1.", "数量至少为 1。", field="quantity_authorised")
    if starts_on is not None and expires_on is not None and expires_on < starts_on:
        raise Invalid("The last day is before the first.", "截止日期早于起始日期。", field="expires_on")


def check_scope(defect_id: int | None, rejection_id: int | None) -> None:
    """Raise Invalid for a request that names neither a defect nor the rejection whose fault it permits."""
    if defect_id is None and rejection_id is None:
        raise Invalid("Name the defect that is permitted.", "请填写允许的缺陷。", field="defect")


def check_approver(approver_id: int, drafter_id: int) -> None:
    """Raise Refused (R-12) when who drafted a request would approve it too."""
    if approver_id == drafter_id:
        raise Refused("R-12", "Who drafted the request does not approve it. Ask another person.",
                      "申请人不能批准自己的申请, 请由他人批准。")


def check_told(*, sub_components: bool, customer_told: bool) -> None:
    """Raise Refused (R-12) when the customer is not told that sub-components are used again."""
    if sub_components and not customer_told:
        raise Refused("R-12", "Sub-components are used again: tell the customer so in the request.",
                      "涉及零部件再利用: 须在申请中明确告知顾客。", field="customer_told")


def state_on(state: str, starts_on: date | None, expires_on: date | None, day: date) -> str:
    """Return the state that a day of the site makes of a state: begun, or expired after its last day."""
    if state in {"approved", "active"} and expires_on is not None and expires_on < day:
        return "expired"
    return "active" if state == "approved" and (starts_on is None or starts_on <= day) else state


def check_covers(held: Terms, wanted: Wanted, rule: str) -> None:
    """Raise Refused unless a concession covers what is wanted, on that day and in that quantity.

    By `rule` (R-11 repair, R-12 use as is) for what it does not speak of; by R-13 where it is over or too small.
    """
    check_in_force(held, wanted.on, rule)
    missing = not_covered(held, wanted)
    if missing is not None:
        raise Refused(rule, f"{held.number} does not cover this {missing.en}.",
                      f"{held.number} 不适用于此{missing.zh}。", field="concession_id")
    check_left(held, wanted.quantity, wanted.pledged)


def check_in_force(held: Terms, on: date, rule: str) -> None:
    """Raise Refused for a concession that is not in force on a day: by R-13 when it is over, else by `rule`."""
    state = state_on(held.state, held.starts_on, held.expires_on, on)
    if state == "active":
        return
    over = state in {"used_up", "expired"}
    words = STATES[state]
    raise Refused("R-13" if over else rule, f"{held.number} is not in force: {words.en.lower()}.",
                  f"{held.number} 未生效: {words.zh}。", field="concession_id")


def not_covered(held: Terms, wanted: Wanted) -> Words | None:
    """Name what a concession does not speak of: item, drawing revision, defect or lot; None when it covers all."""
    if wanted.item_id != held.item_id:
        return Words("item", "产品")
    if wanted.drawing_rev != held.drawing_rev:
        return Words("drawing revision", "图纸版本")
    if held.defect_id is None and held.rejection_id != wanted.rejection_id:
        return Words("rejection", "不合格记录")
    if held.defect_id is not None and held.defect_id != wanted.defect_id:
        return Words("defect", "缺陷")
    return Words("lot", "批次") if held.lot_id is not None and held.lot_id != wanted.lot_id else None


def left(held: Terms) -> int | None:
    """Return how many pieces may still be used; None where only the last day limits it."""
    return None if held.authorised is None else held.authorised - held.used


def check_left(held: Terms, quantity: int, pledged: int = 0) -> None:
    """Raise Refused (R-13) when used, pledged and wanted pieces together are more than authorised."""
    if held.authorised is not None and held.used + pledged + quantity > held.authorised:
        free = max(0, held.authorised - held.used - pledged)
        raise Refused("R-13", f"{held.number} has {free:,} of {held.authorised:,} pieces left, {quantity:,} are asked "
                              "for.", f"{held.number} 授权 {held.authorised:,}, 剩余 {free:,}, 本次需要 {quantity:,}。",
                      field="concession_id")


def check_containers(text: str | None) -> tuple[str, ...]:
    """Return the containers that carry the number, each once. Raises Refused (R-13) when none is named, Invalid."""
    named = tuple(dict.fromkeys(part.strip() for part in _BETWEEN.split(text or "") if part.strip()))
    if not named:
        raise Refused("R-13", "Name each container that carries the concession's number on its label.",
                      "请填写贴有让步编号标签的每个容器。", field="containers")
    if len(", ".join(named)) > LONGEST_CONTAINERS:
        raise Invalid("Too many containers for one entry.", "一次填写的容器过多。", field="containers")
    return named


def warnings(held: Terms, day: date) -> tuple[Words, ...]:
    """Say what a concession in force should be looked at for: its last day is near, or little of it is left."""
    if held.state != "active":
        return ()
    found = []
    if held.expires_on is not None and held.expires_on - day <= WARNED_BEFORE:
        days = (held.expires_on - day).days
        found.append(Words(f"ends in {days} d", f"{days} 天后到期") if days else Words("ends today", "今日到期"))
    if held.authorised is not None and held.used * 100 >= held.authorised * WARNED_AT_PERCENT:
        percent = held.used * 100 // held.authorised
        found.append(Words(f"{percent} % used", f"已用 {percent}%"))
    return tuple(found)
