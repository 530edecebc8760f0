"""Knows how the rows of an .xlsx file are got without trusting the file; must not know what a row means.

A process of its own opens the file and is stopped at 512 MiB, 20 s of processor time or 30 s (on Windows the
last only), so that no file can hurt the server. Source: reliability.md 5.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from qms.imports.rows import Row
from qms.rules.errors import BadFile, Problem
from qms.rules.words import Words

MOST_ROWS = 500_000
MOST_COLUMNS = 200
MOST_SECONDS = 30

_CHILD = Path(__file__).with_name("sheet_child.py")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

_OLD = Words("This is an old .xls file or has a password. Save it as .xlsx without a password.",
             "这是旧版 .xls 文件或设有密码。请另存为不带密码的 .xlsx 文件。")
_NO_WORKBOOK = Words("This is not an Excel workbook (.xlsx), or it is damaged.",
                     "这不是 Excel 工作簿 (.xlsx), 或文件已损坏。")
_LIMITS = Words("This workbook takes over 512 MiB or 20 s to read. Look for cells far outside the table.",
                "读取此工作簿需要超过 512 MiB 内存或 20 秒。请检查表格之外是否有多余的单元格。")
_FAULTS = {
    "bomb": Words("This workbook unpacks to more than 50 MiB or is packed suspiciously tightly.",
                  "此工作簿解压后超过 50 MiB, 或压缩比异常。"),
    "entities": Words("The workbook contains a document type, which Excel never writes.",
                      "工作簿中含有 Excel 从不写入的文档类型声明。"),
    "damaged": _NO_WORKBOOK,
    "limits": _LIMITS,
    "sheet": Words("There is no sheet {wanted}. There are: {names}.",
                   "没有工作表“{wanted}”。现有: {names}。"),
    "rows": Words("The sheet has more than {max_rows} rows.", "工作表超过 {max_rows} 行。"),
    "columns": Words("The row has more than {max_columns} columns.", "此行超过 {max_columns} 列。"),
    "cells": Words("Some cells cannot be read.", "有单元格无法读取。"),
}
_CELLS = {
    "error": Words("The cell shows the error {shown}.", "单元格为错误值 {shown}。"),
    "formula": Words("The formula was never calculated. Open and save the file in Excel.",
                     "公式尚未计算。请用 Excel 打开并保存文件。"),
}


def sheet_names(path: str | os.PathLike[str]) -> list[str]:
    """Return the names of all sheets in their order. Raises BadFile."""
    with _answer(path, "names") as lines:
        return list(json.loads(lines.readline())["sheets"])


def sheet_rows(path: str | os.PathLike[str], sheet: str | None = None, max_rows: int = MOST_ROWS,
               max_columns: int = MOST_COLUMNS) -> Iterator[Row]:
    """Yield the rows of a sheet (None: the first) that hold anything; all of it is checked before the first.

    Cells are text: days and times ISO 8601, whole numbers without a point, formulas as last calculated.
    Trailing empty cells are left out. Raises BadFile, whose problems name sheet, line and column, for a file
    that is no workbook, goes beyond a limit, or holds error cells or formulas that were never calculated.
    """
    with _answer(path, "rows", sheet or "", str(max_rows), str(max_columns)) as lines:
        for line in lines:
            if line.startswith("["):
                number, cells = json.loads(line)
                yield Row(number, tuple(cells))


def _answer(path: str | os.PathLike[str], *question: str) -> IO[str]:
    """Return the child's lines, when the last of them says that all went well. Raises BadFile."""
    _check_kind(path)
    what, *more = question
    command = [sys.executable, "-I", str(_CHILD), what, os.fspath(path), *more]
    output = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # The caller closes it.
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL,  # noqa: S603
                       timeout=MOST_SECONDS, check=True)
        end = _last(output)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        end = {"fault": "limits"}
    if "fault" in end:
        output.close()
        raise _refusal(end, more)
    output.seek(0)
    return output


def _last(output: IO[str]) -> dict[str, Any]:
    output.seek(0)
    end = ""
    for line in output:
        end = line
    return dict(json.loads(end)) if end.startswith("{") else {"fault": "limits"}


def _check_kind(path: str | os.PathLike[str]) -> None:
    with Path(path).open("rb") as file:
        start = file.read(4)
    if start == _OLD_EXCEL:
        raise BadFile(*_OLD)
    if start != _ZIP:
        raise BadFile(*_NO_WORKBOOK)


def _refusal(told: dict[str, Any], question: list[str]) -> BadFile:
    """Turn the child's word for what is wrong into sentences with their places."""
    fault = told["fault"]
    wanted, max_rows, max_columns = question or ("", "", "")
    names = ", ".join(told.get("sheets", ()))
    words = Words(*(text.format(wanted=wanted, names=names, max_rows=max_rows, max_columns=max_columns)
                    for text in _FAULTS[fault]))
    problems = [_cell_problem(cell, told["sheet"]) for cell in told.get("cells", ())]
    if "line" in told:
        problems.append(Problem(*words, line=told["line"], sheet=told["sheet"], kind=fault))
    return BadFile(*words, problems)


def _cell_problem(cell: dict[str, Any], sheet: str) -> Problem:
    words = _CELLS[cell["kind"]]
    return Problem(words.en.format(**cell), words.zh.format(**cell), line=cell["line"], column=cell["column"],
                   sheet=sheet, kind=cell["kind"])
