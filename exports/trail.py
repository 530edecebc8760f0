"""Knows the register of reviews of the trail as a file; must not know the database.

A row is a mapping with the keys of the columns; wordings are already in the reader's language.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

REVIEWS = Words("Reviews of the trail", "审计追踪审查台账")

_Rows = Iterable[Mapping[str, Any]]
_Stream = str | os.PathLike[str] | BinaryIO

REVIEW_COLUMNS = (
    Column("reviewed_at", Words("When", "审查时间"), "datetime", width=20),
    Column("reviewed_by", Words("Who", "审查人"), width=20),
    Column("first_on", Words("First day", "起始日期"), "date", width=13),
    Column("last_on", Words("Last day", "截止日期"), "date", width=13),
    Column("time_zone", Words("Time zone", "时区"), width=16),
    Column("filters", Words("Which entries (empty: all)", "范围 (空为全部)"), width=30),
    Column("entries", Words("Entries", "条目数"), "integer", width=10),
    Column("finding", Words("Finding", "结论"), width=18),
    Column("said", Words("What was found", "发现的内容"), width=48),
    Column("next_due_on", Words("Next due", "下次审查"), "date", width=13),
    Column("last_seq", Words("Trail ended at entry", "当时末条编号"), "integer", width=12),
    Column("last_hash", Words("Hash of that entry", "末条散列值"), width=40),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def reviews(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of reviews as .xlsx."""
    return write_workbook(stream, [Sheet(REVIEWS.to(language), REVIEW_COLUMNS, rows)], language, about)


def reviews_csv(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of reviews as CSV."""
    return write_csv(stream, REVIEW_COLUMNS, rows, language, about.zone)
