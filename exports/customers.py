"""Knows the register of outside customers and the readings of their scorecards; must not know the database.

Rows are mappings with the keys of the columns, in the reader's language.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Outside customers", "外部顾客")
READINGS = Words("Scorecard readings", "计分卡读数")

_Rows = Iterable[Mapping[str, Any]]
_Stream = str | os.PathLike[str] | BinaryIO

COLUMNS = (
    Column("code", Words("Code", "代码"), width=12),
    Column("name", Words("Customer", "顾客"), width=28),
    Column("site", Words("Site", "工厂"), width=20),
    Column("sales_class", Words("Class", "类别"), width=16),
    Column("grade", Words("Grade", "等级"), width=8),
    Column("share_percent", Words("Share of sales", "销售额占比"), "integer", Words("%", "%"), width=12),
    Column("strategic", Words("Strategic", "战略意义"), width=10),
    Column("risk", Words("Risk of its products", "产品风险"), width=14),
    Column("written_in", Words("Written to in", "往来语言"), width=12),
    Column("portal_url", Words("Portal", "门户网站"), width=34),
    Column("note", Words("Note", "备注"), width=40),
    Column("active", Words("In use", "在用"), width=8),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)
READING_COLUMNS = (
    Column("month", Words("Month", "月份"), width=10),
    Column("customer", Words("Customer", "顾客"), width=24),
    Column("plant", Words("Plant of the customer", "顾客工厂"), width=14),
    Column("metric", Words("Metric", "指标"), width=22),
    Column("unit", Words("Unit of measure", "计量单位"), width=10),
    Column("value", Words("Value", "数值"), "decimal", width=12),
    Column("target", Words("Target", "目标值"), "decimal", width=12),
    Column("colour", Words("Colour", "颜色"), width=10),
    Column("note", Words("Why no action is needed", "无需措施的理由"), width=40),
    Column("action", Words("Corrective action", "纠正措施"), width=20),
    Column("read_on", Words("Read on", "读取日期"), "date", width=14),
    Column("correction", Words("Why it was corrected", "更正理由"), width=30),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def register(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of customers as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def register_csv(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of customers as CSV."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)


def readings(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the readings of scorecards as .xlsx."""
    return write_workbook(stream, [Sheet(READINGS.to(language), READING_COLUMNS, rows)], language, about)


def readings_csv(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the readings of scorecards as CSV."""
    return write_csv(stream, READING_COLUMNS, rows, language, about.zone)
