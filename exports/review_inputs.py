"""Knows the sheet of one input in a review's workbook: its answer, figures, charts and words; must not know others."""

from collections.abc import Sequence
from typing import Any

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from exports import review_words as words
from exports.review_book import AMBER, BOLD, GREEN, GREY, RED, Book, bold, change_format
from exports.review_charts import native, stacked_matrix
from exports.review_data import data_sheet
from exports.review_formulas import Area, change, live
from exports.review_series import charts_of, flow
from exports.sheets_page import fit
from qms.rules.review_packs import PackInput
from qms.rules.review_shown import NOTHING, unit_of_kind
from qms.rules.review_snapshots import Chart, Figure, Table
from qms.rules.words import Words

WIDTHS = (32, 12, 9, 11, 11, 12, 9, 12, 42, 9)
_HEADS = (words.FIGURE, words.NOW, words.COUNTED, words.LOW, words.HIGH, words.BEFORE, words.BEFORE_COUNTED,
          words.CHANGE, words.HOW, words.RECORDS)
_COLOURS = {"missing": RED, "filled": GREEN, "not_applicable": GREY}
_CHART_ROWS, _PIECE = 16, 1500
_FLOW = Words("Matrix of", "矩阵:")


def input_sheet(book: Book, number: str, one: PackInput, back: str) -> Any:
    """Write an input with a data sheet for each of its tables after it, and return its sheet."""
    title = book.say(one.rule.words)
    sheet = book.sheet(f"{number} {title}", f"{number} {title}", WIDTHS, colour=_COLOURS[one.state], back=back)
    areas = {table.key: data_sheet(book, f"{number}.{place} {book.say(table.words)}", table, sheet.title)
             for place, table in enumerate(one.tables, start=1)}
    writer = _Sheet(book, sheet, one, areas)
    writer.answer()
    writer.figures()
    writer.charts()
    writer.tables()
    writer.decisions()
    return sheet


class _Sheet:
    """The sheet being written, from top to bottom."""

    def __init__(self, book: Book, sheet: Any, one: PackInput, areas: dict[str, Area]) -> None:
        self.book, self.sheet, self.one, self.areas = book, sheet, one, areas
        self.row = 2

    def answer(self) -> None:
        """Write clauses, state and everything that is said in words."""
        one, say = self.one, self.book.say
        self.text(words.CLAUSE, "; ".join(one.rule.clauses) or NOTHING)
        state = self.text(words.STATE, say(words.state_of(one)))
        state.font = bold(_COLOURS[one.state])
        if self.book.pack.is_owed(one):
            self.text(words.MISSING, say(one.rule.ask), RED)
        for label, texts, colour in ((words.WARNED, words.warnings_of(one), AMBER),
                                     (words.SAID, one.snapshot.said, None)):
            for text in texts:
                self.text(label, say(text), colour)
        self.text(words.REASON, one.reason)
        self.text(words.TYPED, one.body)
        self.text(words.NOTE, one.note)
        if one.imported_name:
            self.text(words.IMPORTED, f"{one.imported_name}, SHA-256 {one.imported_sha256}")

    def text(self, label: Words, text: str | None, colour: str | None = None) -> Any:
        """Write a label and a text beside it that reaches over the page; a long one takes as many rows as it needs."""
        first = None
        for piece in _pieces(text or ""):
            cell = self.book.put(self.sheet, self.row, 2, piece)
            self.sheet.merge_cells(start_row=self.row, start_column=2, end_row=self.row, end_column=9)
            fit(self.sheet, self.row, [(cell, int(sum(WIDTHS[1:9]) * 0.95))])
            if colour:
                cell.font = bold(colour)
            if first is None:
                first = cell
                self.book.put(self.sheet, self.row, 1, label).font = BOLD
            self.row += 1
        return first

    def figures(self) -> None:
        """Write the figures, live where they follow from a data sheet."""
        if not self.one.snapshot.figures:
            return
        self.row += 1
        self.book.heads(self.sheet, self.row, [self.book.say(head) for head in _HEADS])
        for figure in self.one.snapshot.figures:
            self.row += 1
            self.figure(figure)
        self.row += 1

    def figure(self, figure: Figure) -> None:
        book, sheet, row, kind = self.book, self.sheet, self.row, figure.kind
        now, before, unit = figure.now, figure.before, unit_of_kind(figure.kind)
        name = book.say(figure.words)
        title = book.put(sheet, row, 1, f"{name} [{book.say(unit)}]" if unit else name, ruled=True)
        formulas = live(figure, self.areas, row)
        for column, formula, value, as_kind in ((2, formulas.now, now.value, kind), (3, formulas.n, now.n, "count"),
                                                (4, formulas.low, now.low, kind), (5, formulas.high, now.high, kind)):
            if formula:
                book.formula(sheet, row, column, formula, value, as_kind)
            else:
                self.number(column, value, as_kind)
        for column, value, as_kind in ((6, before.value if before else None, kind),
                                       (7, before.n if before else None, "count")):
            self.number(column, value, as_kind)
        book.formula(sheet, row, 8, change(row, kind), now.value, kind).number_format = change_format(
            now.value, kind, book.language)
        query = book.put(sheet, row, 9, figure.query, ruled=True)
        query.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1)
        book.open(sheet, row, 10, book.say(words.OPEN), book.pack.link(figure.path))
        fit(sheet, row, [(query, WIDTHS[8]), (title, WIDTHS[0])])
        sheet.cell(row, 2).font = BOLD

    def number(self, column: int, value: Any, kind: str) -> None:
        """Write a frozen number; a dash where nothing was counted."""
        cell = self.book.put(self.sheet, self.row, column, NOTHING if value is None else value, kind, ruled=True)
        cell.alignment = Alignment(horizontal="right", vertical="top")

    def charts(self) -> None:
        """Draw every chart, two side by side."""
        drawn = [self.chart(table, chart) for table, chart in charts_of(self.one.tables)]
        self.row += 1 if drawn else 0
        for place, chart in enumerate(drawn):
            self.sheet.add_chart(chart, f"{'AF'[place % 2]}{self.row + place // 2 * _CHART_ROWS}")
        self.row += -(-len(drawn) // 2) * _CHART_ROWS

    def chart(self, table: Table, chart: Chart) -> Any:
        if chart.kind == "flow":
            return self.matrix(table, chart)
        return native(table, chart, self.areas[table.key], self.book.file, self.book.language)

    def matrix(self, table: Table, chart: Chart) -> Any:
        """Write how much goes from where to where as sums over the data sheet, and return the chart over it."""
        told, area, (target, amount) = flow(table, chart, self.book.language), self.areas[table.key], chart.series[:2]
        self.row += 1
        title = f"{self.book.say(_FLOW)} {self.book.say(chart.words)}"
        cell = self.book.put(self.sheet, self.row, 1, title)
        cell.font, cell.alignment = BOLD, None
        head = self.row = self.row + 1
        self.book.heads(self.sheet, head, [self.book.say(table.columns[table.place(chart.x)].words), *told.targets])
        for source in told.sources:
            self.row += 1
            self.book.put(self.sheet, self.row, 1, source, ruled=True)
            for place in range(2, len(told.targets) + 2):
                self.book.formula(self.sheet, self.row, place, (
                    f"=SUMIFS({area.range_of(amount)},{area.range_of(chart.x)},$A{self.row},"
                    f"{area.range_of(target)},{get_column_letter(place)}${head})"), 0, told.kind)
        self.row += 1
        return stacked_matrix(self.sheet, head, self.row - 1, len(told.targets) + 1, self.book.say(chart.words))

    def tables(self) -> None:
        """Write where the data is, how it was counted and how many rows it has."""
        if not self.one.tables:
            return
        self.row += 1
        for table in self.one.tables:
            self.book.lead(self.sheet, self.row, 1, self.book.say(table.words), self.areas[table.key].sheet)
            self.book.put(self.sheet, self.row, 2, len(table.rows), "count")
            self.book.put(self.sheet, self.row, 3, words.ROWS)
            query = self.book.put(self.sheet, self.row, 4, table.query)
            self.sheet.merge_cells(start_row=self.row, start_column=4, end_row=self.row, end_column=9)
            fit(self.sheet, self.row, [(query, int(sum(WIDTHS[3:9])))])
            self.row += 1

    def decisions(self) -> None:
        """Write what was decided on this input."""
        found = [one for one in self.book.pack.decisions if one.input_code == self.one.code]
        for one in found:
            self.text(words.DECISION, f"{one.place}. {one.body} ({one.owner}, {one.due_on}, "
                                      f"{self.book.say(words.decision_state(one.state))})")


def _pieces(text: str) -> Sequence[str]:
    """Return a text in pieces that a row can show whole: its paragraphs, and long ones cut."""
    return [line[start:start + _PIECE] for line in text.splitlines() for start in range(0, max(len(line), 1), _PIECE)]
