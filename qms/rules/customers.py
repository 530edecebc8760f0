"""Knows the words and laws of outside customers: class, grade, contacts, requirements; must not know where they are.

Source: ISO 9001:2015 9.1.2; IATF 16949:2016 8.7.1.2 and 9.1.2.1. Class and grade are our own rule: how much care a
customer gets is stated, versioned, and shown with how it came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from qms.rules.errors import Invalid
from qms.rules.words import Words

CLASSES: dict[int, Words] = {
    1: Words("Class 1: key by share of sales", "1 类: 销售额占比高"),
    2: Words("Class 2: strategic", "2 类: 战略顾客"),
    3: Words("Class 3: other", "3 类: 其他"),
}
CLASS_MEANINGS: dict[int, Words] = {
    1: Words("Its share of the site's sales reaches the key share of the rule.",
             "占工厂销售额的比例达到规则的关键占比。"),
    2: Words("Its share is smaller, but it is chosen for growth, technology or name.",
             "占比较小, 但因成长性、技术或声誉被选定。"),
    3: Words("Neither of these.", "两者都不是。"),
}
RISKS: dict[str, Words] = {
    "low": Words("Low: comfort and looks", "低: 舒适与外观"),
    "medium": Words("Medium: function", "中: 功能"),
    "high": Words("High: safety or legal", "高: 安全或法规"),
}
GRADES: dict[str, Words] = {"A": Words("Grade A", "A 级"), "B": Words("Grade B", "B 级"), "C": Words("Grade C", "C 级")}
CRITERIA: dict[str, Words] = {
    "sales": Words("Share of sales", "销售额占比"),
    "strategic": Words("Strategic", "战略意义"),
    "risk": Words("Risk of its products", "产品风险"),
    "complaints": Words("Complaints in 12 months", "12 个月内投诉"),
}
FUNCTIONS: dict[str, Words] = {
    "quality": Words("Quality", "质量"),
    "purchasing": Words("Purchasing", "采购"),
    "logistics": Words("Logistics", "物流"),
    "engineering": Words("Engineering", "工程"),
    "management": Words("Management", "管理"),
    "other": Words("Other", "其他"),
}
LANGUAGES: dict[str, Words] = {"zh": Words("Chinese", "中文"), "en": Words("English", "英文")}
REQUIREMENTS: dict[str, Words] = {
    "form": Words("Form to be used", "规定表单"),
    "portal": Words("Portal to be used", "规定门户网站"),
    "notice_hours": Words("Hours to tell the customer", "通知顾客时限"),
    "label": Words("Label or marking", "标签或标识"),
    "rework_approval": Words("Rework needs approval", "返工须批准"),
    "containment": Words("Containment", "围堵要求"),
    "records": Words("Records and retention", "记录与保存"),
    "other": Words("Other", "其他"),
}
LISTED: dict[str, Words] = {
    "inactive": Words("Out of use", "已停用"),
}
"""What the register is asked for beyond class and grade."""

RISK_POINTS: dict[str, int] = {"low": 0, "medium": 50, "high": 100}
MOST_HOURS = 24 * 31


@dataclass(frozen=True, slots=True)
class GradeRule:
    """A version of the rule: weights that make 100, where a criterion is full, and from how many points A and B."""

    sales_weight: int = 40
    strategic_weight: int = 20
    risk_weight: int = 20
    complaints_weight: int = 20
    key_share_percent: int = 20
    full_complaints: int = 5
    a_from: int = 60
    b_from: int = 30

    @property
    def weights(self) -> dict[str, int]:
        """Map each criterion to its weight."""
        return {name: getattr(self, f"{name}_weight") for name in CRITERIA}


class Graded(NamedTuple):
    """How a grade came: points of each criterion (0 to 100), their weighted sum, the grade."""

    points: Mapping[str, int]
    total: int
    grade: str


def check_rule(rule: GradeRule) -> None:
    """Raise Invalid for a rule by which no grade can be told."""
    if any(weight < 0 for weight in rule.weights.values()) or sum(rule.weights.values()) != 100:
        raise Invalid("The weights make 100 together.", "权重之和须为 100。", field="sales_weight")
    if not 1 <= rule.key_share_percent <= 100:
        raise Invalid("The key share is 1 to 100 %.", "关键占比为 1 至 100 %。", field="key_share_percent")
    if not 1 <= rule.full_complaints <= 1000:
        raise Invalid("Say how many complaints are full points.", "请填写满分对应的投诉数。", field="full_complaints")
    if not 0 < rule.b_from < rule.a_from <= 100:
        raise Invalid("Grade A begins above grade B, both above 0.", "A 级起点须高于 B 级, 且均大于 0。",
                      field="a_from")


def sales_class(share_percent: int | None, *, strategic: bool, key_share_percent: int) -> int | None:
    """Return class 1 to 3; None while the share of sales is not known and the customer is not strategic."""
    if share_percent is not None and share_percent >= key_share_percent:
        return 1
    if strategic:
        return 2
    return None if share_percent is None else 3


def graded(rule: GradeRule, *, share_percent: int | None, strategic: bool, risk: str | None,
           complaints: int) -> Graded | None:
    """Return the grade by a rule; None while share of sales or risk is not known: what is missing is not 0."""
    if share_percent is None or risk is None:
        return None
    points = {"sales": min(100, round(100 * share_percent / rule.key_share_percent)),
              "strategic": 100 if strategic else 0, "risk": RISK_POINTS[risk],
              "complaints": min(100, round(100 * complaints / rule.full_complaints))}
    total = round(sum(points[name] * weight for name, weight in rule.weights.items()) / 100)
    return Graded(points, total, "A" if total >= rule.a_from else "B" if total >= rule.b_from else "C")


def check_customer(share_percent: int | None, risk: str | None) -> None:
    """Raise Invalid for a customer that cannot be as it is said."""
    if share_percent is not None and not 0 <= share_percent <= 100:
        raise Invalid("The share of sales is 0 to 100 %.", "销售额占比为 0 至 100 %。", field="share_percent")
    if risk is not None and risk not in RISKS:
        raise Invalid(f"There is no risk {risk}.", f"没有风险 {risk}。", field="risk")


def check_days(valid_from: date | None, valid_to: date | None) -> None:
    """Raise Invalid for a last day before the first."""
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise Invalid("The last day lies before the first.", "截止日期早于起始日期。", field="valid_to")


def check_requirement(kind: str, hours: int | None) -> None:
    """Raise Invalid for a requirement that cannot be as it is said."""
    if kind not in REQUIREMENTS:
        raise Invalid(f"There is no kind of requirement {kind}.", f"没有要求种类 {kind}。", field="kind")
    if kind == "notice_hours" and hours is None:
        raise Invalid("Say within how many hours.", "请填写小时数。", field="hours")
    if hours is not None and not 1 <= hours <= MOST_HOURS:
        raise Invalid(f"It is 1 to {MOST_HOURS} hours.", f"小时数为 1 至 {MOST_HOURS}。", field="hours")
