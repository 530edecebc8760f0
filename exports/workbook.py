"""Knows how sheets of typed columns become one .xlsx file, row by row; must not know what a column means.

rustpy-xlsxwriter writes it: of the kept writers it alone gives formats, filters, links and exact text at over
four times the rows/s of openpyxl in memory that does not grow (`python -m benchmarks.ledger_export`). It
keeps every link in memory, so links stop after `LINKS` rows of a sheet and the cell is plain text.
"""

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from rustpy_xlsxwriter import FastExcel, Format

from exports import about as cover
from exports.about import About, Written
from exports.cells import Cell, Marks, cell_writer
from exports.columns import Column, Row, in_order
from exports.targets import delivered
from qms.rules.errors import Invalid

LINKS = 10_000
"""Rows of a sheet that carry a link; each costs about 1 kB of memory, and Excel takes 65,530."""
MOST_ROWS = 1_048_575
"""Rows below the header that an Excel sheet holds."""

_NUMBER_FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "integer": "0"}
_TITLE_IN_PRINT = 100
_HEADER_POINTS = 32
_ABOUT_WIDTHS = (44, 90)
_A4, _A3 = 9, 8
_A4_CHARACTERS, _A3_CHARACTERS = 150, 250


@dataclass
class Sheet:
    """One sheet: rows are sequences in the order of the columns, or mappings by column key, of one shape.

    `name` has at most 31 characters and none of []:*?/\\. `written` counts the rows once they have gone out.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    written: int = field(default=0, init=False)


def write_workbook(target: str | os.PathLike[str] | BinaryIO, sheets: Sequence[Sheet], language: str,
                   about: About) -> Written:
    """Stream the sheets and, last, a sheet that tells what they are, into a file or binary stream.

    The sheet about the file is the last because it counts what was written. Nothing appears at a path before
    the file is complete. Raises Invalid when a sheet gets more rows than Excel holds, ValueError for an aware
    datetime.
    """
    with Marks(cover.SHEET.to(language)) as marks, delivered(target, ".xlsx") as file:
        book = FastExcel(file.path)
        for sheet in sheets:
            book.freeze(row=1, col=1, sheet=sheet.name)
            book.sheet(sheet.name, _records(sheet, language, about.zone, marks), autofilter=True,
                       **_layout(sheet, language, about))
        told = cover.SHEET.to(language)
        book.freeze(row=1, sheet=told)
        book.sheet(told, _told(about, sheets, marks, language), column_widths=list(_ABOUT_WIDTHS),
                   column_formats=[_wrapped(), _wrapped().set_align("left")], header_format=_header(),
                   page_setup=_page(about, language, sum(_ABOUT_WIDTHS)))
        book.save()
    return Written(sum(sheet.written for sheet in sheets), file.sha256)


def _records(sheet: Sheet, language: str, zone: str, marks: Marks) -> Iterator[dict[str, Cell]]:
    """Yield what the writer takes: one dictionary a row, header text to cell, always in the same order."""
    heads = _heads(sheet, language, zone)
    puts = [cell_writer(column.kind, head, marks) for column, head in zip(sheet.columns, heads, strict=True)]
    links = [place for place, column in enumerate(sheet.columns) if column.kind == "link"]
    for values in in_order(sheet.rows, sheet.columns):
        marks.row = sheet.written + 2
        if sheet.written == MOST_ROWS:
            raise Invalid("An Excel sheet holds 1,048,575 records. Narrow the filter, or take CSV.",
                          "一个 Excel 工作表最多容纳 1,048,575 条记录。请缩小筛选范围, 或改用 CSV。")
        cells = [None if value is None else put(value) for put, value in zip(puts, values, strict=True)]
        record = dict(zip(heads, cells, strict=True))
        for place in links:
            if sheet.written >= LINKS and record[heads[place]]:
                record[heads[place]] = record[heads[0]]
                marks.unlinked += 1
        yield record
        sheet.written += 1
    if not sheet.written:
        # The writer takes the header from the first row; a row of nothing leaves the header and no row.
        yield dict.fromkeys(heads)


def _told(about: About, sheets: Sequence[Sheet], marks: Marks, language: str) -> Iterator[dict[str, Cell]]:
    """Yield the rows of the sheet about the file; read after all others are written."""
    counts = [(sheet.name, sheet.written) for sheet in sheets]
    with Marks(None) as own:
        text = cell_writer("text", "", own)
        for label, content in cover.lines(about, counts, marks, language):
            yield {cover.ITEM.to(language): text(label),
                   cover.CONTENT.to(language): content if isinstance(content, int) else text(content)}


def _heads(sheet: Sheet, language: str, zone: str) -> list[str]:
    heads = [column.head(language, zone) for column in sheet.columns]
    if len(set(heads)) < len(heads):
        raise ValueError(f"two columns of {sheet.name} have the same header: {heads}")
    return heads


def _layout(sheet: Sheet, language: str, about: About) -> dict[str, Any]:
    """Return the writer's settings for a sheet: header, widths, formats, links, print."""
    headed = list(zip(_heads(sheet, language, about.zone), sheet.columns, strict=True))
    links = [head for head, column in headed if column.kind == "link"]
    return {
        "header_format": _header(),
        "row_heights": {0: _HEADER_POINTS},
        "column_widths": [column.width for column in sheet.columns],
        "column_formats": {head: Format().set_num_format(_NUMBER_FORMATS[column.kind])
                           for head, column in headed if column.kind in _NUMBER_FORMATS},
        "url_columns": dict.fromkeys(links, headed[0][0]) or None,
        "page_setup": _page(about, language, sum(column.width for column in sheet.columns)),
    }


def _wrapped() -> Format:
    return Format().set_text_wrap().set_align("top")


def _header() -> Format:
    return _wrapped().set_bold().set_background_color("#f4f6f8").set_border_bottom("thin")


def _page(about: About, language: str, characters: float) -> dict[str, Any]:
    """Return how a sheet of this width prints: landscape, readable, with header, title and page number.

    Up to 150 characters go on A4; more go on A3, over as many pages as it takes, each with the first column.
    """
    title = about.title[:_TITLE_IN_PRINT].replace("&", "&&")
    demo = f"&R{cover.DEMO.to(language)}" if about.demo else ""
    small = characters <= _A4_CHARACTERS
    pages = 1 if small else math.ceil(characters / _A3_CHARACTERS)
    return {"landscape": True, "paper_size": _A4 if small else _A3, "fit_to_pages": (pages, 0),
            "repeat_rows": 0, "repeat_columns": 0,
            "header": f"&L{title}{demo}",
            "footer": f"&L{about.generated_at.isoformat(' ', 'minutes')} {about.zone}&R&P / &N"}
