"""Knows the measures of which objectives are set and trends are told: kind, better way, parts; must not count any."""

from dataclasses import dataclass
from decimal import Decimal

from qms.rules.errors import Invalid
from qms.rules.words import Words

PARTS: dict[str, Words] = {
    "site": Words("Whole site", "全厂"),
    "unit": Words("Unit", "单元"),
    "link": Words("Link", "链接"),
    "customer": Words("Outside customer", "外部顾客"),
}
_INSIDE = ("site", "unit", "link", "customer")
_OF_UNITS = ("site", "unit", "customer")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `kind` is one of review_snapshots.KINDS; `outer`: it is what an outside customer says or gets."""

    code: str
    words: Words
    kind: str
    more_is_better: bool
    parts: tuple[str, ...]
    query: Words
    outer: bool = False


_ALL = (
    Measure("fta", Words("First-time acceptance", "首次交接接收率"), "percent", True, _INSIDE,
            Words("Lots wholly accepted at their first presentation, out of lots first presented and decided in the "
                  "month.", "当月首次提交并已判定的批次中, 一次全部接收的批次所占比例。")),
    Measure("fpy", Words("First-pass yield", "一次通过率"), "percent", True, _INSIDE,
            Words("Pieces accepted at first presentation without rework, out of pieces first presented.",
                  "首次提交的件数中, 未经返工即接收的件数所占比例。")),
    Measure("rejected_ppm", Words("Internal rejected PPM", "内部拒收 PPM"), "ppm", False, _INSIDE,
            Words("Pieces rejected at hand-overs per million received.", "交接中拒收的件数, 每百万接收件。")),
    Measure("escapes_ppm", Words("Passed on, PPM", "流出 PPM"), "ppm", False, _OF_UNITS,
            Words("Pieces made defective here, with confirmed origin, and found later, per million handed over.",
                  "责任工序已确认且在后续才发现的不合格件数, 每百万交出件。")),
    Measure("reports", Words("Reports per 1,000 lots", "每千批报告数"), "decimal", True, _OF_UNITS,
            Words("Rejections reported here per 1,000 lots handed over.", "本处报告的不合格记录, 每千批交出。")),
    Measure("kept", Words("Commitments kept", "承诺兑现率"), "percent", True, ("site", "unit"),
            Words("Requests answered as promised, out of those that could be judged.",
                  "可判定的服务请求中, 按承诺完成的比例。")),
    Measure("internal_complaints", Words("Internal complaints", "内部投诉"), "count", False, ("site", "unit"),
            Words("Internal complaints that count, filed in the month.", "当月提出且有效的内部投诉。")),
    Measure("stop_minutes", Words("Minutes stopped", "停线分钟"), "minutes", False, ("site", "unit"),
            Words("Minutes from stop to restart of the stops that began in the month.",
                  "当月开始的停线, 从停线到复线的分钟数。")),
    Measure("copq", Words("Cost of poor quality", "不良质量成本"), "money", False, ("site",),
            Words("Internal and external failure, as posted to the month.", "计入当月的内部和外部损失。")),
    Measure("customer_ppm", Words("Customer's PPM", "顾客 PPM"), "ppm", False, ("customer",),
            Words("PPM on the customer's scorecard.", "顾客计分卡上的 PPM。"), outer=True),
    Measure("otd", Words("On-time delivery", "准时交付率"), "decimal", True, ("customer",),
            Words("On-time delivery in percent on the customer's scorecard.", "顾客计分卡上的准时交付率 (%)。"),
            outer=True),
    Measure("disruptions", Words("Customer disruptions", "顾客生产中断"), "count", False, ("customer",),
            Words("Disruptions on the customer's scorecard.", "顾客计分卡上的生产中断次数。"), outer=True),
    Measure("returns", Words("Returns", "退货"), "count", False, ("customer",),
            Words("Pieces returned, on the customer's scorecard.", "顾客计分卡上的退货件数。"), outer=True),
    Measure("complaints", Words("Outside complaints", "外部投诉"), "count", False, ("site", "customer"),
            Words("Complaints of outside customers received in the month, void ones left out.",
                  "当月收到的外部顾客投诉, 不含作废。"), outer=True),
    Measure("customer_index", Words("Customer satisfaction index", "顾客满意指数"), "index", True, ("customer",),
            Words("Index 0 to 100 of the overall question of the customer survey closed in the month.",
                  "当月截止的顾客调查总体满意题的指数 (0 至 100)。"), outer=True),
)
MEASURES: dict[str, Measure] = {one.code: one for one in _ALL}
LARGEST = Decimal(10**12)


def check_objective(measure: str, part: str, target: Decimal | None) -> None:
    """Raise Invalid for an objective that cannot be held beside its measure."""
    known = MEASURES.get(measure)
    if known is None:
        raise Invalid("There is no such measure.", "没有该指标。", field="measure")
    if part not in known.parts:
        raise Invalid("This measure is not kept for such a part.", "该指标不适用于此范围。", field="part")
    if target is None or not target.is_finite() or not 0 <= target < LARGEST:
        raise Invalid("Give a target of 0 or more.", "请填写不小于 0 的目标值。", field="target")
    if known.kind == "percent" and target > 1:
        raise Invalid("A share is 0 to 100 %.", "比例须在 0 至 100 % 之间。", field="target")


def reaches(measure: str, value: float | Decimal, target: Decimal) -> bool:
    """Tell whether a value reaches its target."""
    known = MEASURES[measure]
    return float(value) >= float(target) if known.more_is_better else float(value) <= float(target)
