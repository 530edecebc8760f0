"""Knows the register of first pieces and patrols (首件与巡检台账), one line per inspection; must not know the database.

A row is a mapping with the keys of `COLUMNS`; wordings (names, verdicts) are already in the reader's language, times
are naive local time of the zone that `About` names, quantities are numbers. Keys:
kind, reason, due_at, state, unit, line, item_code, item_name, lot, standard_form, standard_revision, pieces,
nonconforming, self_verdict, self_by, self_at, mutual_verdict, mutual_by, mutual_at, dedicated_verdict, dedicated_by,
dedicated_at, stop, note, link.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("First piece and patrol", "首件与巡检台账")

COLUMNS = (
    Column("kind", Words("Inspection", "检验"), width=22),
    Column("reason", Words("Reason", "检验原因"), width=22),
    Column("due_at", Words("Due at", "到期时间"), "datetime", width=18),
    Column("state", Words("State", "状态"), width=18),
    Column("unit", Words("Operation", "工序"), width=18),
    Column("line", Words("Line", "产线"), width=14),
    Column("item_code", Words("Item code", "产品编号"), width=16),
    Column("item_name", Words("Item name", "产品名称"), width=22),
    Column("lot", Words("Lot", "批次"), width=16),
    Column("standard_form", Words("Form no. of the standard", "验收标准表单号"), width=16),
    Column("standard_revision", Words("Revision", "版本"), "integer", width=9),
    Column("pieces", Words("Pieces looked at", "检验件数"), "integer", width=11),
    Column("nonconforming", Words("Pieces not good", "不合格件数"), "integer", width=11),
    Column("self_verdict", Words("Self-inspection", "自检"), width=14),
    Column("self_by", Words("Self-inspection by", "自检人"), width=14),
    Column("self_at", Words("Self-inspection at", "自检时间"), "datetime", width=18),
    Column("mutual_verdict", Words("Mutual inspection", "互检"), width=14),
    Column("mutual_by", Words("Mutual inspection by", "互检人"), width=14),
    Column("mutual_at", Words("Mutual inspection at", "互检时间"), "datetime", width=18),
    Column("dedicated_verdict", Words("Dedicated inspection", "专检"), width=14),
    Column("dedicated_by", Words("Dedicated inspection by", "专检人"), width=14),
    Column("dedicated_at", Words("Dedicated inspection at", "专检时间"), "datetime", width=18),
    Column("stop", Words("Stop no.", "停线编号"), width=20),
    Column("note", Words("Note", "备注"), width=32),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def pieces_register(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                    stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of inspections as .xlsx. Source: domain.md E.3, E.7."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def pieces_register_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                        stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the register of inspections as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
