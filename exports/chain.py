"""Knows how lines of master data become a workbook that can be filled in and read back; must not know any record."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from exports.guard import as_text
from qms.rules.chain_workbook import (
    FORMAT,
    FORMAT_WORDS,
    INSTRUCTIONS,
    MOST_LOTS,
    REMARK,
    SHEETS,
    SITE,
    Column,
    Sheet,
    both,
)
from qms.rules.words import Words

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

_HEAD = PatternFill("solid", fgColor="F4F6F8")
_LINE = Border(bottom=Side("thin", color="84919C"))
_GREY = Font(italic=True, color="56646F")
_NUMBERS = {"integer": "0", "decimal": "General", "date": "yyyy-mm-dd", "month": "yyyy-mm",
            "datetime": "yyyy-mm-dd hh:mm:ss"}
_LONGEST_LIST = 255
_CHECKED_ROWS = 5000

_HOW = (
    Words("Fill in the sheets, then upload the file: you see every change and every error before anything is saved.",
          "填写各工作表后上传: 保存前会显示每处变更和每个错误。"),
    Words("All lines are taken over, or none.", "全部采用, 或全部不采用。"),
    Words("A line whose first cell begins with # is an example or remark and is skipped.",
          "首格以 # 开头的行是示例或备注, 会被跳过。"),
    Words("The code (of a lot its number) finds the record; a new code makes a new record. Nothing is ever deleted.",
          "代码 (批次为批次号) 用于查找记录; 新代码即新建记录。不会删除任何记录。"),
    Words("Columns may be left out, and lines too: what is not there stays as it is. Columns marked * are needed.",
          "可以省略列和行: 未列出的内容保持不变。标 * 的列为必填。"),
    Words(f"Where there are more than {MOST_LOTS:,} lots, they are left out of an export.",
          f"批次超过 {MOST_LOTS:,} 个时, 导出文件不含批次。"),
)


def master_data(site_code: str, rows: Rows | None = None) -> bytes:
    """Return the workbook of a site with its lines; None for a template with one example on each sheet."""
    book = Workbook()
    instruct(book.worksheets[0], site_code, FORMAT, _HOW, SHEETS)
    for sheet in SHEETS:
        page = book.create_sheet(sheet.title)
        head(page, sheet)
        for number, row in enumerate(rows[sheet.key] if rows is not None else (), start=2):
            for place, column in enumerate(sheet.columns, start=1):
                put(page.cell(number, place), column, row.get(column.key))
        if rows is None:
            example(page, sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def instruct(page: Worksheet, site_code: str, form: str, how: Sequence[Words], sheets: Sequence[Sheet]) -> None:
    """Write for which site and in which form the workbook is, how it is filled in, and what each column means."""
    page.title = both(INSTRUCTIONS)
    for label, text in ((SITE, site_code), (FORMAT_WORDS, form)):
        page.append([both(label), text])
        as_text(page.cell(page.max_row, 2))
    page.append([])
    for words in how:
        page.append([words.zh])
        page.append([words.en])
    page.append([])
    heads = (Words("Sheet", "工作表"), Words("Column", "列"), Words("Meaning", "含义"))
    page.append([both(words) for words in heads])
    for cell in page[page.max_row]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for sheet in sheets:
        for column in sheet.columns:
            page.append([sheet.title, column.head, _meaning(column)])
    for letter, width in (("A", 26), ("B", 34), ("C", 90)):
        page.column_dimensions[letter].width = width


def _meaning(column: Column) -> str:
    parts = [both(column.note)] if column.note else []
    if column.choices:
        parts.append(", ".join(both(words) for words in column.choices.values()))
    return " ".join(parts)


def head(page: Worksheet, sheet: Sheet) -> None:
    """Write the header, keep it in sight and in print, and offer the choices of each column."""
    for place, column in enumerate(sheet.columns, start=1):
        cell = page.cell(1, place, column.head)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _LINE
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(place)
        page.column_dimensions[letter].width = max(14, min(34, len(column.head) + 4))
        _offer(page, column, letter)
    page.freeze_panes = "B2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _offer(page: Worksheet, column: Column, letter: str) -> None:
    listed = ",".join(both(words) for words in column.choices.values())
    if column.choices and len(listed) <= _LONGEST_LIST:
        check = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
        check.add(f"{letter}2:{letter}{_CHECKED_ROWS}")
        page.add_data_validation(check)


def example(page: Worksheet, sheet: Sheet) -> None:
    """Write the line that shows what each column takes; it is skipped when the file is read."""
    for place, column in enumerate(sheet.columns, start=1):
        cell = page.cell(2, place, f"{REMARK} {column.example}" if place == 1 else column.example)
        as_text(cell)
        cell.font = _GREY


def put(cell: Cell, column: Column, value: Any) -> None:
    """Write one value: numbers and times as such, all else as exactly this text."""
    if value is None or (value in ("", ()) and not column.choices):
        return
    if column.kind in _NUMBERS:
        cell.value, cell.number_format = value, _NUMBERS[column.kind]
    else:
        cell.value = column.shown(value)
        as_text(cell)
