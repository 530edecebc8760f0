"""Knows how sheets, cells, links and print pages of a review's workbook are made; must not know what stands in them."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from exports.cells import Marks, cell_writer
from exports.columns import Kind
from exports.guard import as_text
from exports.review_words import BACK, TITLE
from exports.sheets_page import fit
from qms.rules.review_packs import Pack
from qms.rules.review_shown import POINTS, digits_of
from qms.rules.words import Words

RED, AMBER, GREEN, GREY, ACCENT = "B42318", "7A4D00", "1A7F37", "56646F", "0B5CAD"
WASH = PatternFill("solid", fgColor="F4F6F8")
_FONT = "Calibri"
BOLD, LARGE = Font(_FONT, 11, bold=True), Font(_FONT, 14, bold=True)
LINK = Font(_FONT, 11, color=ACCENT, underline="single")
_LINE = Side("thin", color="D9E0E7")
RULED = Border(_LINE, _LINE, _LINE, _LINE)
_LEFT = Alignment(wrap_text=True, vertical="top")
_RIGHT = Alignment(horizontal="right", vertical="top")
_LONGEST_NAME, _LONGEST_HEAD, _A4, _FILTER_BUTTON = 31, 90, 9, 3
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")


class Book:
    """The workbook being written: its sheets by name, and how a value goes into a cell."""

    def __init__(self, pack: Pack, language: str, marks: Marks) -> None:
        self.pack, self.language, self.marks = pack, language, marks
        self.file = Workbook()
        self.file.remove(self.file.worksheets[0])
        self.file.properties.title = f"{TITLE.to(language)} {pack.number}"
        self.file.properties.creator = pack.generated_by
        self.file.properties.created = self.file.properties.modified = pack.generated_at
        self.file.calculation.fullCalcOnLoad = True

    def say(self, words: Words) -> str:
        """Return a wording in the language of the book."""
        return words.to(self.language)

    def name(self, text: str) -> str:
        """Return a text as the name of a sheet that no other one has."""
        plain = " ".join(_NOT_IN_NAMES.sub(" ", text).split()).strip("'")
        taken = {name.lower() for name in self.file.sheetnames}
        for number in range(1, 1000):
            tail = f" {number}" if number > 1 else ""
            made = plain[: _LONGEST_NAME - len(tail)].rstrip(" '") + tail
            if made.lower() not in taken:
                return made
        raise ValueError(text)

    def sheet(self, name: str, title: str, widths: Sequence[float], *, colour: str | None = None,
              back: str | None = None) -> Any:
        """Add a sheet under a title that stays in sight; `back` is the sheet that it leads back to."""
        sheet: Any = self.file.create_sheet(self.name(name))
        for place, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        self.put(sheet, 1, 1, title).font = LARGE
        sheet.cell(1, 1).alignment = Alignment(vertical="center")
        sheet.row_dimensions[1].height = 24
        if back:
            self.lead(sheet, 1, max(len(widths), 2), self.say(BACK), back)
        sheet.freeze_panes, sheet.sheet_properties.tabColor = "A2", colour
        self._on_paper(sheet)
        return sheet

    def _on_paper(self, sheet: Any) -> None:
        """Let a sheet print on A4 across, one page wide, with the number and the page on each."""
        sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", _A4, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_title_rows = "1:1"
        head = f"{self.say(TITLE)} {self.pack.number}  {self.pack.title}"[:_LONGEST_HEAD]
        sheet.oddHeader.left.text = head.replace("&", "&&")
        sheet.oddFooter.left.text = f"{self.pack.generated_at.isoformat(' ', 'minutes')} {self.pack.zone}"
        sheet.oddFooter.right.text = "&P / &N"

    def put(self, sheet: Any, row: int, column: int, value: Any, kind: str = "text", *, head: str = "",
            ruled: bool = False) -> Any:
        """Write one value as what it is, never as a formula, and return its cell."""
        cell = sheet.cell(row, column)
        self.marks.row = row
        plain = self._plain(value)
        writer: Kind = "decimal" if isinstance(plain, int | float | Decimal) else (
            "datetime" if isinstance(plain, dt.date) else "text")
        cell.value = cell_writer(writer, head or sheet.title, self.marks)(plain)
        as_text(cell)
        self._dress(cell, plain, kind)
        if ruled:
            cell.border = RULED
        return cell

    def formula(self, sheet: Any, row: int, column: int, formula: str, like: Any, kind: str) -> Any:
        """Write one of our own formulas, shown as a value like this one would be."""
        cell = sheet.cell(row, column)
        cell.value, cell.border = formula, RULED
        cell.number_format, cell.alignment = number_format(like, kind), _RIGHT
        return cell

    def heads(self, sheet: Any, row: int, heads: Sequence[str]) -> None:
        """Write the headings of a table."""
        cells = [self.put(sheet, row, place, head, ruled=True) for place, head in enumerate(heads, start=1)]
        for cell in cells:
            cell.font, cell.fill = BOLD, WASH
        widths = [sheet.column_dimensions[cell.column_letter].width - _FILTER_BUTTON for cell in cells]
        fit(sheet, row, [(cell, max(int(width), 4)) for cell, width in zip(cells, widths, strict=True)])

    def lead(self, sheet: Any, row: int, column: int, text: str, name: str) -> Any:
        """Write a cell that leads to another sheet of the book."""
        cell = self.put(sheet, row, column, text)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name.replace(chr(39), chr(39) * 2)}'!A1")
        cell.font = LINK
        return cell

    def open(self, sheet: Any, row: int, column: int, text: str, address: str, *, ruled: bool = True) -> Any:
        """Write a cell that opens a page of the system; plain text where there is none."""
        cell = self.put(sheet, row, column, text if address else None, ruled=ruled)
        if address:
            cell.hyperlink = Hyperlink(ref=cell.coordinate, target=address)
            cell.font = LINK
        return cell

    def _plain(self, value: Any) -> Any:
        if isinstance(value, bool):
            value = Words("Yes", "是") if value else Words("No", "否")
        return self.say(value) if isinstance(value, Words) else value

    def _dress(self, cell: Cell, value: Any, kind: str) -> None:
        if isinstance(value, dt.datetime):
            cell.number_format, cell.alignment = "yyyy-mm-dd hh:mm", _LEFT
        elif isinstance(value, dt.date):
            cell.number_format, cell.alignment = "yyyy-mm-dd", _LEFT
        elif isinstance(value, int | float | Decimal):
            cell.number_format, cell.alignment = number_format(value, kind), _RIGHT
        else:
            cell.alignment = _LEFT


def bold(colour: str) -> Font:
    """Return the bold font in a colour."""
    return Font(_FONT, 11, bold=True, color=colour)


def change_format(value: Any, kind: str, language: str) -> str:
    """Return the format of a change: with its sign, of a share in percentage points."""
    plain = "0." + "0" * digits_of(value, kind) + f'" {POINTS.to(language)}"' if kind == "percent" else (
        number_format(value, kind))
    return f"+{plain};-{plain};{plain}"


def number_format(value: Any, kind: str) -> str:
    """Return the format under which a sheet shows a number of a kind as every other face does."""
    digits = digits_of(value, kind)
    if kind == "percent":
        return "0." + "0" * digits + "%"
    return "#,##0" + ("." + "0" * digits if digits else "")
