"""Knows the quality ledger (质量台账), one line per rejection as plants keep it; must not know the database.

A row is a mapping with the keys of `COLUMNS`; wordings (names, states, classes) are already in the reader's
language, times are naive local time of the zone that `About` names, quantities are numbers. Keys:
number, found_at, site, kind, item_code, item_name, lot, quantity, quantity_unit, defect_code, defect_name,
severity, zone, requirement, actual, found_at_unit, origin_unit, origin_state, escape_distance, escape_class,
held_quantity, state, reported_by, reference, note, closed_at, link.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Quality ledger", "质量台账")

COLUMNS = (
    Column("number", Words("No.", "编号"), width=20),
    Column("found_at", Words("Found at", "发现时间"), "datetime", width=18),
    Column("site", Words("Site", "工厂"), width=12),
    Column("kind", Words("Kind", "类别"), width=16),
    Column("item_code", Words("Item code", "产品编号"), width=16),
    Column("item_name", Words("Item name", "产品名称"), width=22),
    Column("lot", Words("Lot", "批次"), width=16),
    Column("quantity", Words("Nonconforming quantity", "不合格数量"), "integer", width=12),
    Column("quantity_unit", Words("Unit of quantity", "数量单位"), width=9),
    Column("defect_code", Words("Defect code", "缺陷代码"), width=12),
    Column("defect_name", Words("Defect", "不良现象"), width=22),
    Column("severity", Words("Severity", "严重度"), width=10),
    Column("zone", Words("Zone", "缺陷部位"), width=12),
    Column("requirement", Words("Requirement", "标准要求"), width=28),
    Column("actual", Words("Actual", "实际情况"), width=28),
    Column("found_at_unit", Words("Detecting operation", "发现工序"), width=18),
    Column("origin_unit", Words("Origin operation", "责任工序"), width=18),
    Column("origin_state", Words("State of origin", "责任工序状态"), width=14),
    Column("escape_distance", Words("Escape distance k", "逃逸距离 k"), "integer",
           unit=Words("hand-overs", "次交接"), width=12),
    Column("escape_class", Words("Escape class", "逃逸类别"), width=18),
    Column("held_quantity", Words("Quantity on hold", "冻结数量"), "integer", width=12),
    Column("state", Words("State", "状态"), width=12),
    Column("reported_by", Words("Found by", "发现人"), width=14),
    Column("reference", Words("Hand-over or customer reference", "交接单号或顾客参考号"), width=22),
    Column("note", Words("Note", "备注"), width=32),
    Column("closed_at", Words("Closed at", "关闭时间"), "datetime", width=18),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def ledger(rows: Iterable[Mapping[str, Any]], language: str, about: About,
           stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the quality ledger as .xlsx. Source: domain.md E.7, M.8."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def ledger_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
               stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the quality ledger as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
