"""Knows how the master-data workbook becomes lines and a list of what is wrong; must not know any record."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qms.imports.rows import Row
from qms.imports.sheets import sheet_names, sheet_rows
from qms.rules.chain_workbook import (
    INSTRUCTIONS,
    MOST_LINES,
    REMARK,
    SHEETS,
    SITE,
    Column,
    Line,
    Sheet,
    both,
    plain_name,
)
from qms.rules.errors import BadFile, Invalid, Problem

_MOST_COLUMNS = 60


@dataclass
class Read:
    """What a workbook says: its lines in the order of SHEETS, what is wrong, and the site it was made for."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    site_code: str | None = None


def read_workbook(path: str | os.PathLike[str]) -> Read:
    """Read the sheets that are known; others are left alone. Raises BadFile when there is none or too much."""
    names = sheet_names(path)
    read = Read(site_code=site_code(path, names))
    known = [(sheet, name) for sheet in SHEETS for name in names if is_named(sheet, name)]
    if not known:
        listed = ", ".join(sheet.title for sheet in SHEETS)
        raise BadFile(f"This is not the master-data workbook: it has none of the sheets {listed}.",
                      f"这不是主数据工作簿: 没有以下任何工作表: {listed}。")
    for sheet, name in known:
        read_sheet(sheet, sheet_rows(path, name, max_rows=MOST_LINES + 10, max_columns=_MOST_COLUMNS), read)
    if len(read.lines) > MOST_LINES:
        raise BadFile(f"The workbook has more than {MOST_LINES:,} lines. Split it.",
                      f"工作簿超过 {MOST_LINES:,} 行。请拆分。")
    return read


def is_named(sheet: Sheet, name: str) -> bool:
    """Tell whether a sheet of a file is this one, named in one language or both."""
    return plain_name(name) in {plain_name(title) for title in (*sheet.words, sheet.title)}


def site_code(path: str | os.PathLike[str], names: Sequence[str]) -> str | None:
    """Return the site that the instructions sheet names; None when there is none."""
    titles = {plain_name(title) for title in (*INSTRUCTIONS, both(INSTRUCTIONS))}
    for name in names:
        if plain_name(name) in titles:
            for row in sheet_rows(path, name, max_rows=1000, max_columns=_MOST_COLUMNS):
                if len(row.cells) > 1 and plain_name(row.cells[0]) == plain_name(both(SITE)):
                    return row.cells[1] or None
    return None


def read_sheet(sheet: Sheet, rows: Iterable[Row], read: Read) -> None:
    """Read a sheet whose first row is the header into `read`."""
    places: list[Column | None] | None = None
    for row in rows:
        if places is None:
            places = _places(sheet, row, read)
            if places is None:
                return
        elif not row.cells[0].startswith(REMARK):
            read.lines.append(_line(sheet, places, row, read))


def _places(sheet: Sheet, row: Row, read: Read) -> list[Column | None] | None:
    """Find out which column stands where; None, with the problems noted, when one that is needed is missing."""
    places = [next((c for c in sheet.columns if c.is_headed(cell)), None) if cell else None for cell in row.cells]
    found = [column.key for column in places if column]
    bad = len(read.problems)
    for cell, column in zip(row.cells, places, strict=True):
        if cell and column is None:
            _note(read, sheet, row.line, cell, Invalid("This column is not known.", "没有此列。"))
        elif column and found.count(column.key) > 1:
            _note(read, sheet, row.line, cell, Invalid("This column is there twice.", "此列重复。"))
    for column in sheet.columns:
        if column.required and column.key not in found:
            _note(read, sheet, row.line, column.head, Invalid("This column is missing.", "缺少此列。"))
    return places if len(read.problems) == bad else None


def _line(sheet: Sheet, places: Sequence[Column | None], row: Row, read: Read) -> Line:
    """Read a line; what is wrong with its cells is noted."""
    values = {}
    bad = len(read.problems)
    cells = [*row.cells, *[""] * (len(places) - len(row.cells))]
    for cell, column in zip(cells, places, strict=False):
        if column is None:
            continue
        try:
            values[column.key] = column.value(cell)
        except Invalid as error:
            _note(read, sheet, row.line, column.head, error)
    return Line(sheet, row.line, values, is_broken=len(read.problems) > bad)


def _note(read: Read, sheet: Sheet, line: int, column: str, error: Invalid) -> None:
    read.problems.append(Problem(*error.words, line=line, column=column, sheet=sheet.title))
