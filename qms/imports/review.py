"""Knows how a small table from a file becomes a table of a management review; must not know which input it is for."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from qms.imports.cells import plain_text, required_text
from qms.imports.rows import Row
from qms.imports.text import rows
from qms.rules.errors import BadFile, Problem
from qms.rules.review_snapshots import Cell, Column, Table
from qms.rules.review_snapshots import Row as TableRow
from qms.rules.words import Words

MOST_ROWS, MOST_COLUMNS, MOST_BYTES = 500, 30, 5 << 20
LONGEST_HEAD, LONGEST_CELL = 80, 500
KEY = "imported"

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?: 00:00:00)?", re.ASCII)


def read_table(content: bytes, name: str) -> Table:
    """Return the first sheet of an .xlsx file, or a text file with a delimiter, as a table; `name` is the file's.

    Its first line holds the headings. A column in which every cell is a number or a day is one of numbers or days;
    years stay texts. Raises BadFile with each thing that is wrong: line, column, why.
    """
    if len(content) > MOST_BYTES:
        raise BadFile(f"The file has more than {MOST_BYTES >> 20} MiB.", f"文件超过 {MOST_BYTES >> 20} MiB。")
    lines = iter(rows(content))
    heads = _heads(next(lines, None))
    found, problems = _cells(lines, heads)
    if problems:
        raise BadFile("The file was not taken. Nothing was changed.", "文件未导入, 未作任何更改。", problems)
    if not found:
        raise BadFile("There is no line below the headings.", "表头之下没有数据行。")
    kinds = [_kind([line[at] for line in found if line[at]]) for at in range(len(heads))]
    columns = tuple(Column(f"c{at}", Words(head, head), kind) for at, (head, kind) in
                    enumerate(zip(heads, kinds, strict=True), start=1))
    told = tuple(TableRow(tuple(_cell(cell, kind) for cell, kind in zip(line, kinds, strict=True))) for line in found)
    return Table(KEY, Words(name, name), Words(f"Read from the file {name}: {len(told)} lines.",
                                               f"由文件 {name} 导入: {len(told)} 行。"), columns, told)


def _heads(first: Row | Problem | None) -> Sequence[str]:
    if first is None:
        raise BadFile("The file is empty.", "文件为空。")
    if isinstance(first, Problem):
        raise BadFile(*first.words, [first])
    problems: list[Problem] = []
    if len(first.cells) > MOST_COLUMNS:
        problems.append(Problem(f"The line has more than {MOST_COLUMNS} columns.", f"此行超过 {MOST_COLUMNS} 列。",
                                line=first.line, kind="columns"))
    heads = [cell.lstrip("\ufeff") for cell in first.cells]
    for place, head in enumerate(heads[:MOST_COLUMNS], start=1):
        try:
            required_text(head, first.line, f"{place}", LONGEST_HEAD)
        except Problem as problem:
            problems.append(problem)
    if not problems and len(set(heads)) < len(heads):
        twice = next(head for head in heads if heads.count(head) > 1)
        problems.append(Problem("The heading is there twice.", "表头重复。", line=first.line, column=twice,
                                kind="heading"))
    if problems:
        raise BadFile("The headings cannot be taken.", "表头无法识别。", problems)
    return heads


def _cells(lines: Iterator[Row | Problem], heads: Sequence[str]) -> tuple[list[list[str]], list[Problem]]:
    """Return the cells of each line, as wide as the headings, and what is wrong with them."""
    found: list[list[str]] = []
    problems: list[Problem] = []
    for line in lines:
        if len(found) == MOST_ROWS:
            problems.append(Problem(f"There are more than {MOST_ROWS} lines.", f"超过 {MOST_ROWS} 行。",
                                    line=line.line, kind="rows"))
            break
        if isinstance(line, Problem):
            problems.append(line)
            continue
        problems += _faults(line, heads)
        found.append([*line.cells[:len(heads)], *[""] * (len(heads) - len(line.cells))])
    return found, problems


def _faults(line: Row, heads: Sequence[str]) -> Iterator[Problem]:
    if len(line.cells) > len(heads):
        yield Problem(f"The line has {len(line.cells)} cells, the headings are {len(heads)}.",
                      f"此行有 {len(line.cells)} 格, 表头有 {len(heads)} 格。", line=line.line, kind="width")
    for head, cell in zip(heads, line.cells, strict=False):
        try:
            plain_text(cell, line.line, head, LONGEST_CELL)
        except Problem as problem:
            yield problem


def _kind(cells: Sequence[str]) -> str:
    if not cells:
        return "text"
    if all(_day(cell) for cell in cells):
        return "date"
    is_year = all(_YEAR.fullmatch(cell) for cell in cells)
    return "decimal" if not is_year and all(_NUMBER.fullmatch(cell) for cell in cells) else "text"


def _day(cell: str) -> date | None:
    found = _DAY.fullmatch(cell)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _cell(cell: str, kind: str) -> Cell:
    if not cell:
        return None
    return Decimal(cell) if kind == "decimal" else _day(cell) if kind == "date" else cell
