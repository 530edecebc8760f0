"""Knows how the workbook of scorecard readings becomes lines and a list of what is wrong; must not know any record."""

import os

from qms.imports.chain import Read, is_named, read_sheet, site_code
from qms.imports.sheets import sheet_names, sheet_rows
from qms.rules.customers_scores_sheet import MOST_LINES, SCORES
from qms.rules.errors import BadFile, Problem

_MOST_COLUMNS = 40


def read_scores(path: str | os.PathLike[str]) -> Read:
    """Read the sheet of readings; others are left alone. Raises BadFile when it is not there or too long."""
    names = sheet_names(path)
    read = Read(site_code=site_code(path, names))
    name = next((one for one in names if is_named(SCORES, one)), None)
    if name is None:
        raise BadFile(f"This is not the scorecard workbook: it has no sheet {SCORES.title}.",
                      f"这不是计分卡工作簿: 没有工作表“{SCORES.title}”。")
    read_sheet(SCORES, sheet_rows(path, name, max_rows=MOST_LINES + 10, max_columns=_MOST_COLUMNS), read)
    if read.lines and not read.problems and "value" not in read.lines[0].values:
        read.problems.append(Problem("This column is missing.", "缺少此列。", column=SCORES.column("value").head,
                                     sheet=SCORES.title))
    if len(read.lines) > MOST_LINES:
        raise BadFile(f"The workbook has more than {MOST_LINES:,} lines. Split it.",
                      f"工作簿超过 {MOST_LINES:,} 行。请拆分。")
    return read
