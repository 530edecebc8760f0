"""Knows the review board as a file (评审清单), one line per held quantity; must not know the database.

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

NAME = Words("Review board", "待处置评审清单")

COLUMNS = (
    Column("number", Words("Rejection", "不合格编号"), width=20),
    Column("held_at", Words("Held since", "冻结时间"), "datetime", width=18),
    Column("site", Words("Site", "工厂"), width=16),
    Column("severity", Words("Severity", "严重度"), width=10),
    Column("item_code", Words("Item code", "产品编号"), width=16),
    Column("item_name", Words("Item name", "产品名称"), width=22),
    Column("lot", Words("Lot", "批次"), width=18),
    Column("defect", Words("Defect", "缺陷"), width=22),
    Column("found_unit", Words("Finding operation", "发现工序"), width=18),
    Column("place", Words("Place", "位置"), width=18),
    Column("quantity", Words("Quantity held", "冻结数量"), "integer", width=12),
    Column("unit", Words("Unit of measure", "计量单位"), width=10),
    Column("code", Words("Disposition", "处置"), width=18),
    Column("state", Words("State", "状态"), width=14),
    Column("value", Words("Value", "金额"), "decimal", width=14),
    Column("currency", Words("Currency", "币种"), width=8),
    Column("decided_at", Words("Decided at", "决定时间"), "datetime", width=18),
    Column("decided_by", Words("Decided by", "决定人"), width=14),
    Column("role", Words("In the role", "角色"), width=16),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def board(rows: Iterable[Mapping[str, Any]], language: str, about: About,
          stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the review board as .xlsx. Source: domain.md C.1."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def board_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
              stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the review board as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
