"""Knows how the closure matrix becomes a sheet: what is looked for down, cases across; must not know the database.

A case is a mapping with the keys number, title, closed_on, link and `ticks`: tick to a pair of words and address of its
proof, or None. Source: domain.md B.4.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from exports import about as cover
from exports.about import About
from exports.cells import Marks, cell_writer
from exports.guard import as_text
from qms.rules.actions_closure import NO, TICKS
from qms.rules.words import Words

NAME = Words("Closure matrix", "关闭核对表")
LOOKED_FOR, TITLE = Words("What is looked for", "核对内容"), Words("Case", "案件")
CLOSED, TICKED = Words("Closed on", "关闭日期"), Words("Proven", "已证实项数")

_WASH = PatternFill("solid", fgColor="F4F6F8")
_LINE = Side("thin", color="D9E0E7")
_RULED = Border(_LINE, _LINE, _LINE, _LINE)
_BOLD, _LINK, _NO = Font(bold=True), Font(color="0B5CAD", underline="single"), Font(bold=True, color="B42318")
_WRAP = Alignment(wrap_text=True, vertical="top")
_HEADS = 4
"""Rows above the ticks: number, case, day, count of ticks."""


def closure_matrix(cases: Sequence[Mapping[str, Any]], language: str, about: About) -> bytes:
    """Return the matrix as .xlsx; each proof leads to its record, and how many there are is a live formula."""
    with Marks(None) as marks:
        text = cell_writer("text", "", marks)
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = NAME.to(language)
        for row, words in enumerate((LOOKED_FOR, TITLE, CLOSED, TICKED, *TICKS.values()), start=1):
            _put(sheet, row, 1, words.to(language), _BOLD if row <= _HEADS else None)
        for column, case in enumerate(cases, start=2):
            _case(sheet, column, case, language, text)
        _lay_out(sheet, len(cases), about)
        told = book.create_sheet(cover.SHEET.to(language))
        for line in cover.lines(about, [(NAME.to(language), len(cases))], marks, language):
            told.append([text(part) if isinstance(part, str) else part for part in line])
            as_text(told.cell(told.max_row, 2))
        target = io.BytesIO()
        book.save(target)
    return target.getvalue()


def _case(sheet: Worksheet, column: int, case: Mapping[str, Any], language: str, text: Any) -> None:
    letter, last = get_column_letter(column), _HEADS + len(TICKS)
    _put(sheet, 1, column, case["number"], _LINK, case["link"])
    _put(sheet, 2, column, text(case["title"]))
    day = sheet.cell(3, column, case["closed_on"])
    day.number_format, day.border = "yyyy-mm-dd", _RULED
    no = NO.to(language)
    count = sheet.cell(4, column, f'=COUNTIF({letter}{_HEADS + 1}:{letter}{last},"<>{no}")')
    count.border = _RULED
    for row, tick in enumerate(TICKS, start=_HEADS + 1):
        proof = case["ticks"][tick]
        if proof is None:
            _put(sheet, row, column, no, _NO)
        else:
            _put(sheet, row, column, text(f"✓ {proof[0].to(language)}".strip()), _LINK, proof[1])


def _put(sheet: Worksheet, row: int, column: int, value: Any, font: Font | None = None,
         link: str | None = None) -> None:
    cell: Any = sheet.cell(row, column, value)
    as_text(cell)
    if link:
        cell.hyperlink = link
    cell.alignment, cell.border = _WRAP, _RULED
    if font:
        cell.font = font
    if row <= _HEADS or column == 1:
        cell.fill = _WASH


def _lay_out(sheet: Any, cases: int, about: About) -> None:
    sheet.column_dimensions["A"].width = 38
    for column in range(2, cases + 2):
        sheet.column_dimensions[get_column_letter(column)].width = 30
    sheet.freeze_panes = f"B{_HEADS + 1}"
    sheet.print_title_rows, sheet.print_title_cols = f"1:{_HEADS}", "A:A"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddHeader.left.text = about.title.replace("&", "&&")
    sheet.oddFooter.left.text = f"{about.generated_at.isoformat(' ', 'minutes')} {about.zone}"
    sheet.oddFooter.right.text = "&P / &N"
