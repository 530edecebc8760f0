"""Knows the hand-over register (工序交接单), one line per presentation; must not know the database.

A row is a mapping with the keys of `COLUMNS`; wordings (names, decisions) are already in the reader's
language, times are naive local time of the zone that `About` names, quantities are numbers. Keys:
number, item_code, item_name, lot, from_unit, to_unit, quantity, quantity_unit, presentation, self_check,
standard_form, standard_revision, decision, accepted_quantity, rejected_quantity, mrb_quantity, presented_by,
presented_at, decided_by, decided_at, first_defect, remark, link.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Hand-over register", "工序交接台账")

COLUMNS = (
    Column("number", Words("Hand-over no.", "交接单号"), width=20),
    Column("item_code", Words("Item code", "产品编号"), width=16),
    Column("item_name", Words("Item name", "产品名称"), width=22),
    Column("lot", Words("Lot", "批次"), width=16),
    Column("from_unit", Words("From", "上工序"), width=18),
    Column("to_unit", Words("To", "下工序"), width=18),
    Column("quantity", Words("Quantity", "数量"), "integer", width=11),
    Column("quantity_unit", Words("Unit of quantity", "数量单位"), width=9),
    Column("presentation", Words("Presentation no.", "提交次数"), "integer", width=11),
    Column("self_check", Words("Self-check result", "自检结果"), width=14),
    Column("standard_form", Words("Form no. of the standard", "验收标准表单号"), width=16),
    Column("standard_revision", Words("Revision", "版本"), width=9),
    Column("decision", Words("Decision", "判定"), width=14),
    Column("accepted_quantity", Words("Accepted quantity", "接收数量"), "integer", width=11),
    Column("rejected_quantity", Words("Rejected quantity", "拒收数量"), "integer", width=11),
    Column("mrb_quantity", Words("Quantity for MRB", "待评审 (MRB) 数量"), "integer", width=12),
    Column("presented_by", Words("Presented by", "提交人"), width=14),
    Column("presented_at", Words("Presented at", "提交时间"), "datetime", width=18),
    Column("decided_by", Words("Decided by", "接收人"), width=14),
    Column("decided_at", Words("Decided at", "判定时间"), "datetime", width=18),
    Column("first_defect", Words("First defect", "首要不良"), width=22),
    Column("remark", Words("Remark", "备注"), width=32),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def handover_register(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                      stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the hand-over register as .xlsx. Source: domain.md E.7, M.8."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def handover_register_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                          stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the hand-over register as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
