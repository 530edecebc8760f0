"""Knows how a table of a review becomes a native chart of a slide; must not know which slide."""

import re
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.util import Inches, Pt

from exports.review_book import number_format
from exports.review_series import COLOURS, LIMITS, Drawn, Line, drawn, flow
from exports.review_slide import rgb
from qms.rules.review_snapshots import Chart, Table

_LINES, _COLUMNS, _STACKED = (XL_CHART_TYPE.LINE_MARKERS, XL_CHART_TYPE.COLUMN_CLUSTERED,
                              XL_CHART_TYPE.COLUMN_STACKED)
_KINDS = {"line": _LINES, "limits": _LINES, "bar": _COLUMNS, "pareto": _COLUMNS, "stacked": _STACKED, "flow": _STACKED}
_MOST, _LONGEST, _LONGEST_NAME = 24, 16, 40
_NOT_A_TEXT = re.compile(r"[=+@-]|\{=|\w+:")


def add_chart(slide: Any, table: Table, chart: Chart, language: str, x: float, y: float, width: float,
              height: float) -> Any:
    """Draw a chart natively; a Pareto chart shows its bars, a flow how much of each source was found where."""
    told = _told(table, chart, language)
    written = number_format(_sample(told.lines[0]), told.lines[0].kind)
    data = CategoryChartData(number_format=written)
    data.categories = [_label(one) for one in told.labels[:_MOST]]
    for line in told.lines:
        data.add_series(_label(line.name, _LONGEST_NAME), line.values[:_MOST])
    made = slide.shapes.add_chart(_KINDS[chart.kind], Inches(x), Inches(y), Inches(width), Inches(height), data).chart
    made.value_axis.tick_labels.number_format = written
    made.value_axis.tick_labels.number_format_is_linked = False
    _dress(made, chart, language)
    return made


def _told(table: Table, chart: Chart, language: str) -> Drawn:
    if chart.kind == "flow":
        ways = flow(table, chart, language)
        return Drawn(ways.sources, [Line(target, ways.kind, [ways.amounts.get((source, target), 0)
                                                             for source in ways.sources]) for target in ways.targets])
    told = drawn(table, chart, language)
    return Drawn(told.labels, told.lines[:1]) if chart.kind == "pareto" else told


def _dress(made: Any, chart: Chart, language: str) -> None:
    made.font.size = Pt(11)
    made.has_title = True
    made.chart_title.text_frame.text = chart.words.to(language)
    made.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(14)
    made.has_legend = True
    made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    made.value_axis.major_gridlines.format.line.color.rgb = rgb("D9E0E7")
    made.value_axis.format.line.fill.background()
    for place, series in enumerate(made.plots[0].series):
        _colour(series, chart.kind, place)
    if chart.kind not in {"line", "limits"}:
        made.plots[0].gap_width = 60


def _colour(series: Any, kind: str, place: int) -> None:
    colours = LIMITS if kind == "limits" else COLOURS
    colour = rgb(colours[place % len(colours)])
    if kind not in {"line", "limits"}:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour
        return
    series.smooth = False
    series.format.line.color.rgb, series.format.line.width = colour, Pt(2)
    if kind == "limits" and place:
        series.format.line.dash_style, series.format.line.width = MSO_LINE.DASH, Pt(1.25)
        series.marker.format.fill.background()
        series.marker.format.line.fill.background()
    else:
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = colour


def _label(text: str, longest: int = _LONGEST) -> str:
    """Return a label that fits and that the workbook inside the chart keeps as a text."""
    short = text if len(text) <= longest else f"{text[:longest - 1]}…"
    return f" {short}" if _NOT_A_TEXT.match(short) else short


def _sample(line: Line) -> float:
    return next((value for value in line.values if value is not None), 0.0)
