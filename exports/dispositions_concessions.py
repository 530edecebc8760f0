"""Knows the register of concessions (让步接收台账), one line per concession; must not know the database.

A row is a mapping with the keys of `COLUMNS`; wordings are already in the reader's language, times are naive local time
of the zone that `About` names, quantities are numbers. No quantity authorised: only the last day limits it.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Concessions", "让步接收台账")

COLUMNS = (
    Column("number", Words("Number", "编号"), width=20),
    Column("kind", Words("Kind", "种类"), width=16),
    Column("state", Words("State", "状态"), width=18),
    Column("originator", Words("Who asks", "提出方"), width=18),
    Column("item_code", Words("Item code", "产品编号"), width=16),
    Column("item_name", Words("Item name", "产品名称"), width=22),
    Column("drawing_rev", Words("Drawing revision", "图纸版本"), width=10),
    Column("lot", Words("Lot", "批次"), width=16),
    Column("defect", Words("Permitted defect", "允许的缺陷"), width=20),
    Column("characteristic", Words("Characteristic", "特性"), width=22),
    Column("deviation", Words("Permitted deviation", "允许的偏差"), width=40),
    Column("customer", Words("Customer", "顾客"), width=22),
    Column("customer_ref", Words("Customer's number", "顾客批准号"), width=18),
    Column("customer_approver", Words("Approved at the customer by", "顾客批准人"), width=18),
    Column("customer_decided_on", Words("Decided on", "决定日期"), "date", width=13),
    Column("authorised", Words("Quantity authorised", "授权数量"), "integer", width=12),
    Column("used", Words("Quantity used", "已用数量"), "integer", width=12),
    Column("left", Words("Quantity left", "剩余数量"), "integer", width=12),
    Column("starts_on", Words("First day", "起始日期"), "date", width=13),
    Column("expires_on", Words("Last day", "截止日期"), "date", width=13),
    Column("rejection", Words("Rejection no.", "不合格编号"), width=20),
    Column("drafted_by", Words("Drafted by", "起草人"), width=14),
    Column("approved_by", Words("Approved inside by", "内部批准人"), width=14),
    Column("back_to_spec_at", Words("Made to specification again", "恢复规范要求时间"), "datetime", width=18),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def register(rows: Iterable[Mapping[str, Any]], language: str, about: About,
             stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of concessions as .xlsx. Source: IATF 16949:2016 8.7.1.1."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def register_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                 stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of concessions as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
