"""Knows the register of imported measures of units; must not know the database.

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

NAME = Words("Measures of units", "单元指标")

COLUMNS = (
    Column("site", Words("Site", "工厂"), width=20),
    Column("unit_code", Words("Unit code", "单元代码"), width=16),
    Column("unit_name", Words("Unit", "单元"), width=36),
    Column("measure", Words("Measure", "指标"), width=44),
    Column("kind", Words("Kind", "种类"), width=18),
    Column("period", Words("Period", "期间"), width=12),
    Column("value", Words("Value", "数值"), "decimal", width=14),
    Column("unit", Words("Unit of measure", "计量单位"), width=10),
    Column("n", Words("n, where the source gives it", "n（来源给出时）"), "integer", width=14),
    Column("source", Words("Source", "来源"), width=30),
    Column("file_name", Words("File", "文件"), width=30),
    Column("line", Words("Line", "行"), "integer", width=10),
    Column("started_at", Words("Imported at", "导入时间"), "datetime", width=20),
    Column("link", Words("Open import", "打开导入"), "link", width=20),
)


def register(rows: Iterable[Mapping[str, Any]], language: str, about: About,
             stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of measures as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def register_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                 stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of measures as CSV."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
