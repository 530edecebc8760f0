"""Knows how sheets of a printed record lie on paper, and what the cover says of it; must not know its sections."""

from collections.abc import Iterable
from typing import Any

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from exports.about import CHECKPOINT, CONTENT, DEMO, ITEM, said
from exports.sections import Fact, Paper, say
from qms.rules.words import Words

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
    lines = max((lines_of(cell.value, width) for cell, width in cells), default=1)
    sheet.row_dimensions[row].height = min(_LINE * lines, _HIGHEST)


def lines_of(value: object, width: int) -> int:
    """Return how many lines a wrapped text takes in a column of so many characters."""
    if not isinstance(value, str):
        return 1
    return sum(-(-sum(2 if ord(sign) > _WIDE else 1 for sign in line) // width) or 1 for line in value.split("\n"))


def identity(paper: Paper) -> Iterable[Fact]:
    """Yield what the cover says: which record, of which site, in which state, printed by whom and when."""
    yield Fact(ITEM, CONTENT)
    yield Fact(Words("No.", "编号"), paper.number)
    yield Fact(Words("Subject", "主题"), paper.subject)
    yield Fact(Words("Site", "工厂"), paper.site)
    if paper.state:
        yield Fact(Words("State", "状态"), paper.state)
    yield Fact(Words("Printed at", "打印时间"), paper.printed_at)
    yield Fact(Words("Time zone of all times", "所有时间的时区"), paper.zone)
    yield Fact(Words("Printed by", "打印人"), paper.printed_by)
    if paper.checkpoint:
        yield Fact(CHECKPOINT, said(paper.checkpoint))
    if paper.address:
        yield Fact(Words("Record", "记录"), paper.address)
    if paper.demo:
        yield Fact(Words("Mark", "标记"), DEMO)
