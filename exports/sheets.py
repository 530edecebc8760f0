"""Knows how a printed record becomes a workbook, a sheet for each section; must not know any record.

Days and numbers are real ones, texts are exactly what people wrote, and nothing is a formula.
"""

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.drawing.image import Image as Drawing
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.units import pixels_to_points
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from exports.cells import Marks, cell_writer
from exports.guard import as_text
from exports.sections import (
    OWED,
    RESULTS,
    Block,
    Fact,
    Facts,
    Fishbone,
    Head,
    Paper,
    Photos,
    Section,
    Table,
    Value,
    say,
)
from exports.sheets_page import COLUMNS, WIDTH, fit, identity, lay_out
from qms.rules.words import Words

COVER = Words("Cover", "封面")
BONE, CANDIDATE, RESULT = Words("Bone", "骨"), Words("Candidate", "候选原因"), Words("Result of the test", "验证结果")
ISHIKAWA = Words("Ishikawa diagram", "鱼骨图")

_WASH = PatternFill("solid", fgColor="F4F6F8")
_LINE = Side("thin", color="D9E0E7")
_RULED = Border(_LINE, _LINE, _LINE, _LINE)
_BOLD, _TITLE, _OWED = Font(bold=True), Font(bold=True, size=14), Font(bold=True, color="B42318")
_LINK = Font(color="0B5CAD", underline="single")
_WRAP = Alignment(wrap_text=True, vertical="top")
_LONGEST_NAME, _THUMBNAIL = 31, 320


def workbook(paper: Paper, language: str) -> bytes:
    """Return the record as .xlsx in zh, en or both: a cover with links, then its sections. Nothing is left out."""
    with Marks(None) as marks:
        book = _Book(paper, language, marks)
        for section in paper.sections:
            book.section(section)
        book.cover()
        target = io.BytesIO()
        book.book.save(target)
    return target.getvalue()


class _Book:
    """The workbook being written, one section after the other."""

    def __init__(self, paper: Paper, language: str, marks: Marks) -> None:
        self.paper, self.language, self.marks = paper, language, marks
        self.book = Workbook()
        self.first = self.book.worksheets[0]
        self.first.title = self.say(COVER)[:_LONGEST_NAME]
        self.sheets: list[tuple[str, Section]] = []

    def say(self, words: Words) -> str:
        return say(words, self.language)

    def section(self, section: Section) -> None:
        """Write a section: its title stays in sight, and leads back to the cover."""
        name = f"{section.mark} {self.say(section.title)}".strip().replace(":", " ").replace("/", "-")[:_LONGEST_NAME]
        sheet = self.book.create_sheet(name.strip())
        self.sheets.append((sheet.title, section))
        title = f"{section.mark} {self.say(section.title)}".strip()
        self.put(sheet.cell(1, 1), title).font = _TITLE
        back = self.put(sheet.cell(1, 4), f"{self.paper.number} ←")
        _lead(back, self.first.title)
        row = 2
        for block in section.blocks:
            row = self.block(sheet, row, block) + 1
        lay_out(sheet, self.paper, self.language)

    def block(self, sheet: Worksheet, row: int, block: Block) -> int:
        """Write a block from this row on and return the row after it."""
        if isinstance(block, Facts):
            return self.facts(sheet, row, block.facts)
        if isinstance(block, Table):
            return self.table(sheet, row, block)
        if isinstance(block, Fishbone):
            return self.table(sheet, row, Table(ISHIKAWA, (Head(BONE), Head(CANDIDATE), Head(RESULT)), [
                (name, text, RESULTS[mark]) for name, causes in block.bones for mark, text in causes]))
        return self.photos(sheet, row, block)

    def facts(self, sheet: Worksheet, row: int, facts: Sequence[Fact]) -> int:
        """Write labels in the first column and values in the second, which reaches over the rest of the page."""
        for place, fact in enumerate(facts, start=row):
            self.put(sheet.cell(place, 1), fact.label).fill = _WASH
            cell = self.put(sheet.cell(place, 2), fact.value)
            sheet.merge_cells(start_row=place, start_column=2, end_row=place, end_column=COLUMNS)
            fit(sheet, place, [(cell, WIDTH * (COLUMNS - 1))])
        return row + len(facts)

    def table(self, sheet: Worksheet, row: int, table: Table) -> int:
        self.put(sheet.cell(row, 1), table.title, ruled=False).font = _BOLD
        for place, head in enumerate(table.heads, start=1):
            cell = self.put(sheet.cell(row + 1, place), head.words)
            cell.font, cell.fill = _BOLD, _WASH
        if row == 2:
            sheet.freeze_panes = f"A{row + 2}"
        if not table.rows:
            self.put(sheet.cell(row + 2, 1), table.empty, ruled=False)
            return row + 3
        for line, values in enumerate(table.rows, start=row + 2):
            cells = [(self.put(sheet.cell(line, place), value), WIDTH) for place, value in enumerate(values, start=1)]
            fit(sheet, line, cells)
        return row + 2 + len(table.rows)

    def photos(self, sheet: Worksheet, row: int, block: Photos) -> int:
        for photo in block.photos:
            self.put(sheet.cell(row, 4), photo.caption, ruled=False)
            if photo.content:
                sheet.row_dimensions[row].height = _thumbnail(sheet, row, photo.content)
            row += 1
        return row

    def put(self, cell: Any, value: Value, *, ruled: bool = True) -> Cell:
        """Write one value as what it is."""
        if isinstance(value, bool):
            value = Words("Yes", "是") if value else Words("No", "否")
        plain = self.say(value) if isinstance(value, Words) else value
        if isinstance(plain, dt.date):
            cell.value = cell_writer("datetime", "", self.marks)(plain)
            cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(plain, dt.datetime) else "yyyy-mm-dd"
        elif isinstance(plain, int | Decimal):
            cell.value = cell_writer("decimal", "", self.marks)(plain)
        elif plain is not None:
            cell.value = cell_writer("text", "", self.marks)(plain)
        as_text(cell)
        cell.alignment = _WRAP
        if ruled:
            cell.border = _RULED
        if value is OWED:
            cell.font = _OWED
        written: Cell = cell
        return written

    def cover(self) -> None:
        """Write what the record is, who printed it when, and where each section is."""
        paper, sheet = self.paper, self.first
        self.put(sheet.cell(1, 1), paper.title, ruled=False).font = _TITLE
        row = self.facts(sheet, 2, list(identity(paper)))
        for name, section in self.sheets:
            cell = self.put(sheet.cell(row + 1, 1), f"{section.mark} {self.say(section.title)}".strip(), ruled=False)
            _lead(cell, name)
            if section.done:
                self.put(sheet.cell(row + 1, 4), section.done, ruled=False)
            row += 1
        lay_out(sheet, self.paper, self.language)


def _thumbnail(sheet: Worksheet, row: int, picture: bytes) -> float:
    """Put a small picture into the first cell of a row and return the height that it needs."""
    with Image.open(io.BytesIO(picture)) as image:
        small = image.convert("RGB")
    small.thumbnail((_THUMBNAIL, _THUMBNAIL))
    content = io.BytesIO()
    small.save(content, "JPEG")
    sheet.add_image(Drawing(content), f"A{row}")
    return float(pixels_to_points(small.height)) + 4


def _lead(cell: Cell, sheet: str) -> None:
    """Make a cell lead to another sheet of the workbook."""
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!A1")
    cell.font = _LINK
