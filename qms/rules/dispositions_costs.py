"""Knows what poor quality costs consist of and how a rate is chosen; must not know where rates and lines are stored.

Source: the prevention-appraisal-failure model (PAF); IATF 16949:2016 9.3.2.1 asks for internal and external failure.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple, Protocol, TypeVar

from qms.rules.errors import Invalid, Refused
from qms.rules.words import Words

CATEGORIES: dict[str, Words] = {
    "prevention": Words("Prevention", "预防"),
    "appraisal": Words("Appraisal", "鉴定"),
    "internal_failure": Words("Internal failure", "内部损失"),
    "external_failure": Words("External failure", "外部损失"),
}


class Element(NamedTuple):
    """What a cost is made of, and the class it belongs to."""

    category: str
    words: Words


ELEMENTS: dict[str, Element] = {
    "training": Element("prevention", Words("Training", "培训")),
    "fmea": Element("prevention", Words("FMEA and planning", "FMEA 与策划")),
    "error_proofing": Element("prevention", Words("Error-proofing", "防错")),
    "supplier_help": Element("prevention", Words("Supplier development", "供方开发")),
    "improvement": Element("prevention", Words("Improvement", "改进")),
    "incoming": Element("appraisal", Words("Incoming inspection", "进料检验")),
    "in_process": Element("appraisal", Words("In-process inspection", "过程检验")),
    "final": Element("appraisal", Words("Final inspection", "最终检验")),
    "calibration": Element("appraisal", Words("Calibration and laboratory", "校准与实验室")),
    "audit": Element("appraisal", Words("Audits", "审核")),
    "scrap": Element("internal_failure", Words("Scrap", "报废")),
    "rework": Element("internal_failure", Words("Rework and repair", "返工返修")),
    "sorting": Element("internal_failure", Words("Sorting", "挑选")),
    "downtime": Element("internal_failure", Words("Downtime by quality stops", "质量停线")),
    "downgrade": Element("internal_failure", Words("Re-grading", "降级")),
    "expediting": Element("internal_failure", Words("Expediting", "加急")),
    "analysis": Element("internal_failure", Words("Failure analysis", "失效分析")),
    "returned": Element("external_failure", Words("Returned product", "退回产品")),
    "warranty": Element("external_failure", Words("Warranty", "保修")),
    "debit": Element("external_failure", Words("Customer's debit notes", "顾客扣款")),
    "third_party": Element("external_failure", Words("Third-party sorting", "第三方挑选")),
    "freight": Element("external_failure", Words("Premium freight", "附加运费")),
    "field": Element("external_failure", Words("Field action and travel", "现场处理与差旅")),
}
ELEMENT_WORDS = {code: element.words for code, element in ELEMENTS.items()}

MEASURES: dict[str, Words] = {
    "piece": Words("pieces", "件"),
    "hour": Words("h", "小时"),
    "minute": Words("min", "分钟"),
    "amount": Words("amount", "金额"),
}


class RateKind(NamedTuple):
    """What a rate prices, and per which measure."""

    words: Words
    measure: str


RATE_KINDS: dict[str, RateKind] = {
    "item_cost": RateKind(Words("Standard cost of a piece at the operation", "产品在该工序的标准成本"), "piece"),
    "labour_hour": RateKind(Words("Hour of labour", "人工工时"), "hour"),
    "machine_hour": RateKind(Words("Hour of a machine", "机器工时"), "hour"),
    "stop_minute": RateKind(Words("Minute of a stopped line", "停线分钟"), "minute"),
    "sort_hour": RateKind(Words("Hour of sorting", "挑选工时"), "hour"),
}
RATE_WORDS = {code: kind.words for code, kind in RATE_KINDS.items()}
SOURCES: dict[str, Words] = {
    "auto": Words("From records", "由记录生成"),
    "manual": Words("Entered", "手工录入"),
    "complaint": Words("Complaint of a customer", "顾客投诉"),
}
OUTSIDE = "external_failure"
"""Class of what an outside customer's complaint costs."""

_PERIOD = re.compile(r"^(20\d\d)-(0[1-9]|1[0-2])$")
_CENT = Decimal("0.01")


class Rate(Protocol):
    """What is asked of a rate to choose it."""

    item_id: int | None
    unit_id: int | None


R = TypeVar("R", bound=Rate)


def most_specific(rates: Iterable[R], item_id: int | None, unit_id: int | None) -> R | None:
    """Return the rate that names item and operation, else the item, else the operation, else neither; None: no rate."""
    fitting = [rate for rate in rates if rate.item_id in {None, item_id} and rate.unit_id in {None, unit_id}]
    return max(fitting, key=lambda rate: (rate.item_id is not None, rate.unit_id is not None), default=None)


def amount(quantity: Decimal, rate: Decimal) -> Decimal:
    """Return what a quantity costs, rounded half-even to two digits."""
    return (quantity * rate).quantize(_CENT, ROUND_HALF_EVEN)


def check_rate(kind: str, item_id: int | None, rate: Decimal, currency: str) -> None:
    """Raise Invalid for a rate that prices nothing."""
    if kind not in RATE_KINDS:
        raise Invalid(f"There is no kind of rate {kind}.", f"没有费率类型 {kind}。", field="kind")
    if kind == "item_cost" and item_id is None:
        raise Invalid("A standard cost belongs to an item.", "标准成本须指定产品。", field="item_id")
    if not rate.is_finite() or rate <= 0 or rate >= 10**12:
        raise Invalid("A rate is more than 0.", "费率须大于 0。", field="rate")
    check_currency(currency)


def check_currency(currency: str, usual: str | None = None) -> None:
    """Raise Invalid for what is no currency code, or another than the site reckons in."""
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise Invalid("A currency is three capital letters, as CNY.", "货币为三个大写字母, 如 CNY。", field="currency")
    if usual is not None and currency != usual:
        raise Invalid(f"This site reckons in {usual}.", f"本工厂以 {usual} 核算。", field="currency")


def check_element(element: str) -> str:
    """Return the class of an element. Raises Invalid."""
    if element not in ELEMENTS:
        raise Invalid(f"There is no cost element {element}.", f"没有成本要素 {element}。", field="element")
    return ELEMENTS[element].category


def check_outside(element: str) -> None:
    """Raise Invalid for an element that a complaint of an outside customer does not cost."""
    if check_element(element) != OUTSIDE:
        raise Invalid("A complaint of an outside customer costs external failure.", "外部投诉的成本属于外部损失。",
                      field="element")


def check_period(period: str) -> None:
    """Raise Invalid for what is no month."""
    if not _PERIOD.match(period):
        raise Invalid("A month is written as 2026-11.", "月份写作 2026-11。", field="period")


def period_of(day: date) -> str:
    """Return the month of a day."""
    return f"{day:%Y-%m}"


def after(period: str) -> str:
    """Return the month after a month."""
    return period_of(date(int(period[:4]), int(period[5:]), 28) + timedelta(days=4))


def open_period(period: str, closed: Collection[str]) -> str:
    """Return the month itself, else the first one after it that is not closed (R-54)."""
    while period in closed:
        period = after(period)
    return period


def check_close(period: str, today: date, earlier_open: Collection[str], estimates: int) -> None:
    """Raise Refused (R-54) for closing a month that is not over, out of turn, or not approved."""
    check_period(period)
    if period >= period_of(today):
        raise Refused("R-54", "A month is closed when it is over.", "月份结束后才能月结。", field="period")
    if earlier_open:
        first = min(earlier_open)
        raise Refused("R-54", f"Month {first} is still open: close it first.", f"{first} 尚未月结, 须先关闭。",
                      field="period")
    if estimates:
        raise Refused("R-54", f"{estimates} lines are still estimates: approve or reverse them first.",
                      f"还有 {estimates} 行为估算: 须先批准或冲销。", field="period")


def content_hash(rows: Iterable[tuple[int, str, str, Decimal, str]]) -> str:
    """Return the SHA-256 over (id, class, element, amount, currency) of every line of a month, by id."""
    told = [[row_id, category, element, format(money, "f"), currency]
            for row_id, category, element, money, currency in sorted(rows)]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()
