"""Knows the registers of sessions on internal service (内部服务培训台账) and of notices (通知台账); no database.

A session has one line per unit whose attendance is recorded, and one with no unit before that. A row is a mapping with
the keys of the columns; people are counted, never listed; times are naive local time of the zone that `About` names.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Training", "内部服务培训台账")
NOTICES = Words("Notices", "通知台账")
_PEOPLE = Words("people", "人")

COLUMNS = (
    Column("topic", Words("Topic", "主题"), width=36),
    Column("held_on", Words("Held on", "举办日期"), "date", width=13),
    Column("trainer", Words("Trainer", "讲师"), width=18),
    Column("material_ref", Words("Teaching material", "培训材料"), width=24),
    Column("site", Words("Site", "工厂"), width=20),
    Column("unit", Words("Unit", "单元"), width=24),
    Column("attended", Words("Came", "到场"), "integer", _PEOPLE, 11),
    Column("expected", Words("Expected", "应到"), "integer", _PEOPLE, 11),
    Column("recorded_at", Words("Recorded at", "登记时间"), "datetime", width=17),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)
POSTED = (
    Column("title", Words("Notice", "通知"), width=36),
    Column("addressed", Words("Addressed to", "发送对象"), width=24),
    Column("site", Words("Site", "工厂"), width=20),
    Column("posted_at", Words("Posted at", "发布时间"), "datetime", width=17),
    Column("read", Words("Have read it", "已读"), "integer", _PEOPLE, 11),
    Column("reached", Words("Work there", "在该处工作"), "integer", _PEOPLE, 11),
    Column("body", Words("Text", "正文"), width=60),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def sessions(rows: Iterable[Mapping[str, Any]], language: str, about: About,
             stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of sessions with their attendance as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def sessions_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                 stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of sessions as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)


def notices(rows: Iterable[Mapping[str, Any]], language: str, about: About,
            stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of notices with their readers counted as .xlsx."""
    return write_workbook(stream, [Sheet(NOTICES.to(language), POSTED, rows)], language, about)


def notices_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of notices as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, POSTED, rows, language, about.zone)
