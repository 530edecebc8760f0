"""Knows the metrics by which customers rate us, their unit and which way is better; must not know any figure.

Source: IATF 16949:2016 9.1.2.1.
"""

from decimal import Decimal
from typing import NamedTuple

from qms.rules.errors import Invalid
from qms.rules.words import Words


class Metric(NamedTuple):
    """A metric: its name, its unit, and whether more is better."""

    words: Words
    unit: Words
    more_is_better: bool


_COUNT = Words("count", "次")
METRICS: dict[str, Metric] = {
    "ppm": Metric(Words("PPM", "PPM"), Words("PPM", "PPM"), False),
    "otd": Metric(Words("On-time delivery", "准时交付率"), Words("%", "%"), True),
    "disruptions": Metric(Words("Customer disruptions", "顾客生产中断"), _COUNT, False),
    "premium_freight": Metric(Words("Premium freight", "超额运费"), _COUNT, False),
    "premium_freight_cost": Metric(Words("Cost of premium freight", "超额运费金额"), Words("money", "金额"), False),
    "returns": Metric(Words("Returns", "退货"), Words("pcs", "件"), False),
    "warranty": Metric(Words("Warranty claims", "索赔"), _COUNT, False),
    "score": Metric(Words("Customer's own score", "顾客自有评分"), Words("points", "分"), True),
    "response_hours": Metric(Words("First answer to a complaint", "投诉首次响应"), Words("h", "小时"), False),
}
WORDS: dict[str, Words] = {code: metric.words for code, metric in METRICS.items()}
LARGEST = Decimal(10**12)


def check_value(metric: str, value: Decimal | None, field: str) -> None:
    """Raise Invalid for a figure that a metric cannot have. None: there is none."""
    if metric not in METRICS:
        raise Invalid(f"There is no metric {metric}.", f"没有指标 {metric}。", field="metric")
    if value is None:
        return
    if not (value.is_finite() and 0 <= value < LARGEST):
        raise Invalid("This is no figure of this metric.", "该指标不能是此数值。", field=field)
    if metric == "otd" and value > 100:
        raise Invalid("On-time delivery is 0 to 100 %.", "准时交付率为 0 至 100 %。", field=field)
