"""Knows what standards, hand-overs and checks may be and how readings are judged; must not know any table."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

CHARACTERISTIC_KINDS: dict[str, Words] = {
    "attribute": Words("Attribute", "计数型(合格/不合格)"),
    "measured": Words("Measured", "计量型(测量值)"),
    "count": Words("Count of faults", "缺陷数"),
}

SAMPLINGS: dict[str, Words] = {
    "all": Words("100 % inspection", "全检"),
    "zero_acceptance": Words("Zero-acceptance sampling (c=0)", "零缺陷抽样 (c=0)"),
    "every_kth": Words("Every k-th piece", "每 k 件检 1 件"),
}

CHECK_KINDS: dict[str, Words] = {
    "self": Words("Self-inspection", "自检"),
    "mutual": Words("Mutual inspection", "互检"),
    "dedicated": Words("Dedicated inspection", "专检"),
    "first_piece": Words("First-piece inspection", "首件检验"),
    "patrol": Words("Patrol inspection", "巡检"),
}

SELF_CHECKS: dict[str, Words] = {
    "ok": Words("Good", "合格"),
    "ng": Words("Not good", "不合格"),
    "none": Words("Not done", "未做自检"),
}

STANDARD = StepTable(
    what=Words("Standard", "验收标准"),
    first="draft",
    states={
        "draft": State(Words("Draft", "草稿"), "pending"),
        "approved": State(Words("Approved", "已批准"), "accepted"),
        "superseded": State(Words("Superseded", "已被替代"), "void"),
        "withdrawn": State(Words("Withdrawn", "已撤回"), "void"),
        "recorded": State(Words("Recorded elsewhere", "外部记录"), "neutral"),
    },
    steps=(
        Step("approve", Words("Approve", "批准"), ("draft",), "approved", "acceptance.approve"),
        Step("edit", Words("Edit", "编辑"), ("draft",), None, "acceptance.draft"),
        Step("withdraw", Words("Withdraw", "撤回"), ("draft",), "withdrawn", "acceptance.draft"),
        Step("revise", Words("Revise", "修订"), ("approved",), None, "acceptance.draft"),
        Step("supersede", Words("Supersede", "替代"), ("approved",), "superseded", "acceptance.approve"),
    ),
)

IN_FORCE = State(Words("In force", "现行"), "accepted")
NOT_YET = State(Words("Approved, not yet in force", "已批准，未生效"), "pending")
RUNS_OUT = State(Words("In force until replaced", "现行，待替代"), "accepted")

HANDOVER = StepTable(
    what=Words("Hand-over", "工序交接"),
    first="presented",
    states={
        "presented": State(Words("Presented", "待接收"), "pending"),
        "accepted": State(Words("Accepted", "已接收"), "accepted"),
        "partly_accepted": State(Words("Partly accepted", "部分接收"), "held"),
        "rejected": State(Words("Rejected", "拒收"), "rejected"),
        "not_inspected": State(Words("Not inspected", "未检验"), "neutral"),
    },
    steps=(
        Step(
            "accept", Words("Accept", "接收"), ("presented", "not_inspected"), "accepted", "acceptance.decide"
        ),
        Step(
            "reject", Words("Reject", "拒收"), ("presented", "not_inspected"), "rejected", "acceptance.decide"
        ),
        Step(
            "partly_accept",
            Words("Accept in part", "部分接收"),
            ("presented", "not_inspected"),
            "partly_accepted",
            "acceptance.decide",
        ),
        Step(
            "check",
            Words("Record a check", "记录检验"),
            ("presented", "not_inspected"),
            None,
            "acceptance.decide",
        ),
        Step(
            "not_inspected",
            Words("Mark as not inspected", "标记为未检验"),
            ("presented",),
            "not_inspected",
            "acceptance.decide",
        ),
        Step(
            "present_again",
            Words("Present again", "重新提交"),
            ("rejected", "partly_accepted"),
            None,
            "acceptance.present",
        ),
    ),
)

STANDARD_STATES = STANDARD.words
HANDOVER_STATES = HANDOVER.words


@dataclass(frozen=True, slots=True)
class CharacteristicPlan:
    """One thing that a standard asks to be checked, as planned; limits are in `unit` and are good."""

    name_zh: str
    name_en: str
    kind: str = "attribute"
    unit: str | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    target: Decimal | None = None
    special: str = ""
    method: str | None = None
    gauge: str | None = None
    sampling: str = "all"
    sampling_value: int | None = None
    confidence_percent: int = 95
    accept_number: int = 0
    defect_id: int | None = None
    detectable: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """The `value` of one `piece`, or how many of `pieces` failed an attribute."""

    characteristic_id: int
    value: Decimal | None = None
    piece: int = 1
    pieces: int = 1
    nonconforming: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Pieces not accepted for one reason. `defect_id` None: not coded; `for_review`: for the review board."""

    defect_id: int | None
    quantity: int
    zone: str | None = None
    actual: str | None = None
    note: str | None = None
    for_review: bool = False


def conforms(lower: Decimal | None, upper: Decimal | None, value: Decimal) -> bool:
    """Tell whether a value lies within limits; on a limit is good."""
    return (lower is None or value >= lower) and (upper is None or value <= upper)


def standing(state: str, valid_from: date | None, valid_to: date | None, on: date) -> State:
    """Return what a standard's state means on a day: in force, not yet, or as its table says."""
    if state not in {"approved", "superseded"} or valid_from is None:
        return STANDARD.states[state]
    if valid_to is not None and (on > valid_to or valid_to < valid_from):
        return STANDARD.states["superseded"]
    if on < valid_from:
        return NOT_YET
    return IN_FORCE if state == "approved" else RUNS_OUT


def requirement(kind: str, lower: Decimal | None, upper: Decimal | None, unit: str | None) -> Words:
    """Say what is asked of a characteristic, as it stands on the form."""
    tail = f" {unit}" if unit else ""
    if kind == "attribute":
        return Words("conforms", "符合要求")
    if lower is not None and upper is not None:
        text = f"{lower:f} – {upper:f}{tail}"
    elif lower is not None:
        text = f"≥ {lower:f}{tail}"
    elif upper is not None:
        text = f"≤ {upper:f}{tail}"
    else:
        text = "–"
    return Words(text, text)


def sample_words(
    sampling: str, value: int | None, confidence_percent: int, size: int, quantity: int
) -> Words:
    """Explain a sample size to whoever takes the sample. Source: IATF 16949:2016 8.6.6."""
    if sampling == "all" or size >= quantity:
        return Words(f"All {quantity} pieces.", f"全检 {quantity} 件。")
    if sampling == "every_kth":
        return Words(
            f"{size} of {quantity} pieces: the first, then every {value}th.",
            f"从 {quantity} 件中检 {size} 件：首件起每 {value} 件检 1 件。",
        )
    share = format(Decimal(value or 0) / 10, "f")
    return Words(
        f"{size} of {quantity} pieces, accepted on zero: if {share} % of the lot were nonconforming, "
        f"at least one would show with {confidence_percent} % confidence.",
        f"从 {quantity} 件中抽 {size} 件，零缺陷接收：若批中有 {share}% 不合格，"
        f"有 {confidence_percent}% 的把握至少抽到一件。",
    )


def balanced(quantity: int, accepted: int, rejected: int, for_review: int) -> bool:
    """Tell whether the parts of a decision are not negative and add up to what was presented."""
    return min(accepted, rejected, for_review) >= 0 and accepted + rejected + for_review == quantity
