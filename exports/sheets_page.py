"""Knows how a sheet of a printed record lies on paper: widths, heights, head and foot; must not know what is on it."""

from collections.abc import Iterable
from typing import Any

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from exports.sections import Paper, say

COLUMNS, WIDTH = 8, 18
"""Columns of a page, and characters in each."""

_A4 = 9
_LINE, _HIGHEST = 15.0, 400.0
_WIDE = 0x2E7F
"""Characters beyond take twice the room."""


def lay_out(sheet: Any, paper: Paper, language: str) -> None:
    """Let a sheet print on A4, one page wide, with the record's number and the page on each."""
    for place in range(1, COLUMNS + 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTH
    sheet.freeze_panes = sheet.freeze_panes or "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", _A4, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddHeader.left.text = f"{say(paper.title, language)} {paper.number}".replace("&", "&&")
    sheet.oddFooter.left.text = f"{paper.printed_at.isoformat(' ', 'minutes')} {paper.zone}"
    sheet.oddFooter.right.text = "&P / &N"


def fit(sheet: Any, row: int, cells: Iterable[tuple[Cell, int]]) -> None:
    """Make a row as high as its longest text needs; a spreadsheet does not do so for merged cells."""
    lines = max((_lines(cell.value, width) for cell, width in cells), default=1)
    sheet.row_dimensions[row].height = min(_LINE * lines, _HIGHEST)


def _lines(value: object, width: int) -> int:
    if not isinstance(value, str):
        return 1
    return sum(-(-sum(2 if ord(sign) > _WIDE else 1 for sign in line) // width) or 1 for line in value.split("\n"))
