"""Knows the settlement of a month between units (内部结算单), one line per item and link or charge; not the database.

A row is a mapping with the keys of `COLUMNS`; prices and amounts are exact numbers, None where no price is known.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Settlement between units", "内部结算单")
_PIECES = Words("pieces", "件")

COLUMNS = (
    Column("period", Words("Month", "月份"), width=11),
    Column("supplier", Words("Supplier", "供方"), width=22),
    Column("customer", Words("Customer", "内部客户"), width=22),
    Column("kind", Words("Line", "行类别"), width=20),
    Column("what", Words("Item", "产品"), width=28),
    Column("accepted", Words("Accepted", "接收"), "integer", _PIECES, 12),
    Column("rejected", Words("Rejected, not paid", "拒收(不付)"), "integer", _PIECES, 18),
    Column("held", Words("For the review board", "待评审"), "integer", _PIECES, 18),
    Column("waiting", Words("Waiting", "待判定"), "integer", _PIECES, 12),
    Column("price", Words("Price", "单价"), "decimal", width=12),
    Column("amount", Words("Amount", "金额"), "decimal", width=14),
    Column("currency", Words("Currency", "货币"), width=9),
    Column("rejection", Words("Rejection no.", "不合格编号"), width=22),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def settlement(rows: Iterable[Mapping[str, Any]], language: str, about: About,
               stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the settlement of a month as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def settlement_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                   stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the settlement of a month as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
