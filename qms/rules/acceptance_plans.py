"""Knows when a characteristic is planned soundly and how a typed number is read; must not know any table."""

import re
import unicodedata
from decimal import Decimal

from qms.rules.acceptance import CHARACTERISTIC_KINDS, SAMPLINGS, CharacteristicPlan
from qms.rules.chain import check_special
from qms.rules.clauses import RULES
from qms.rules.errors import Invalid, NeedsReason, Refused

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)")
MOST_DIGITS = 30
MOST_SAMPLED = 1000


def exact_number(text: str, *, field: str | None = None) -> Decimal:
    """Read a typed number exactly, trailing zeros included. Raises Invalid; a comma is never guessed at."""
    typed = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if "," in typed or "、" in typed or "。" in typed:
        raise Invalid(
            f"{text}: write a decimal point, no comma, as 0.05.",
            f"{text}：请用小数点，不用逗号，如 0.05。",
            field=field,
        )
    if not _NUMBER.fullmatch(typed):
        raise Invalid(
            f"{text}: this is not a number such as 12.50.", f"{text}：这不是数字，应如 12.50。", field=field
        )
    if sum(c.isdigit() for c in typed) > MOST_DIGITS:
        raise Invalid(
            f"A number has at most {MOST_DIGITS} digits.", f"数字最多 {MOST_DIGITS} 位。", field=field
        )
    return Decimal(typed)


def check_plan(plan: CharacteristicPlan, profile: str, reason: str | None = None) -> None:
    """Hold a planned characteristic against the rules of a profile.

    Raises Invalid; Refused or, where the profile only warns and no reason is given, NeedsReason (R-04).
    """
    if not plan.name_zh.strip() and not plan.name_en.strip():
        raise Invalid("Give the characteristic a name.", "请填写特性名称。", field="name_zh")
    if plan.kind not in CHARACTERISTIC_KINDS:
        raise Invalid(f"There is no kind {plan.kind}.", f"没有类型 {plan.kind}。", field="kind")
    check_special(plan.special)
    _check_limits(plan)
    _check_sampling(plan)
    if plan.accept_number > 0:
        refuse_accepting_faults(profile, reason)


def refuse_accepting_faults(profile: str, reason: str | None) -> None:
    """Enforce R-04 on an attribute plan whose accept number is above zero. Raises Refused, NeedsReason."""
    if RULES["R-04"].level(profile) == "block":
        raise Refused(
            "R-04",
            "Attribute sampling accepts on zero only: the accept number must be 0.",
            "计数抽样只允许零缺陷接收：接收数必须为 0。",
            field="accept_number",
        )
    if not (reason or "").strip():
        raise NeedsReason(
            "R-04",
            "An accept number above 0 needs a reason.",
            "接收数大于 0 须说明理由。",
            field="accept_number",
        )


def _check_limits(plan: CharacteristicPlan) -> None:
    limits = (plan.lower, plan.upper, plan.target)
    if plan.kind == "attribute":
        if any(v is not None for v in limits):
            raise Invalid(
                "An attribute has no limits: choose the kind measured.",
                "计数型特性没有限值：请选择计量型。",
                field="kind",
            )
        return
    if plan.kind == "count":
        _check_count(plan)
        return
    if plan.lower is None and plan.upper is None:
        raise Invalid(
            "A measured characteristic needs a limit.", "计量型特性至少要有一个限值。", field="lower"
        )
    if not (plan.unit or "").strip():
        raise Invalid("Give the unit of measure.", "请填写单位。", field="unit")
    if plan.lower is not None and plan.upper is not None and plan.lower > plan.upper:
        raise Invalid("The lower limit is above the upper one.", "下限大于上限。", field="lower")
    if plan.target is not None and (
        (plan.lower is not None and plan.target < plan.lower)
        or (plan.upper is not None and plan.target > plan.upper)
    ):
        raise Invalid("The target lies outside the limits.", "目标值超出限值。", field="target")


def _check_count(plan: CharacteristicPlan) -> None:
    if plan.upper is None or plan.upper < 0 or plan.upper != plan.upper.to_integral_value():
        raise Invalid(
            "A count needs the most faults allowed, a whole number from 0.",
            "请填写允许的最大缺陷数(整数，可为 0)。",
            field="upper",
        )
    if plan.lower is not None or plan.target is not None:
        raise Invalid("A count has an upper limit only.", "缺陷数只有上限。", field="lower")


def _check_sampling(plan: CharacteristicPlan) -> None:
    if plan.sampling not in SAMPLINGS:
        raise Invalid(
            f"There is no sampling rule {plan.sampling}.", f"没有抽样规则 {plan.sampling}。", field="sampling"
        )
    value = plan.sampling_value
    if plan.sampling == "all" and value is not None:
        raise Invalid(
            "100 % inspection takes no further number.", "全检不需要抽样数值。", field="sampling_value"
        )
    if plan.sampling == "zero_acceptance" and (value is None or not 1 <= value <= MOST_SAMPLED):
        raise Invalid(
            "Say which nonconforming share must be found, 1 to 1000 per mille.",
            "请填写须发现的不合格率，1 至 1000 (千分之)。",
            field="sampling_value",
        )
    if plan.sampling == "every_kth" and (value is None or value < 1):
        raise Invalid(
            "Say every how many pieces one is checked.", "请填写每多少件检 1 件。", field="sampling_value"
        )
    if not 50 <= plan.confidence_percent <= 99:
        raise Invalid(
            "The confidence lies between 50 % and 99 %.",
            "置信度在 50% 至 99% 之间。",
            field="confidence_percent",
        )
    if plan.accept_number < 0 or (plan.accept_number > 0 and plan.kind != "attribute"):
        raise Invalid(
            "Only an attribute may have an accept number, from 0.",
            "只有计数型特性可有接收数，从 0 起。",
            field="accept_number",
        )
