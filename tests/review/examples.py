"""A pack that has everything: every kind of chart, formula and value, texts like formulas, what is missing."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from qms.measures.intervals import wilson
from qms.rules.review import Missed
from qms.rules.review_inputs import INPUTS
from qms.rules.review_packs import Attendee, Pack, PackDecision, PackInput
from qms.rules.review_snapshots import Chart, Column, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.trail_signatures import Given
from qms.rules.words import Words

AT = datetime(2026, 7, 10, 10, 0)  # noqa: DTZ001
SIGNED = Given(1, "review", "Zhao 赵", "management_representative", AT, "password", 7, "f" * 64, "I approve it.", 9)
NASTY = "=1+1 毛刺\x00 <b>&\U0001f600"
MONTHS = [date(2026, month, 1) for month in range(1, 7)]
PRESENTED, ACCEPTED = (410, 395, 440, 402, 388, 421), (352, 348, 389, 360, 351, 392)
LONG = "很长的文字 long text " * 2500
COUNTED = Words("Hand-overs first presented in the months of the period, by the month of presentation at the site; "
                "void ones left out.", "本期各月首次提交的交接, 按工厂当地提交月份统计; 作废的不计。")


def share(key: str, words: Words, k: int, n: int, before: Estimate | None, formula: Formula | None = None,
          path: str | None = None) -> Figure:
    """Return a share with its Wilson interval."""
    return Figure(key, words, "percent", Estimate(k / n, n, *wilson(k, n)), COUNTED, before, path, formula)


def conformity() -> Snapshot:
    """Return lines, limits and a Pareto chart, with a share and a PPM that follow from tables."""
    by_month = Table(
        "by_month", Words("First-time acceptance by month", "按月首次接收率"), COUNTED,
        (Column("month", Words("Month", "月份"), "date"), Column("presented", Words("Presented", "提交"), "count"),
         Column("accepted", Words("Accepted", "接收"), "count"), Column("rate", Words("Rate", "接收率"), "percent")),
        tuple(Row((month, n, k, k / n), f"/acceptance?first={month}&site=1")
              for month, n, k in zip(MONTHS, PRESENTED, ACCEPTED, strict=True)),
        (Chart("line", Words("First-time acceptance", "首次接收率"), "month", ("rate",)),))
    limits = Table(
        "limits", Words("Control chart of the rate not accepted", "未接收率控制图"), COUNTED,
        (Column("month", Words("Month", "月份"), "date"), Column("value", Words("Rate", "未接收率"), "percent"),
         Column("centre", Words("Centre", "中心线"), "percent"),
         Column("lower", Words("Lower limit", "下限"), "percent"),
         Column("upper", Words("Upper limit", "上限"), "percent")),
        tuple(Row((month, 1 - k / n, 0.108, 0.07, 0.146))
              for month, n, k in zip(MONTHS, PRESENTED, ACCEPTED, strict=True)),
        (Chart("limits", Words("p′ chart", "p′ 控制图"), "month", ("value", "centre", "lower", "upper")),))
    numbers = (120, 74, 41, 22, 9)
    pareto = Table(
        "pareto", Words("Rejected pieces by defect", "按缺陷的拒收件数"), Words("The 50 defects with most pieces.",
                                                                     "件数最多的 50 种缺陷。"),
        (Column("defect", Words("Defect", "缺陷")),
         Column("pieces", Words("Pieces", "件数"), "count", Words("pcs", "件")),
         Column("cumulated", Words("Cumulated share", "累计占比"), "percent"),
         Column("delivered", Words("Delivered", "交付"), "count", Words("pcs", "件"))),
        tuple(Row((Words(*names), number, sum(numbers[:place + 1]) / sum(numbers), 25_800 if place == 0 else 0))
              for place, (names, number) in enumerate(zip(
                  (("Burr", "毛刺"), ("Scratch", "划伤"), ("Dent at the left edge of the bracket", "支架左侧边缘凹陷"),
                   ("Wrong colour", "颜色错误"), ("=1+1", "=1+1")), numbers, strict=True))),
        (Chart("pareto", Words("Pareto of defects", "缺陷柏拉图"), "defect", ("pieces", "cumulated")),))
    return Snapshot((
        share("conformity.fta", Words("First-time acceptance", "首次接收率"), sum(ACCEPTED), sum(PRESENTED),
              Estimate(0.851, 2290, 0.8358, 0.865), Formula("share", "by_month", "accepted", "presented"),
              "/measures?first=2026-01-01"),
        Figure("conformity.ppm", Words("Rejected per million", "百万分不合格"), "ppm",
               Estimate(sum(numbers) / 25_800 * 1e6, 25_800), COUNTED, Estimate(12_300.5, 24_100), "/rejections",
               Formula("per_million", "pareto", "pieces", "delivered")),
        Figure("conformity.pieces", Words("Rejected pieces", "拒收件数"), "count", Estimate(sum(numbers), 5), COUNTED,
               Estimate(301, 5), None, Formula("sum", "pareto", "pieces")),
        Figure("conformity.defects", Words("Kinds of defect", "缺陷种类"), "count", Estimate(5, 5), COUNTED, None, None,
               Formula("count", "pareto", "defect")),
        Figure("conformity.distance", Words("Mean escape distance", "平均逃逸距离"), "decimal", Estimate(0.61, 100),
               COUNTED, Estimate(None, 0)),
    ), (by_month, limits, pareto), (
        Words("First-time acceptance rose from 85.1% to 89.2%.", "首次接收率由 85.1% 升至 89.2%。"),))


def link() -> Snapshot:
    """Return a flow with sentences and a warning."""
    ways = (("Press", "冲压", "Next operation", "下工序", 60), ("Press", "冲压", "Final check", "终检", 25),
            ("Press", "冲压", "Customer", "顾客", 4), ("Weld", "焊接", "Next operation", "下工序", 31),
            ("Weld", "焊接", "Customer", "顾客", 2), ("Paint", "涂装", "Final check", "终检", 17))
    table = Table("flow", Words("Where defects arose and where they were found", "缺陷产生与发现位置"), COUNTED,
                  (Column("origin", Words("Origin", "产生工序")), Column("found", Words("Found at", "发现位置")),
                   Column("pieces", Words("Pieces", "件数"), "count"),
                   Column("cost", Words("Cost", "成本"), "money", Words("CNY", "元"))),
                  tuple(Row((Words(a, b), Words(c, d), n, Decimal(n) * Decimal("12.50"))) for a, b, c, d, n in ways),
                  (Chart("flow", Words("From origin to detection", "从产生到发现"), "origin", ("found", "pieces")),))
    return Snapshot((Figure("link.traced", Words("Complaints traced to an origin", "已追溯到产生工序的投诉"), "percent",
                            Estimate(0.75, 8, *wilson(6, 8)), COUNTED, Estimate(0.5, 10, *wilson(5, 10))),),
                    (table,), (Words("Too few periods to judge: 6 of at least 24. Look at the two lines only.",
                                     "期数太少, 无法判断: 6 期, 至少需要 24 期。只看两条曲线。"),),
                    (Words("Reports fell while escapes rose: some may go unreported.",
                           "上报减少而逃逸增加: 可能存在漏报。"),))


def costs() -> Snapshot:
    """Return a stacked chart and sums of money."""
    table = Table("paf", Words("Cost by month and class", "按月分类成本"), COUNTED,
                  (Column("month", Words("Month", "月份"), "date"),
                   *(Column(key, Words(en, zh), "money", Words("CNY", "元")) for key, en, zh in (
                       ("prevention", "Prevention", "预防"), ("appraisal", "Appraisal", "鉴定"),
                       ("internal", "Internal failure", "内部损失"), ("external", "External failure", "外部损失")))),
                  tuple(Row((month, Decimal("1200.50") + place, Decimal("3400.25"), Decimal("18250.10") - 900 * place,
                             Decimal("5200.75") - 300 * place)) for place, month in enumerate(MONTHS)),
                  (Chart("stacked", Words("Cost of quality", "质量成本"), "month",
                         ("prevention", "appraisal", "internal", "external")),))
    total = sum((row.cells[3] for row in table.rows), Decimal(0))
    return Snapshot((Figure("copq.internal", Words("Internal failure, CNY", "内部损失 (元)"), "money",
                            Estimate(total, 212), COUNTED, Estimate(Decimal("120300.00"), 240), "/costs",
                            Formula("sum", "paf", "internal")),),
                    (table,))


def stops() -> Snapshot:
    """Return bars and a ratio."""
    table = Table("by_line", Words("Stops by line", "按生产线停线"), COUNTED,
                  (Column("line", Words("Line", "生产线")), Column("stops", Words("Stops", "停线次数"), "count"),
                   Column("minutes", Words("Standing", "停线时间"), "minutes")),
                  (Row(("A", 12, 96.5), "/stops?line=A"), Row(("B", 7, 81.0), "/stops?line=B"), Row(("C", 0, None))),
                  (Chart("bar", Words("Stops by line", "按生产线停线"), "line", ("stops",)),))
    return Snapshot((Figure("stops.mean", Words("Mean standing time", "平均停线时间"), "minutes",
                            Estimate(177.5 / 19, 19), COUNTED, Estimate(11.2, 25), "/stops",
                            Formula("ratio", "by_line", "minutes", "stops")),),
                    (table,))


def imported() -> Table:
    """Return a table as it is read from a file of somebody else."""
    return Table("imported", Words("Audits 2026.xlsx", "Audits 2026.xlsx"), Words("Read from a file", "从文件读入"),
                 (Column("a", Words("Audit / kind: 'x'", "审核/类别: 'x'")), Column("b", Words("Finding", "发现项")),
                  Column("c", Words("Closed", "关闭日期"), "date")),
                 (Row(("Internal", NASTY, date(2026, 3, 2))), Row(("Customer", "+cmd|' /C calc'!A0", None)),
                  Row(("Certification", LONG, None))))


def pack(**more: Any) -> Pack:
    """Return the pack; every input that is not filled is missing but one."""
    filled = {
        "product_conformity": PackInput("product_conformity", "filled", snapshot=conformity(), sha256="a" * 64,
                                        counted_at=AT, moved=1, note="Asked for a trial at press.\n请冲压试做。"),
        "link": PackInput("link", "filled", snapshot=link(), sha256="b" * 64, counted_at=AT),
        "copq": PackInput("copq", "filled", snapshot=costs(), sha256="c" * 64, counted_at=AT),
        "stops": PackInput("stops", "filled", snapshot=stops(), sha256="d" * 64, counted_at=AT),
        "audits": PackInput("audits", "filled", body=f"{NASTY}\n-2 minor findings\n{LONG}", imported=imported(),
                            imported_name="Audits 2026.xlsx", imported_sha256="e" * 64),
        "design_measurements": PackInput("design_measurements", "not_applicable", reason="No product design here"),
    }
    missed = Missed(7, Words("Star Motors", "星辰汽车"), "ppm", (date(2026, 3, 1), date(2026, 4, 1)))
    late = Missed(7, Words("Star Motors", "星辰汽车"), "otd", (date(2026, 5, 1),))
    return Pack(**({  # type: ignore[arg-type]
        "review_id": 1, "number": "MR-SH-2026-000001", "title": "First half of 2026 & outlook", "state": "meeting",
        "profile": "iatf", "sites": (Words("Shanghai plant", "上海工厂"), Words("Suzhou plant", "苏州工厂")),
        "first_on": date(2026, 1, 1), "last_on": date(2026, 6, 30), "before_first_on": date(2025, 7, 1),
        "before_last_on": date(2025, 12, 31), "prepared_by": "Wang Representative", "zone": "Asia/Shanghai",
        "generated_by": "Li Quality", "generated_at": AT, "meeting_on": date(2026, 7, 10), "place": "Room 2",
        "inputs": tuple(filled.get(code, PackInput(code, "missing")) for code in INPUTS),
        "attendees": (Attendee("Zhao 赵", "chair", True), Attendee("=Guest()", "other", None)),
        "decisions": (
            PackDecision(1, None, "target", missed.key, "Sort every lot for Star Motors", "2 people", "Li",
                         date(2026, 8, 1), "open", None),
            PackDecision(2, "product_conformity", "improvement", None, "=Poka-yoke at press", None, "Sun",
                         AT.date() + timedelta(days=60), "done", "Built")),
        "missed": (missed, late), "signatures": (SIGNED,),
        "conclusion": "Suitable, adequate, effective", "content_hash": "9" * 64, "assembled_at": AT, "frozen_at": AT,
        "compared_at": AT, "address": "https://qms.example", "demo": True} | more))
