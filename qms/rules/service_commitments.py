"""Knows the words and laws of public commitments between units; must not know where they are stored.

Modelled on ISO 10001:2018, whose scope leaves out codes inside an organisation: an analogy, not conformity.
"""

from dataclasses import dataclass
from datetime import date

from qms.rules.errors import Invalid
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "time": Words("Time", "时限"),
    "quality": Words("Quality", "质量"),
}

STEPS = StepTable(
    what=Words("Commitment", "服务承诺"), first="draft",
    states={
        "draft": State(Words("Draft", "草稿"), "pending"),
        "published": State(Words("Published", "已公示"), "accepted"),
        "superseded": State(Words("Superseded", "已替代"), "void"),
        "withdrawn": State(Words("Withdrawn", "已撤回"), "void"),
    },
    steps=(
        Step("publish", Words("Publish", "公示"), ("draft",), "published", "service.commit"),
        Step("edit", Words("Edit", "编辑"), ("draft",), None, "service.commit"),
        Step("revise", Words("New revision", "修订"), ("published",), None, "service.commit"),
        Step("supersede", Words("Replaced by a new revision", "由新版本替代"), ("published",), "superseded",
             "service.commit"),
        Step("review", Words("Still valid", "复核有效"), ("published",), None, "service.commit"),
        Step("withdraw", Words("Withdraw", "撤回"), ("draft", "published"), "withdrawn", "service.commit"),
    ),
)
STATES = STEPS.words

BY_ITSELF = frozenset({"supersede"})
"""Steps that follow from another and have no button."""

PUBLIC = ("published", "superseded")
"""States in which a revision holds on the days for which it was published."""

MOST_MINUTES = 60 * 24 * 60
"""Longest promise, in plant minutes: 60 days round the clock."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a commitment promises, as it is checked."""

    kind: str
    within_minutes: int | None
    standard_zh: str | None
    standard_en: str | None
    target_percent: int
    provider_id: int
    customer_id: int | None
    pausable: bool = False


def check_promise(promise: Promise) -> None:
    """Raise Invalid for a promise that cannot be measured, or that a unit makes to itself."""
    if promise.kind not in KINDS:
        raise Invalid(f"There is no kind of standard {promise.kind}.", f"没有标准类型 {promise.kind}。", field="kind")
    if promise.kind == "time" and promise.within_minutes is None:
        raise Invalid("Say within how many plant hours.", "请填写多少工厂工作小时内完成。", field="within_hours")
    if promise.kind == "quality":
        _check_quality(promise)
    if promise.within_minutes is not None and not 1 <= promise.within_minutes <= MOST_MINUTES:
        raise Invalid(f"Promise 1 minute to {MOST_MINUTES // 60} plant hours.",
                      f"时限为 1 分钟至 {MOST_MINUTES // 60} 工厂工作小时。", field="within_hours")
    if not 1 <= promise.target_percent <= 100:
        raise Invalid("The target is 1 to 100 per cent.", "目标为 1 至 100 %。", field="target_percent")
    if promise.customer_id == promise.provider_id:
        raise Invalid("A unit promises to another unit.", "承诺的对象须为其他单元。", field="customer_id")


def _check_quality(promise: Promise) -> None:
    if promise.within_minutes is not None:
        raise Invalid("A quality standard has no time: make a second commitment for it.",
                      "质量标准不含时限: 时限请另立承诺。", field="within_hours")
    if not (promise.standard_zh and promise.standard_en):
        raise Invalid("Say in both languages what counts as kept.", "请用中英文写明怎样才算兑现。",
                      field="standard_zh" if not promise.standard_zh else "standard_en")


def check_published(first: date, today: date, former: date | None, review_on: date) -> None:
    """Raise Invalid unless a revision begins today or later, after the one it replaces, and is reviewed after that."""
    if first < today:
        raise Invalid("A commitment is not published for days gone by.", "不得追溯公示。", field="published_from")
    if former is not None and first <= former:
        raise Invalid(f"The revision in force began on {former}; this one begins later.",
                      f"现行版本自 {former} 起生效, 新版本须晚于该日。", field="published_from")
    if review_on <= first:
        raise Invalid("The next review lies after the first day.", "下次复核须晚于公示日期。", field="next_review_on")


def minutes_of(hours: float | None) -> int | None:
    """Return plant hours, as people enter them, in whole minutes; None for none."""
    return None if hours is None else round(hours * 60)
