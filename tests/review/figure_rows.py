"""The figures of a review's workbook, found by what stands in its sheets."""

from typing import Any, NamedTuple

from openpyxl import Workbook

from exports.review_inputs import WIDTHS
from exports.review_words import FIGURE
from qms.rules.review_packs import Pack, PackInput


class Written(NamedTuple):
    """The cells of one figure's row."""

    name: str
    now: Any
    n: Any
    low: Any
    high: Any
    before: Any
    before_n: Any
    change: Any
    how: Any
    link: Any


def sheet_of(book: Workbook, pack: Pack, code: str) -> Any:
    """Return the sheet of an input."""
    number = f"{[one.code for one in pack.inputs].index(code) + 1:02} "
    return book[next(name for name in book.sheetnames if name.startswith(number))]


def figures_in(book: Workbook, pack: Pack, one: PackInput, language: str) -> list[Written]:
    """Return the rows below the heading of the figures, as many as the input has."""
    sheet = sheet_of(book, pack, one.code)
    head = next(row[0].row for row in sheet.iter_rows() if row[0].value == FIGURE.to(language))
    return [Written(*(cell.value for cell in row)) for row in sheet.iter_rows(
        min_row=head + 1, max_row=head + len(one.snapshot.figures), max_col=len(WIDTHS))]
