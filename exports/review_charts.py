"""Knows how the tables of a review are drawn as native charts of a sheet; must not know what is drawn."""

from decimal import Decimal
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.series import SeriesLabel
from openpyxl.drawing.text import CharacterProperties, ParagraphProperties

from exports.review_book import number_format
from exports.review_formulas import Area
from exports.review_series import COLOURS, LIMITS, label
from qms.rules.review_snapshots import Chart, Table

WIDTH, HEIGHT = 13.6, 7.4
"""Centimetres; two stand side by side on a page."""
_LONGEST_NAME = 14


def native(table: Table, chart: Chart, area: Area, file: Any, language: str) -> Any:
    """Return a chart over the data sheet of a table. `flow` is drawn over its matrix instead, see `stacked_matrix`."""
    drawn = _DRAW[chart.kind](_Source(table, chart, area, file[area.sheet], language))
    return _laid_out(drawn, chart.words.to(language))


def stacked_matrix(sheet: Any, first: int, last: int, columns: int, words: str) -> Any:
    """Return a stacked bar chart over a matrix whose head is in row `first` and whose names are in column A."""
    made = _bars(stacked=True)
    for place in range(2, columns + 1):
        made.append(_series(Reference(sheet, place, first + 1, place, last), sheet, first, place, COLOURS[place - 2 - (
            (place - 2) // len(COLOURS)) * len(COLOURS)]))
    made.set_categories(Reference(sheet, 1, first + 1, 1, last))
    names = (len(str(sheet.cell(row, 1).value)) for row in range(first + 1, last + 1))
    return _laid_out(_lying(made, max(names, default=0)), words)


class _Source:
    """Where the cells of a chart are."""

    def __init__(self, table: Table, chart: Chart, area: Area, sheet: Any, language: str) -> None:
        self.table, self.chart, self.area, self.sheet, self.language = table, chart, area, sheet, language

    def column(self, key: str) -> Reference:
        place = self.table.place(key) + 1
        return Reference(self.sheet, place, self.area.first, place, self.area.last)

    def series(self, key: str, colour: str) -> Any:
        return _series(self.column(key), self.sheet, self.area.first - 1, self.table.place(key) + 1, colour)

    def least(self) -> float:
        places = [self.table.place(key) for key in self.chart.series]
        cells = (row.cells[place] for row in self.table.rows for place in places)
        return min((float(cell) for cell in cells if isinstance(cell, int | float | Decimal)), default=0.0)

    def longest_name(self) -> int:
        place = self.table.place(self.chart.x)
        return max((len(label(row.cells[place], self.language)) for row in self.table.rows), default=0)

    def kind(self, key: str) -> str:
        return self.table.columns[self.table.place(key)].kind


def _line(source: _Source) -> Any:
    made = LineChart()
    for key, colour in zip(source.chart.series, COLOURS, strict=False):
        line = source.series(key, colour)
        line.marker.symbol, line.marker.size, line.smooth = "circle", 5, False
        line.marker.graphicalProperties.solidFill = line.marker.graphicalProperties.line.solidFill = colour
        line.graphicalProperties.line.width = 22000
        made.append(line)
    return _numbered(made, source, source.chart.series[0])


def _limits(source: _Source) -> Any:
    made = _line(source)
    for line, colour in zip(made.series[1:], LIMITS[1:], strict=False):
        line.marker.symbol = "none"
        line.graphicalProperties.line.solidFill, line.graphicalProperties.line.width = colour, 15000
        line.graphicalProperties.line.dashStyle = "dash"
    return made


def _bar(source: _Source, *, stacked: bool = False) -> Any:
    made = _bars(stacked=stacked)
    for key, colour in zip(source.chart.series, COLOURS, strict=False):
        made.append(source.series(key, colour))
    if source.least() >= 0:
        made.y_axis.scaling.min = 0
    return _lying(_numbered(made, source, source.chart.series[0]), source.longest_name())


def _lying(made: Any, longest: int) -> Any:
    """Lay bars down whose names are too long to stand under them, the first on top."""
    if longest > _LONGEST_NAME:
        made.type, made.x_axis.scaling.orientation, made.y_axis.crosses = "bar", "maxMin", "max"
    return made


def _stacked(source: _Source) -> Any:
    return _bar(source, stacked=True)


def _pareto(source: _Source) -> Any:
    """Return bars of the number and, on an axis of its own, the line of the cumulated share."""
    number, share = source.chart.series[:2]
    made = _bars(stacked=False)
    made.append(source.series(number, COLOURS[0]))
    _numbered(made, source, number)
    line = LineChart()
    line.append(source.series(share, LIMITS[2]))
    line.series[0].marker.symbol, line.series[0].smooth = "circle", False
    _numbered(line, source, share)
    line.y_axis.axId, line.y_axis.crosses, line.y_axis.majorGridlines = 200, "max", None
    line.y_axis.scaling.min, line.y_axis.scaling.max = 0, 1
    line.y_axis.delete = False
    made += line
    return made


def _bars(*, stacked: bool) -> Any:
    made = BarChart()
    made.type, made.gapWidth = "col", 60
    if stacked:
        made.grouping, made.overlap = "stacked", 100
    return made


def _series(values: Reference, sheet: Any, head_row: int, column: int, colour: str) -> Any:
    made = Series(values)
    head = Reference(sheet, column, head_row, column, head_row)
    made.tx = SeriesLabel(strRef=StrRef(str(head)))
    made.graphicalProperties.solidFill = made.graphicalProperties.line.solidFill = colour
    return made


def _numbered(made: Any, source: _Source, key: str) -> Any:
    made.set_categories(source.column(source.chart.x))
    sample = next((row.cells[source.table.place(key)] for row in source.table.rows
                   if row.cells[source.table.place(key)] is not None), 0)
    made.y_axis.number_format = number_format(sample, source.kind(key))
    made.y_axis.numFmt.sourceLinked = False
    if source.kind(source.chart.x) == "date":
        made.x_axis.number_format = "yyyy-mm"
        made.x_axis.numFmt.sourceLinked = False
    return made


def _laid_out(made: Any, title: str) -> Any:
    made.title, made.width, made.height = title, WIDTH, HEIGHT
    made.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=CharacterProperties(sz=1200, b=True))
    made.legend.position = "b"
    made.x_axis.delete = made.y_axis.delete = False
    return made


_DRAW = {"line": _line, "bar": _bar, "stacked": _stacked, "pareto": _pareto, "limits": _limits}
