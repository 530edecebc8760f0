"""What an input may be filled with: a snapshot that uses everything that the contract has, made by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

from qms.rules.review_snapshots import Chart, Column, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.words import Words

COUNTED = Words("Lots accepted at their first presentation, of all decided, 2026-01-01 to 2026-06-30",
                "首次提交即接收的批次占全部已判定批次, 2026-01-01 至 2026-06-30")
_MONTHS = [date(2026, month, 1) for month in range(1, 7)]

FIGURES = (
    Figure("made.fta", Words("Accepted first time", "首次接收率"), "percent", Estimate(0.84, 50, 0.7149, 0.9166),
           COUNTED, Estimate(0.8, 60, 0.6822, 0.8817), "/acceptance/handovers?first=2026-01-01&last=2026-06-30",
           Formula("share", "months", "accepted", "lots")),
    Figure("made.ppm", Words("Rejected", "不合格"), "ppm", Estimate(1250, 80000, 1028.0, 1519.0), COUNTED),
    Figure("made.cost", Words("Cost", "成本"), "money", Estimate(Decimal("12345.60"), 40), COUNTED,
           Estimate(None, 0)),
    Figure("made.none", Words("Visits", "走访"), "count", Estimate(None, 0), COUNTED),
)
MONTHS = Table(
    "months", Words("By month", "按月"), COUNTED,
    (Column("month", Words("Month", "月份"), "date"), Column("lots", Words("Lots", "批次"), "count"),
     Column("accepted", Words("Accepted", "接收"), "count"), Column("share", Words("Share", "比率"), "percent"),
     Column("centre", Words("Centre", "中心线"), "percent"), Column("lower", Words("Lower limit", "下限"), "percent"),
     Column("upper", Words("Upper limit", "上限"), "percent"), Column("note", Words("Note", "说明"))),
    tuple(Row((month, 10 + n, 8 + n, (8 + n) / (10 + n), 0.8, 0.5, 1.0,
               "=1+1" if n == 0 else Words("as usual", "正常")), f"/acceptance/handovers?first={month}")
          for n, month in enumerate(_MONTHS)),
    (Chart("line", Words("Lots and share", "批次与比率"), "month", ("lots", "share")),
     Chart("limits", Words("Control chart", "控制图"), "month", ("share", "centre", "lower", "upper")),
     Chart("stacked", Words("Lots over accepted", "批次与接收"), "month", ("lots", "accepted"))))
DEFECTS = Table(
    "defects", Words("By defect", "按缺陷"), COUNTED,
    (Column("defect", Words("Defect", "缺陷")), Column("pieces", Words("Pieces", "件数"), "count"),
     Column("cumulated", Words("Cumulated", "累计"), "percent"), Column("cost", Words("Cost", "成本"), "money",
                                                                       Words("CNY", "元"))),
    (Row((Words("Burr", "毛刺"), 60, 0.6, Decimal("120.50"))), Row((Words("Scratch", "划伤"), 40, 1.0, None))),
    (Chart("pareto", Words("Pareto chart", "排列图"), "defect", ("pieces", "cumulated")),
     Chart("bar", Words("Cost by defect", "按缺陷成本"), "defect", ("cost",))))
FLOW = Table(
    "flow", Words("From origin to detection", "从产生到发现"), COUNTED,
    (Column("origin", Words("Origin", "产生")), Column("found", Words("Found at", "发现")),
     Column("pieces", Words("Pieces", "件数"), "count"), Column("at", Words("Last", "最近"), "date")),
    (Row(("Press", "Weld", 30, datetime(2026, 3, 1, tzinfo=UTC))), Row(("Press", "Press", 50, None)),
     Row(("Weld", "Customer", 4, None))),
    (Chart("flow", Words("Flow", "流向"), "origin", ("found", "pieces")),))
EMPTY = Table("nothing", Words("Nothing here", "无内容"), COUNTED, (Column("a", Words("A", "甲")),), ())

WHOLE = Snapshot(FIGURES, (MONTHS, DEFECTS, FLOW, EMPTY),
                 (Words("More lots than before were accepted at once.", "首次接收的批次比对比期多。"),),
                 (Words("Reports fell while escapes did not.", "报告减少而漏检未减少。"),))
