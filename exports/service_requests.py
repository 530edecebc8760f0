"""Knows the register of requests between units (服务请求台账), one line per request; must not know the database.

A row is a mapping with the keys of `COLUMNS`; wordings are in the reader's language, times are naive local time of the
zone that `About` names. An empty verdict or rating was not given: it is neither kept nor satisfied.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Requests", "服务请求台账")

COLUMNS = (
    Column("number", Words("Number", "编号"), width=20),
    Column("source_key", Words("Number in the file", "文件中的编号"), width=22),
    Column("state", Words("State", "状态"), width=18),
    Column("asker", Words("Asked by", "提出方"), width=24),
    Column("provider", Words("Provider", "提供方"), width=24),
    Column("first_provider", Words("Asked first", "最初提供方"), width=24),
    Column("commitment", Words("Commitment", "服务承诺"), width=20),
    Column("revision", Words("Revision", "版本"), "integer", width=9),
    Column("service", Words("Service", "服务项目"), width=24),
    Column("title", Words("What is needed", "需要什么"), width=32),
    Column("asked_at", Words("Asked at", "提出时间"), "datetime", width=17),
    Column("due_at", Words("Promised until", "承诺时限"), "datetime", width=17),
    Column("taken_at", Words("Taken on", "受理时间"), "datetime", width=17),
    Column("done_at", Words("Done at", "完成时间"), "datetime", width=17),
    Column("within_minutes", Words("Promised", "承诺时长"), "integer", Words("plant min", "工厂分钟"), 12),
    Column("spent_minutes", Words("Spent", "所用时长"), "integer", Words("plant min", "工厂分钟"), 12),
    Column("verdict", Words("Promise", "承诺"), width=12),
    Column("judged", Words("Judged", "判定方式"), width=16),
    Column("passed", Words("Hand-overs", "转交次数"), "integer", width=11),
    Column("reopened", Words("Times reopened", "重新打开次数"), "integer", width=13),
    Column("answer", Words("What was done", "办理情况"), width=40),
    Column("confirmed_at", Words("Confirmed at", "确认时间"), "datetime", width=17),
    Column("rating", Words("Rating", "评分"), "integer", Words("1 to 5", "1 至 5"), 10),
    Column("rating_words", Words("Rating in words", "评价"), width=32),
    Column("closed_at", Words("Closed at", "关闭时间"), "datetime", width=17),
    Column("reason", Words("Why refused or withdrawn", "拒绝或撤回原因"), width=32),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def register(rows: Iterable[Mapping[str, Any]], language: str, about: About,
             stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of requests as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def register_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                 stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of requests as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
