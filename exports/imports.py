"""Knows the list of everything wrong in an imported file, one line each; must not know the database."""

import os
from collections.abc import Iterable
from typing import BinaryIO

from exports.about import Written
from exports.columns import Column
from exports.delimited import write_csv
from qms.rules.words import Words

COLUMNS = (
    Column("line", Words("Line", "行"), "integer"),
    Column("column", Words("Column", "列")),
    Column("kind", Words("Kind", "类别")),
    Column("why", Words("What is wrong", "问题")),
)

Problem = tuple[int | None, str | None, str, Words]
"""Line (None: the file as a whole), column (None: the row as a whole), kind, wording."""


def refused_lines(target: str | os.PathLike[str] | BinaryIO, problems: Iterable[Problem], language: str) -> Written:
    """Write the list as CSV, in the order given."""
    rows = ((line, column or "", kind, why.to(language)) for line, column, kind, why in problems)
    return write_csv(target, COLUMNS, rows, language, "")
