"""Knows the register of customers' complaints and the sheet of one; must not know the database.

Register rows are mappings with the keys of `COLUMNS`, in the reader's language, with naive times of `About`'s zone.
Source: IATF 16949:2016 10.2.6.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.sections import Block, Fact, Facts, Head, Photo, Photos, Section, Table, owed
from exports.workbook import Sheet, write_workbook
from qms.rules.customers_complaints import CLOCKS, KINDS, PLACES, RESPONSIBILITIES
from qms.rules.rejections import SEVERITIES
from qms.rules.words import Words

NAME = Words("Customer complaints", "顾客投诉台账")
TITLE = Words("Customer complaint", "顾客投诉处理单")

Told = Mapping[str, Any]

COLUMNS = (
    Column("number", Words("Number", "编号"), width=20),
    Column("state", Words("State", "状态"), width=20),
    Column("customer", Words("Customer", "顾客"), width=22),
    Column("customer_ref", Words("Customer's reference", "顾客编号"), width=18),
    Column("kind", Words("Kind", "种类"), width=12),
    Column("severity", Words("Severity", "严重度"), width=10),
    Column("place", Words("Where the customer found it", "顾客发现地点"), width=20),
    Column("received_at", Words("Received", "收到时间"), "datetime", width=18),
    Column("item", Words("Item", "产品"), width=24),
    Column("item_text", Words("Product in the customer's words", "顾客描述的产品"), width=24),
    Column("lot", Words("Lot", "批次"), width=16),
    Column("lots_text", Words("More lots, serials, delivery notes", "其他批次、序列号、送货单"), width=24),
    Column("defect", Words("Defect", "缺陷"), width=20),
    Column("description", Words("What the customer says", "顾客陈述"), width=50),
    Column("claimed", Words("Quantity claimed", "投诉数量"), "integer", width=12),
    Column("confirmed", Words("Quantity confirmed", "确认数量"), "integer", width=12),
    Column("responsibility", Words("Responsibility", "责任"), width=14),
    Column("share_percent", Words("Our share", "我方分担"), "integer", Words("%", "%"), width=10),
    Column("d3_due_at", Words("Containment due", "围堵期限"), "datetime", width=18),
    Column("d3_sent_at", Words("Containment sent", "围堵发出"), "datetime", width=18),
    Column("d5_due_at", Words("Analysis due", "分析期限"), "datetime", width=18),
    Column("d5_sent_at", Words("Analysis sent", "分析发出"), "datetime", width=18),
    Column("d8_due_at", Words("Final answer due", "最终答复期限"), "datetime", width=18),
    Column("d8_sent_at", Words("Final answer sent", "最终答复发出"), "datetime", width=18),
    Column("origin", Words("Origin", "责任工序"), width=22),
    Column("escape_steps", Words("Hand-overs it passed", "流经交接数"), "integer", width=10),
    Column("unknown_reason", Words("Why not known", "未知原因"), width=30),
    Column("rejection", Words("Rejection no.", "不合格编号"), width=20),
    Column("no_action_reason", Words("Why no 8D", "不做 8D 的理由"), width=30),
    Column("closed_at", Words("Closed", "关闭时间"), "datetime", width=18),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def register(rows: Iterable[Mapping[str, Any]], language: str, about: About,
             stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of complaints as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def register_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                 stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of complaints as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)


def sections(told: Told, photos: Sequence[Photo]) -> list[Section]:
    """Return what the customer said, clocks, containment, analysis, origin and way, the answer, and the photos."""
    made = [Section("1", Words("What the customer says", "顾客陈述"), [_said(told["case"])]),
            Section("2", Words("Clocks", "时限"), [_clocks(told["case"])]),
            Section("3", Words("Containment and analysis", "围堵与分析"), [_analysed(told["case"])]),
            Section("4", Words("Origin and escape path", "责任工序与流出路径"), _way(told)),
            Section("5", Words("Answer", "答复"), [_answered(told)])]
    return made + ([Section("6", Words("Photos", "照片"), [Photos(photos)])] if photos else [])


def _said(case: Told) -> Facts:
    return Facts([
        Fact(Words("Customer", "顾客"), case["customer"]), Fact(Words("Plant", "顾客工厂"), case["plant"]),
        Fact(Words("Customer's reference", "顾客编号"), case["customer_ref"]),
        Fact(Words("Kind", "种类"), KINDS[case["kind"]]),
        Fact(Words("Severity", "严重度"), SEVERITIES[case["severity"]]),
        Fact(Words("Where the customer found it", "顾客发现地点"), PLACES.get(case["place"])),
        Fact(Words("Received", "收到时间"), case["received_at"]), Fact(Words("Item", "产品"), case["item"]),
        Fact(Words("Product in the customer's words", "顾客描述的产品"), case["item_text"]),
        Fact(Words("Lot", "批次"), case["lot"]), Fact(Words("More lots", "其他批次"), case["lots_text"]),
        Fact(Words("Defect", "缺陷"), case["defect"]),
        Fact(Words("Quantity claimed", "投诉数量"), case["quantity_claimed"]),
        Fact(Words("Quantity confirmed", "确认数量"), owed(case["quantity_confirmed"])),
        Fact(Words("What the customer says", "顾客陈述"), case["description"], wide=True)])


def _clocks(case: Told) -> Table:
    heads = (Head(Words("Report", "报告"), 1.5), Head(Words("Due", "期限")), Head(Words("Sent", "发出")))
    return Table(Words("In real hours from receipt", "自收到起按自然小时计"), heads, [
        (words, case[f"{report}_due_at"], owed(case[f"{report}_sent_at"])) for report, words in CLOCKS.items()])


def _analysed(case: Told) -> Facts:
    return Facts([
        Fact(Words("Containment", "围堵"), owed(case["containment"]), wide=True),
        Fact(Words("Return received", "退件收到日期"), case["return_received_on"]),
        Fact(Words("Pieces returned", "退回数量"), case["return_quantity"]),
        Fact(Words("Analysis", "分析"), owed(case["analysis"]), wide=True),
        Fact(Words("No fault found", "未发现故障"), case["no_fault_found"]),
        Fact(Words("Criteria agreed with the customer", "与顾客约定的准则"), case["criteria_ref"]),
        Fact(Words("Responsibility", "责任"), RESPONSIBILITIES[case["responsibility"]]),
        Fact(Words("Our share (%)", "我方分担 (%)"), case["share_percent"])])


def _way(told: Told) -> list[Block]:
    case = told["case"]
    heads = (Head(Words("Passed", "流经"), 2), Head(Words("Could be seen there", "该处可发现")))
    return [Facts([Fact(Words("Origin", "责任工序"), case["origin"]),
                   Fact(Words("Hand-overs it passed", "流经交接数"), case["escape_steps"]),
                   Fact(Words("Rejection", "不合格"), case["rejection"]),
                   Fact(Words("Why not known", "未知原因"), case["unknown_reason"], wide=True)]),
            Table(Words("Let it pass", "放行工序"), heads, [
                (one["unit"], one["detectable"]) for one in told["passages"]])]


def _answered(told: Told) -> Facts:
    case = told["case"]
    return Facts([
        Fact(Words("Answer", "答复"), owed(case["reply"]), wide=True),
        Fact(Words("Told inside", "内部通报"), case["told_inside"], wide=True),
        Fact(Words("Accepted at the customer by", "顾客接受人"), case["accepted_by"]),
        Fact(Words("Accepted", "接受时间"), case["accepted_at"]), Fact(Words("Closed", "关闭时间"), case["closed_at"]),
        Fact(Words("Closed without the customer's word", "顾客未表态即关闭"), case["silence_reason"]),
        Fact(Words("Corrective action", "纠正措施"), ", ".join(told["actions"]) or None),
        Fact(Words("Why no 8D", "不做 8D 的理由"), case["no_action_reason"], wide=True)])
