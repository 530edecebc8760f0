"""Knows the register of surveys (满意度调查台账), one line per survey; must not know the database.

A row is a mapping with the keys of `COLUMNS`; wordings are in the reader's language, times are naive local time of the
zone that `About` names. It tells how many answered and never what: results have a report of their own.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Satisfaction surveys", "满意度调查台账")

COLUMNS = (
    Column("number", Words("Number", "编号"), width=20),
    Column("name", Words("Name", "名称"), width=28),
    Column("kind", Words("Kind", "种类"), width=24),
    Column("state", Words("State", "状态"), width=20),
    Column("site", Words("Site", "工厂"), width=20),
    Column("opens_on", Words("Asked from", "开始日期"), "date", width=13),
    Column("closes_on", Words("Asked until", "截止日期"), "date", width=13),
    Column("question_set", Words("Question set", "题目集"), width=24),
    Column("version", Words("Version", "版本"), "integer", width=9),
    Column("threshold", Words("Fewest answers shown", "最少显示份数"), "integer", width=12),
    Column("groups", Words("Links or customers asked about", "调查对象数"), "integer", width=13),
    Column("invited", Words("Invited", "邀请"), "integer", Words("people", "人"), 11),
    Column("answered", Words("Answered", "答复"), "integer", Words("people", "人"), 11),
    Column("opened_at", Words("Opened at", "开放时间"), "datetime", width=17),
    Column("closed_at", Words("Closed at", "截止时间"), "datetime", width=17),
    Column("published_at", Words("Published at", "发布时间"), "datetime", width=17),
    Column("decision", Words("What is done about it", "后续措施"), width=40),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def register(rows: Iterable[Mapping[str, Any]], language: str, about: About,
             stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of surveys as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def register_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                 stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of surveys as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
