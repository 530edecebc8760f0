"""Knows the register of costs of poor quality (不良质量成本台账), one line per amount; must not know the database.

A row is a mapping with the keys of `COLUMNS`; wordings are already in the reader's language, times are naive local time
of the zone that `About` names, quantities and amounts are exact numbers.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Costs of poor quality", "不良质量成本台账")

COLUMNS = (
    Column("period", Words("Month", "月份"), width=11),
    Column("category", Words("Class", "成本类别"), width=18),
    Column("element", Words("Element", "成本要素"), width=24),
    Column("quantity", Words("Quantity", "数量"), "decimal", width=12),
    Column("measure", Words("Unit", "单位"), width=10),
    Column("rate", Words("Rate", "费率"), "decimal", width=12),
    Column("amount", Words("Amount", "金额"), "decimal", width=14),
    Column("currency", Words("Currency", "货币"), width=9),
    Column("state", Words("State", "状态"), width=20),
    Column("source", Words("Source", "来源"), width=16),
    Column("rejection", Words("Rejection no.", "不合格编号"), width=22),
    Column("stop", Words("Stop no.", "停线编号"), width=22),
    Column("complaint", Words("Customer complaint no.", "顾客投诉编号"), width=22),
    Column("unit", Words("Operation", "工序"), width=18),
    Column("item_code", Words("Item code", "产品编号"), width=16),
    Column("reverses", Words("Reverses line", "冲销行"), "integer", width=12),
    Column("posted_at", Words("Posted at", "过账时间"), "datetime", width=18),
    Column("posted_by", Words("Posted by", "过账人"), width=16),
    Column("note", Words("Note", "备注"), width=36),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def costs(rows: Iterable[Mapping[str, Any]], language: str, about: About,
          stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of costs as .xlsx. Source: domain.md C.4."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def costs_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
              stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of costs as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
