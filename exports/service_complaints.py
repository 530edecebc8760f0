"""Knows the registers of internal complaints, appeals and follow-ups, one line each; must not know the database.

A row is a mapping with the keys of the columns; wordings are already in the reader's language, times are naive local
time of the zone that `About` names. Units are named, persons are not.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Internal complaints", "内部投诉台账")
APPEALS = Words("Appeals", "申诉台账")
FOLLOW_UPS = Words("Follow-ups", "回访台账")

_Rows = Iterable[Mapping[str, Any]]
_Stream = str | os.PathLike[str] | BinaryIO

COMPLAINT_COLUMNS = (
    Column("number", Words("Number", "编号"), width=20),
    Column("state", Words("State", "状态"), width=18),
    Column("complaining", Words("Complaining unit", "投诉方"), width=22),
    Column("accused", Words("Unit complained of", "被投诉方"), width=22),
    Column("kind", Words("Kind of customer", "客户类型"), width=14),
    Column("matter", Words("Matter", "事项"), width=44),
    Column("standard_ref", Words("Commitment or standard", "承诺项/标准"), width=24),
    Column("source_ref", Words("Record", "关联记录"), width=20),
    Column("evidence", Words("Evidence", "证据"), width=30),
    Column("impact", Words("Impact", "影响"), width=30),
    Column("expectation", Words("Expectation", "期望"), width=30),
    Column("filed_at", Words("Filed", "提出时间"), "datetime", width=18),
    Column("acknowledged_at", Words("Acknowledged", "签收时间"), "datetime", width=18),
    Column("answered_at", Words("Answered", "答复时间"), "datetime", width=18),
    Column("answer", Words("Answer", "答复"), width=30),
    Column("due_at", Words("Next step due", "下一步期限"), "datetime", width=18),
    Column("cause", Words("Cause", "原因"), width=30),
    Column("plan", Words("Measures", "措施"), width=36),
    Column("promised_on", Words("To be done by", "完成期限"), "date", width=13),
    Column("done_at", Words("Done", "完成时间"), "datetime", width=18),
    Column("confirmed_at", Words("Confirmed", "确认时间"), "datetime", width=18),
    Column("satisfied", Words("Satisfied, 1 to 5", "投诉方满意度 1-5"), "integer", width=12),
    Column("appeal", Words("Appeal", "申诉"), width=20),
    Column("reopened", Words("Times reopened", "重新打开次数"), "integer", width=12),
    Column("closed_at", Words("Closed", "关闭时间"), "datetime", width=18),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)

APPEAL_COLUMNS = (
    Column("number", Words("Number", "编号"), width=20),
    Column("state", Words("State", "状态"), width=24),
    Column("level", Words("Level", "级别"), "integer", width=8),
    Column("complaint", Words("Complaint", "投诉编号"), width=20),
    Column("complaining", Words("Complaining unit", "投诉方"), width=22),
    Column("accused", Words("Unit complained of", "被投诉方"), width=22),
    Column("side", Words("Appealed by", "申诉方"), width=18),
    Column("against", Words("Against", "申诉对象"), width=18),
    Column("grounds", Words("Grounds", "申诉理由"), width=44),
    Column("filed_at", Words("Filed", "提出时间"), "datetime", width=18),
    Column("due_at", Words("To be decided by", "裁定期限"), "datetime", width=18),
    Column("decided_at", Words("Decided", "裁定时间"), "datetime", width=18),
    Column("reasons", Words("Reasons", "裁定理由"), width=44),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)

FOLLOW_UP_COLUMNS = (
    Column("number", Words("Complaint", "投诉编号"), width=20),
    Column("state", Words("State", "状态"), width=16),
    Column("complaining", Words("Complaining unit", "投诉方"), width=22),
    Column("accused", Words("Unit complained of", "被投诉方"), width=22),
    Column("matter", Words("Matter", "事项"), width=44),
    Column("days_after", Words("Days after the confirmation", "确认后天数"), "integer", width=12),
    Column("due_at", Words("Due", "期限"), "datetime", width=18),
    Column("visited_at", Words("Made", "回访时间"), "datetime", width=18),
    Column("channel", Words("How they were asked", "回访方式"), width=16),
    Column("recurred", Words("Came back", "是否复发"), width=10),
    Column("satisfied", Words("Satisfied, 1 to 5", "满意度 1-5"), "integer", width=12),
    Column("note", Words("In their words", "投诉方意见"), width=40),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def complaints(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of internal complaints as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COMPLAINT_COLUMNS, rows)], language, about)


def complaints_csv(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of internal complaints as CSV."""
    return write_csv(stream, COMPLAINT_COLUMNS, rows, language, about.zone)


def appeals(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of appeals as .xlsx."""
    return write_workbook(stream, [Sheet(APPEALS.to(language), APPEAL_COLUMNS, rows)], language, about)


def appeals_csv(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of appeals as CSV."""
    return write_csv(stream, APPEAL_COLUMNS, rows, language, about.zone)


def follow_ups(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of follow-ups as .xlsx."""
    return write_workbook(stream, [Sheet(FOLLOW_UPS.to(language), FOLLOW_UP_COLUMNS, rows)], language, about)


def follow_ups_csv(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of follow-ups as CSV."""
    return write_csv(stream, FOLLOW_UP_COLUMNS, rows, language, about.zone)
