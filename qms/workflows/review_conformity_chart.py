"""Charts the share of rejected pieces over the months of a review's history, with limits after Laney. Only reads."""

from sqlalchemy.orm import Session

from qms.measures.charts import POINTS_FOR_FIRM_LIMITS, Chart, Point, Subgroup, laney_chart
from qms.rules.review_snapshots import Chart as Drawn
from qms.rules.review_snapshots import Column, Row, Table
from qms.rules.words import Words
from qms.workflows.review_estimates import MILLION
from qms.workflows.review_scope import Scope
from qms.workflows.review_series import Part, handed

_QUERY = Words("Pieces rejected at hand-overs per million received, by the month of the presentation; limits of the p' "
               "chart (Laney 2002), which widen by how much months differ beyond chance.",
               "各月交接拒收件数, 每百万接收件; 控制限为 p' 图 (Laney 2002), 按月间超出偶然的波动加宽。")


def control_chart(session: Session, scope: Scope) -> tuple[Table, tuple[Words, ...]]:
    """Return the months with their limits, and what to mind of them."""
    months = [(bucket, handed(session, scope, Part("site"), bucket)) for bucket in scope.history.buckets]
    begins = next((place for place, (_month, given) in enumerate(months) if given.received), len(months))
    chart = laney_chart([Subgroup(month.label, given.rejected, given.received) for month, given in months[begins:]])
    rows = tuple(Row((point.label, point.count, int(point.size), *_limits(point), point.out),
                     f"/acceptance/hand-overs/?first={month.first}&last={month.last}")
                 for point, (month, _given) in zip(chart.points, months[begins:], strict=True))
    return Table("months", Words("Control chart of rejected PPM", "拒收 PPM 控制图"), _QUERY, (
        Column("month", Words("Month", "月份")), Column("rejected", Words("Rejected", "拒收件数"), "count"),
        Column("received", Words("Received", "接收件数"), "count"), Column("ppm", Words("PPM", "PPM"), "ppm"),
        Column("centre", Words("Centre", "中心线"), "ppm"), Column("lower", Words("Lower limit", "下控制限"), "ppm"),
        Column("upper", Words("Upper limit", "上控制限"), "ppm"),
        Column("out", Words("Beyond a limit", "超限"), "text")), rows,
        (Drawn("limits", _title(chart), "month", ("ppm", "centre", "lower", "upper")),)), _warned(chart)


def _limits(point: Point) -> tuple[float | None, ...]:
    return tuple(None if value is None else value * MILLION
                 for value in (point.value, point.centre, point.lower, point.upper))


def _title(chart: Chart) -> Words:
    provisional = Words(", provisional limits", ", 临时控制限") if chart.provisional else Words("", "")
    return Words(f"{chart.kind} chart of rejected PPM{provisional.en}", f"拒收 PPM {chart.kind} 控制图{provisional.zh}")


def _warned(chart: Chart) -> tuple[Words, ...]:
    warned = []
    if chart.plotted and chart.provisional:
        warned.append(Words(
            f"Limits are provisional: {chart.plotted} months, firm from {POINTS_FOR_FIRM_LIMITS} on.",
            f"控制限为临时值: 仅 {chart.plotted} 个月, 满 {POINTS_FOR_FIRM_LIMITS} 个月后方可固定。"))
    if chart.out:
        months = ", ".join(point.label for point in chart.out)
        warned.append(Words(f"Beyond a limit: {months}.", f"超出控制限: {months}。"))
    return tuple(warned)
