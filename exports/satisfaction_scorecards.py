"""Knows the table of scorecards of links (链接计分卡): two parts beside each other, each figure with n and interval.

A row is a mapping with the keys of `COLUMNS`; shares run from 0 to 1, indices from 0 to 100, ratings from 1 to 5.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.words import Words

NAME = Words("Scorecards of links", "链接计分卡")


def _figure(key: str, words: Words) -> tuple[Column, ...]:
    return (Column(key, words, "decimal", width=18),
            Column(f"{key}_n", Words(f"{words.en}, n", f"{words.zh} n"), "integer", width=10),
            Column(f"{key}_low", Words(f"{words.en}, 95 % CI from", f"{words.zh} 95 % 置信下限"), "decimal", width=14),
            Column(f"{key}_high", Words(f"{words.en}, 95 % CI to", f"{words.zh} 95 % 置信上限"), "decimal", width=14))


COLUMNS = (
    Column("supplier", Words("Supplier", "供方"), width=22),
    Column("customer", Words("Customer inside", "内部客户"), width=22),
    Column("output", Words("Output", "输出"), width=22),
    *_figure("fta", Words("First-time acceptance", "首次接收率")),
    *_figure("kept", Words("Commitments kept", "承诺兑现率")),
    Column("complaints", Words("Internal complaints that count", "计入的内部投诉"), "integer", width=14),
    *_figure("index", Words("Survey index 0-100", "调查指数 0-100")),
    *_figure("rating", Words("Ratings 1-5", "评价 1-5")),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)


def scorecards(rows: Iterable[Mapping[str, Any]], language: str, about: About,
               stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the scorecards of links as .xlsx."""
    return write_workbook(stream, [Sheet(NAME.to(language), COLUMNS, rows)], language, about)


def scorecards_csv(rows: Iterable[Mapping[str, Any]], language: str, about: About,
                   stream: str | os.PathLike[str] | BinaryIO) -> Written:
    """Write the scorecards of links as CSV, which has a place for the zone of `about` only."""
    return write_csv(stream, COLUMNS, rows, language, about.zone)
