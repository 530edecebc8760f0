"""Knows the register of commitments (内部服务承诺书), one line per revision; must not know the database.

A row is a mapping with the keys of `COLUMNS`; wordings are in the reader's language. No customer: every unit.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Commitments", "内部服务承诺书")

COLUMNS = (
    Column("number", Words("Number", "编号"), width=20),
    Column("revision", Words("Revision", "版本"), "integer", width=9),
    Column("state", Words("State", "状态"), width=12),
    Column("provider", Words("Provider", "提供方"), width=24),
    Column("customer", Words("For whom (empty: every unit)", "客户方 (空为所有单元)"), width=24),
    Column("service", Words("Service", "服务项目"), width=28),
    Column("kind", Words("Kind of standard", "标准类型"), width=12),
    Column("within_minutes", Words("Done within", "完成时限"), "integer", Words("plant min", "工厂分钟"), 13),
    Column("standard", Words("What counts as kept", "兑现标准"), width=36),
    Column("target_percent", Words("Target", "目标"), "integer", Words("%", "%"), 10),
    Column("source", Words("Measured from", "测量方法"), width=28),
    Column("exclusions", Words("Exclusions", "除外情形"), width=32),
    Column("remedy", Words("When it is not kept", "未兑现时的补救"), width=32),
    Column("owner", Words("Who answers for it", "负责人"), width=16),
    Column("published_from", Words("Published from", "公示日期"), "date", width=13),
    Column("valid_to", Words("Last day", "截止日期"), "date", width=13),
    Column("next_review_on", Words("Next review", "下次复核"), "date", width=13),
    Column("change", Words("Why this revision", "修订原因"), width=28),
    Column("withdrawn_reason", Words("Why withdrawn", "撤回原因"), width=28),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def register(rows: Iterable[Mapping[str, Any]], language: str, about: About,
             stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of commitments as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def register_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                 stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of commitments as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
