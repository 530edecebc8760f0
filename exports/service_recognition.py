"""Knows the registers of recognition (表彰台账) and suggestions (改善建议台账); must not know the database.

A row is a mapping with the keys of the columns; wordings are in the reader's language, times are naive local time of
the zone that `About` names. A person is named only who agreed, once it is approved; who had an idea is not named.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Recognition", "表彰台账")
SUGGESTIONS = Words("Suggestions", "改善建议台账")

COLUMNS = (
    Column("unit", Words("Unit", "单元"), width=24),
    Column("person", Words("Person (who agreed)", "人员 (经本人同意)"), width=18),
    Column("kind", Words("For what", "表彰类型"), width=18),
    Column("state", Words("State", "状态"), width=14),
    Column("record", Words("Case or self-report", "案例或自报编号"), width=22),
    Column("reason", Words("Reason", "理由"), width=44),
    Column("points", Words("Recognition points", "表彰积分"), "integer", width=11),
    Column("proposed_at", Words("Proposed on", "提名时间"), "datetime", width=17),
    Column("decided_at", Words("Decided at", "决定时间"), "datetime", width=17),
)
IDEAS = (
    Column("number", Words("Number", "编号"), width=20),
    Column("state", Words("State", "状态"), width=16),
    Column("unit", Words("Unit that it is about", "涉及单元"), width=24),
    Column("idea", Words("Idea", "建议内容"), width=48),
    Column("benefit", Words("Expected benefit", "预期效益"), width=32),
    Column("filed_at", Words("Filed at", "提出时间"), "datetime", width=17),
    Column("evaluated_at", Words("Evaluated at", "评价时间"), "datetime", width=17),
    Column("evaluation", Words("Why", "评价理由"), width=36),
    Column("outcome", Words("What it brought", "实施效果"), width=36),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def recognitions(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                 stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of recognition as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def recognitions_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                     stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of recognition as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)


def suggestions(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of suggestions as .xlsx."""
    return write_workbook(stream, [Sheet(SUGGESTIONS.to(language), IDEAS, rows)], language, about)


def suggestions_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                    stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of suggestions as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, IDEAS, rows, language, about.zone)
