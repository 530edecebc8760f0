"""Knows the workbook of what poor quality costs: months by PAF class in live formulas; must not know the database.

The figures by month are SUMIFS over the sheet of lines, so that whoever doubts a total can follow it to its lines.
Closed months stand beside with what was frozen, and the difference is a formula too.
Source: domain.md C.4, M.4; rule R-54.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from exports import about as cover
from exports.about import About
from exports.cells import Marks, cell_writer
from exports.columns import Column
from exports.guard import as_text
from qms.rules.dispositions_costs import CATEGORIES
from qms.rules.words import Words

NAME = Words("Cost of poor quality", "不良质量成本")
BY_MONTH, LINES, CLOSED = Words("By month", "按月汇总"), Words("Lines", "明细"), Words("Closed months", "已结月份")
TOTAL, COPQ = Words("Total", "合计"), Words("Internal and external failure", "内外部损失合计")
FAILURE = ("internal_failure", "external_failure")
"""Classes that together are the cost of poor quality (COPQ); IATF 16949:2016 9.3.2.1."""
FROZEN, DIFFERENCE = Words("Frozen at closing", "结账时金额"), Words("Total less frozen", "合计与结账差异")

COLUMNS = (
    Column("period", Words("Month", "月份"), width=10), Column("category", Words("PAF class", "PAF 类别"), width=18),
    Column("element", Words("Element", "成本要素"), width=18), Column("currency", Words("Currency", "币种"), width=9),
    Column("amount", Words("Amount", "金额"), "decimal", width=14), Column("site", Words("Site", "工厂"), width=16),
    Column("unit", Words("Operation", "工序"), width=20), Column("item", Words("Item code", "产品编号"), width=14),
    Column("rejection", Words("Rejection no.", "不合格编号"), width=20),
    Column("stop", Words("Stop no.", "停线编号"), width=20),
    Column("complaint", Words("Customer complaint no.", "顾客投诉编号"), width=20),
    Column("quantity", Words("Quantity", "数量"), "decimal", width=11),
    Column("measure", Words("Measure", "单位"), width=10),
    Column("rate", Words("Rate", "费率"), "decimal", width=11), Column("source", Words("Source", "来源"), width=14),
    Column("posted_at", Words("Posted at", "过账时间"), "datetime", width=18),
    Column("approved_by", Words("Approved by finance", "财务确认人"), width=16),
    Column("note", Words("Note", "备注"), width=30),
    Column("reverses_id", Words("Takes back line", "冲销行号"), "integer", width=12),
    Column("id", Words("Line", "行号"), "integer", width=10),
)
_MONTHS = (Column("site", Words("Site", "工厂"), width=16), Column("currency", Words("Currency", "币种"), width=9),
           Column("period", Words("Month", "月份"), width=10),
           *(Column(name, words, "decimal", width=16) for name, words in CATEGORIES.items()),
           Column("lines", Words("Lines", "行数"), "integer", width=9),
           Column("closed_at", Words("Closed at", "结账时间"), "datetime", width=18),
           Column("closed_by", Words("Closed by", "结账人"), width=14),
           Column("content_hash", Words("SHA-256 of its lines", "明细 SHA-256"), width=66))
_HEAD = PatternFill("solid", fgColor="F4F6F8")
_WRAP = Alignment(wrap_text=True, vertical="top")
_FORMATS = {"decimal": "#,##0.00", "datetime": "yyyy-mm-dd hh:mm", "integer": "0"}


class Costs(NamedTuple):
    """What goes into the workbook: each currency and month that has a line, the lines, and the closed months."""

    months: Sequence[tuple[str, str]]
    lines: Iterable[Mapping[str, Any]]
    closed: Sequence[Mapping[str, Any]]


def cost_sheet(costs: Costs, language: str, about: About) -> tuple[bytes, int]:
    """Return the workbook as .xlsx and how many lines it has."""
    book = Workbook(write_only=True)
    with Marks(cover.SHEET.to(language)) as marks:
        writer = _Writer(book, language, about, marks)
        writer.by_month(costs.months, has_closed=bool(costs.closed))
        count = writer.listed(LINES, COLUMNS, costs.lines)
        if costs.closed:
            writer.listed(CLOSED, _MONTHS, costs.closed)
        writer.about([(LINES.to(language), count)])
        target = io.BytesIO()
        book.save(target)
    return target.getvalue(), count


class _Writer:
    """Writes one sheet after the other."""

    def __init__(self, book: Workbook, language: str, about: About, marks: Marks) -> None:
        self.book, self.language, self.told, self.marks = book, language, about, marks

    def by_month(self, months: Sequence[tuple[str, str]], *, has_closed: bool) -> None:
        """Write the formulas: a row for each currency and month, a column for each class, then what was frozen."""
        sheet = self.sheet(BY_MONTH, [9, 10, *[18] * 8])
        heads = [_of("currency").words, _of("period").words, *CATEGORIES.values(), TOTAL, COPQ]
        sheet.append([self.head(sheet, words) for words in (*heads, *((FROZEN, DIFFERENCE) if has_closed else ()))])
        failure = [get_column_letter(3 + list(CATEGORIES).index(name)) for name in FAILURE]
        last = get_column_letter(2 + len(CATEGORIES))
        total, frozen = get_column_letter(3 + len(CATEGORIES)), get_column_letter(5 + len(CATEGORIES))
        for row, (currency, period) in enumerate(months, start=2):
            cells: list[Any] = [currency, period]
            cells += [self.sum_of(get_column_letter(3 + place), row) for place in range(len(CATEGORIES))]
            cells += [f"=SUM(C{row}:{last}{row})", "=" + "+".join(f"{letter}{row}" for letter in failure)]
            if has_closed:
                cells += [self.frozen(row), f'=IF({frozen}{row}="","",{total}{row}-{frozen}{row})']
            sheet.append([self.formula(sheet, one) for one in cells])

    def sum_of(self, column: str, row: int) -> str:
        """Return the sum of the lines of a row's currency and month, and of the class that heads the column."""
        at = {name: self.range_of(LINES, COLUMNS, name) for name in ("amount", "period", "category", "currency")}
        return (f"=SUMIFS({at['amount']},{at['period']},$B{row},{at['category']},{column}$1,"
                f"{at['currency']},$A{row})")

    def frozen(self, row: int) -> str:
        """Return what was frozen of a row's currency and month; empty while it is open."""
        at = {name: self.range_of(CLOSED, _MONTHS, name) for name in ("currency", "period", *CATEGORIES)}
        asked = f"{at['period']},$B{row},{at['currency']},$A{row}"
        sums = "+".join(f"SUMIFS({at[name]},{asked})" for name in CATEGORIES)
        return f'=IF(COUNTIFS({asked})=0,"",{sums})'

    def range_of(self, sheet: Words, columns: Sequence[Column], name: str) -> str:
        letter = get_column_letter([column.key for column in columns].index(name) + 1)
        return f"'{sheet.to(self.language)}'!${letter}:${letter}"

    def listed(self, words: Words, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> int:
        """Write a table of typed columns and return how many rows it has."""
        sheet = self.sheet(words, [column.width for column in columns])
        heads = [column.head(self.language, self.told.zone) for column in columns]
        sheet.append([self.head(sheet, head) for head in heads])
        puts = [cell_writer(column.kind, head, self.marks) for column, head in zip(columns, heads, strict=True)]
        count = 0
        for count, row in enumerate(rows, start=1):
            self.marks.row = count + 1
            sheet.append([self.cell(sheet, put(row[column.key]), column.kind)
                          for put, column in zip(puts, columns, strict=True)])
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
        return count

    def about(self, counts: Sequence[tuple[str, int]]) -> None:
        sheet = self.sheet(cover.SHEET, [44, 90])
        text = cell_writer("text", "", self.marks)
        for parts in cover.lines(self.told, counts, self.marks, self.language):
            sheet.append([self.cell(sheet, text(part) if isinstance(part, str) else part, "text") for part in parts])

    def sheet(self, words: Words, widths: Sequence[float]) -> Any:
        """Return a new sheet whose head stays in sight and in print, on A4 across."""
        sheet: Any = self.book.create_sheet(words.to(self.language))
        for place, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
        sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.oddHeader.left.text, sheet.oddFooter.right.text = self.told.title.replace("&", "&&"), "&P / &N"
        return sheet

    def head(self, sheet: Any, head: Words | str) -> Any:
        cell = self.cell(sheet, head.to(self.language) if isinstance(head, Words) else head, "text")
        cell.font, cell.fill, cell.alignment = Font(bold=True), _HEAD, _WRAP
        return cell

    def cell(self, sheet: Any, value: Any, kind: str) -> Any:
        """Return a cell that holds a value as it is, never as a formula."""
        cell = WriteOnlyCell(sheet, value)
        as_text(cell)
        if kind in _FORMATS:
            cell.number_format = _FORMATS[kind]
        return cell

    def formula(self, sheet: Any, value: str) -> Any:
        """Return a cell with one of our own formulas, or a text."""
        if not value.startswith("="):
            return self.cell(sheet, value, "text")
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = _FORMATS["decimal"]
        return cell


def _of(name: str) -> Column:
    return next(column for column in COLUMNS if column.key == name)
