"""Knows the data sheets of a review's workbook: one table each, one fact a cell, under headings that stay."""

from typing import Any

from openpyxl.utils import get_column_letter

from exports.review_book import Book
from exports.review_formulas import Area
from exports.review_words import HOW, OPEN, RECORDS
from exports.sheets_page import fit
from exports.workbook import LINKS
from qms.rules.review_shown import unit_of
from qms.rules.review_snapshots import Column, Table

HEAD = 3
"""Row of the headings; above stand the title and how the rows were counted."""
_WIDTHS = {"text": 28.0, "state": 16.0, "date": 13.0, "money": 16.0}
_WIDEST, _NARROWEST = 60.0, 12.0
_WIDE = 0x2E7F


def data_sheet(book: Book, name: str, table: Table, back: str) -> Area:
    """Write a table as a sheet and return where its rows are."""
    linked = any(row.path for row in table.rows) and bool(book.pack.address)
    widths = [_width(book, table, place) for place in range(len(table.columns))] + ([11.0] if linked else [])
    sheet = book.sheet(name, book.say(table.words), [*widths, 10.0], back=back)
    query = book.put(sheet, 2, 1, f"{book.say(HOW)}: {book.say(table.query)}")
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=len(widths))
    fit(sheet, 2, [(query, int(sum(widths) * 0.95))])
    heads = [heading(column, book.language) for column in table.columns]
    book.heads(sheet, HEAD, heads + ([book.say(RECORDS)] if linked else []))
    _rows(book, sheet, table, heads, linked=linked)
    last = HEAD + max(len(table.rows), 1)
    sheet.freeze_panes, sheet.print_title_rows = f"A{HEAD + 1}", f"1:{HEAD}"
    sheet.auto_filter.ref = f"A{HEAD}:{get_column_letter(len(table.columns) + linked)}{last}"
    letters = {column.key: get_column_letter(place) for place, column in enumerate(table.columns, start=1)}
    return Area(sheet.title, HEAD + 1, last, letters)


def heading(column: Column, language: str) -> str:
    """Return the heading of a column with its unit."""
    unit = unit_of(column)
    name = column.words.to(language)
    return f"{name} [{unit.to(language)}]" if unit else name


def _rows(book: Book, sheet: Any, table: Table, heads: list[str], *, linked: bool) -> None:
    for place, row in enumerate(table.rows):
        line = HEAD + 1 + place
        for at, (cell, column, head) in enumerate(zip(row.cells, table.columns, heads, strict=True), start=1):
            book.put(sheet, line, at, cell, column.kind, head=head, ruled=True)
        if linked:
            address = book.pack.link(row.path) if place < LINKS else ""
            book.open(sheet, line, len(heads) + 1, book.say(OPEN), address)
            book.marks.unlinked += bool(row.path) and not address


def _width(book: Book, table: Table, place: int) -> float:
    """Return a width that shows the heading and most texts without wrapping them."""
    column = table.columns[place]
    longest = max((_characters(book.say(cell) if isinstance(cell, tuple) else cell)
                   for cell in (row.cells[place] for row in table.rows[:200]) if isinstance(cell, str | tuple)),
                  default=0)
    head = _characters(heading(column, book.language)) + 4
    return min(max(longest + 2, min(head, 26), _WIDTHS.get(column.kind, 0) if not longest else 0, _NARROWEST), _WIDEST)


def _characters(text: str) -> int:
    return max((sum(2 if ord(sign) > _WIDE else 1 for sign in line) for line in text.split("\n")), default=0)
