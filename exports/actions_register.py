"""Knows the register of corrective actions (纠正措施台账), one line per case; must not know the database.

A row is a mapping with the keys of `COLUMNS`; wordings are already in the reader's language, times are naive local time
of the zone that `About` names.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Corrective actions", "纠正措施台账")

COLUMNS = (
    Column("number", Words("No.", "编号"), width=20),
    Column("opened_at", Words("Opened at", "开立时间"), "datetime", width=18),
    Column("site", Words("Site", "工厂"), width=16),
    Column("title", Words("Title", "标题"), width=36),
    Column("route", Words("Route", "路线"), width=12),
    Column("severity", Words("Severity", "严重度"), width=10),
    Column("state", Words("State", "状态"), width=18),
    Column("step", Words("Step", "当前步骤"), width=9),
    Column("due_at", Words("Step due at", "步骤到期"), "datetime", width=18),
    Column("item_code", Words("Item code", "产品编号"), width=16),
    Column("item_name", Words("Item name", "产品名称"), width=22),
    Column("defect", Words("Defect", "缺陷"), width=22),
    Column("lot", Words("Lot", "批次"), width=16),
    Column("origin_unit", Words("Origin operation", "责任工序"), width=18),
    Column("detecting_unit", Words("Detecting operation", "发现工序"), width=18),
    Column("customer", Words("Customer", "顾客"), width=18),
    Column("customer_ref", Words("Customer's reference", "顾客编号"), width=16),
    Column("sponsor", Words("Sponsor", "发起人"), width=14),
    Column("leader", Words("Leader", "组长"), width=14),
    Column("sources", Words("First source", "首个来源"), width=20),
    Column("repeat_of", Words("Repeat of", "重复发生自"), width=20),
    Column("closed_at", Words("Closed at", "关闭时间"), "datetime", width=18),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def actions_register(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                     stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of corrective actions as .xlsx. Source: domain.md B.1."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def actions_register_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                         stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of corrective actions as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
