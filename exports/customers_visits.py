"""Knows the register of visits and calls; must not know the database.

Rows are mappings with the keys of `COLUMNS`, in the reader's language.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Visits and calls", "走访台账")

COLUMNS = (
    Column("number", Words("Number", "编号"), width=20),
    Column("state", Words("State", "状态"), width=14),
    Column("unit", Words("Customer or unit", "顾客或单元"), width=24),
    Column("kind", Words("Kind", "种类"), width=16),
    Column("purpose", Words("Purpose", "目的"), width=40),
    Column("planned_on", Words("Planned for", "计划日期"), "date", width=14),
    Column("goer", Words("Who goes", "走访人"), width=16),
    Column("best_time", Words("Best time to meet", "最佳时间"), width=24),
    Column("done_on", Words("Done on", "完成日期"), "date", width=14),
    Column("said", Words("What was said", "走访记录"), width=50),
    Column("satisfied", Words("Satisfied, 1 to 5", "满意度 1-5"), "integer", width=12),
    Column("times_moved", Words("Times moved", "改期次数"), "integer", width=10),
    Column("move_reason", Words("Why moved", "改期理由"), width=30),
    Column("off_reason", Words("Why called off", "取消理由"), width=30),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def register(rows: Iterable[Mapping[str, Any]], language: str, about: About,
             stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of visits as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def register_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                 stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of visits as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
