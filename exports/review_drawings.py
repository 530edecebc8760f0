"""Knows how the charts of a review are drawn as SVG, for paper; must not know what is drawn or on which page."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from exports.fonts import FAMILY, settable
from exports.review_flow import flow_lines
from exports.review_series import COLOURS, LIMITS, Drawn, Line, drawn, flow
from qms.rules.review_shown import shown
from qms.rules.review_snapshots import Chart, Table

WIDTH, HEIGHT = 260, 165
_LEFT, _RIGHT, _TOP, _FOOT = 38, 8, 8, 42
_INK, _MUTED, _LINE = "#1b2733", "#56646f", "#d9e0e7"
_SIZE, _WIDE, _STEPS, _BESIDE = 7.5, 0x2E7F, 4, 3


class Scale(NamedTuple):
    """An axis: its ends, and how its values are written."""

    low: float
    high: float
    kind: str

    def at(self, value: float) -> float:
        """Return where a value is, from the top of the picture."""
        return _TOP + (HEIGHT - _TOP - _FOOT) * (1 - (value - self.low) / (self.high - self.low))


def svg(table: Table, chart: Chart, language: str) -> str:
    """Return a chart as SVG."""
    parts = (flow_lines(flow(table, chart, language), WIDTH, HEIGHT) if chart.kind == "flow"
             else _DRAW[chart.kind](drawn(table, chart, language)))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FAMILY}" '
            f'font-size="{_SIZE}">{"".join(parts)}</svg>')


def text(x: float, y: float, words: str, anchor: str = "middle", colour: str = _INK) -> str:
    """Return a text at a place; a character that cannot be set is shown by its code."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(settable(words))}</text>'


def shortened(words: str, width: float) -> str:
    """Return a text that fits into a width, cut with an ellipsis."""
    room = width
    for place, sign in enumerate(words):
        room -= _SIZE if ord(sign) > _WIDE else _SIZE * 0.56
        if room < 0:
            return words[: max(place - 1, 1)] + "…"
    return words


def _line(told: Drawn) -> Iterator[str]:
    yield from _lined(told, COLOURS, dashed=False)


def _limits(told: Drawn) -> Iterator[str]:
    yield from _lined(told, LIMITS, dashed=True)


def _lined(told: Drawn, colours: Sequence[str], *, dashed: bool) -> Iterator[str]:
    scale = _scale([value for line in told.lines for value in line.values], told.lines[0].kind, from_zero=False)
    yield from _axes(told, scale, colours)
    for place, (line, colour) in enumerate(zip(told.lines, colours, strict=False)):
        yield from _polyline(line, scale, colour, _RIGHT, dashed=dashed and place > 0)


def _bar(told: Drawn) -> Iterator[str]:
    scale = _scale([value for line in told.lines for value in line.values], told.lines[0].kind, from_zero=True)
    yield from _axes(told, scale, COLOURS)
    slot = _slot(told, _RIGHT)
    wide = slot * 0.7 / len(told.lines)
    for series, (line, colour) in enumerate(zip(told.lines, COLOURS, strict=False)):
        for place, value in enumerate(line.values):
            yield _box(_LEFT + slot * (place + 0.15) + wide * series, wide, scale, 0, value or 0, colour)


def _stacked(told: Drawn) -> Iterator[str]:
    sums = [sum(value or 0 for value in column) for column in zip(*(line.values for line in told.lines), strict=True)]
    scale = _scale(sums, told.lines[0].kind, from_zero=True)
    yield from _axes(told, scale, COLOURS)
    slot, below = _slot(told, _RIGHT), [0.0] * len(told.labels)
    for line, colour in zip(told.lines, COLOURS, strict=False):
        for place, value in enumerate(line.values):
            top = below[place] + (value or 0)
            yield _box(_LEFT + slot * (place + 0.2), slot * 0.6, scale, below[place], top, colour)
            below[place] = top


def _pareto(told: Drawn) -> Iterator[str]:
    number, share = told.lines[:2]
    right, shares = 36, Scale(0, 1, "percent")
    scale = _scale(number.values, number.kind, from_zero=True)
    yield from _axes(told, scale, (COLOURS[0], LIMITS[2]), right)
    slot = _slot(told, right)
    for place, value in enumerate(number.values):
        yield _box(_LEFT + slot * (place + 0.15), slot * 0.7, scale, 0, value or 0, COLOURS[0])
    yield from _polyline(share, shares, LIMITS[2], right)
    for step in range(_STEPS + 1):
        part = step / _STEPS
        yield text(WIDTH - right + 3, shares.at(part) + 2.5, shown(part, "percent", "en"), "start", _MUTED)


def _axes(told: Drawn, scale: Scale, colours: Sequence[str], right: int = _RIGHT) -> Iterator[str]:
    """Yield the lines of the grid with their values, the labels and the legend."""
    for step in range(_STEPS + 1):
        value = scale.low + (scale.high - scale.low) * step / _STEPS
        y = scale.at(value)
        yield f'<path d="M{_LEFT} {y:.1f}H{WIDTH - right}" stroke="{_LINE}" stroke-width="0.7"/>'
        yield text(_LEFT - 3, y + 2.5, _written(value, scale.kind), "end", _MUTED)
    slot = _slot(told, right)
    every = max(math.ceil(len(told.labels) * 32 / (WIDTH - _LEFT - right)), 1)
    for place in range(0, len(told.labels), every):
        yield text(_LEFT + slot * (place + 0.5), HEIGHT - _FOOT + 11, shortened(told.labels[place], slot * every - 2))
    yield from _legend(told.lines, colours)


def _legend(lines: Sequence[Line], colours: Sequence[str]) -> Iterator[str]:
    wide = (WIDTH - 10) / min(len(lines), _BESIDE)
    for place, (line, colour) in enumerate(zip(lines, colours, strict=False)):
        x, y = 8 + wide * (place % _BESIDE), HEIGHT - 23 + 11 * (place // _BESIDE)
        yield f'<rect x="{x:.1f}" y="{y}" width="7" height="7" fill="#{colour}"/>'
        yield text(x + 10, y + 6.5, shortened(line.name, wide - 14), "start", _MUTED)


def _polyline(line: Line, scale: Scale, colour: str, right: int, *, dashed: bool = False) -> Iterator[str]:
    """Yield a line that breaks where nothing was counted, with a dot for each value of a line that is not dashed."""
    slot = (WIDTH - _LEFT - right) / max(len(line.values), 1)
    points = [None if value is None else (_LEFT + slot * (place + 0.5), scale.at(value))
              for place, value in enumerate(line.values)]
    steps = [f"{'M' if place == 0 or points[place - 1] is None else 'L'}{point[0]:.1f} {point[1]:.1f}"
             for place, point in enumerate(points) if point]
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    yield f'<path d="{"".join(steps)}" fill="none" stroke="#{colour}" stroke-width="1.4"{dash}/>'
    if not dashed:
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="#{colour}"/>' for x, y in filter(None, points))


def _box(x: float, width: float, scale: Scale, low: float, high: float, colour: str) -> str:
    top, foot = sorted((scale.at(low), scale.at(high)))
    return f'<rect x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{foot - top:.1f}" fill="#{colour}"/>'


def _slot(told: Drawn, right: int) -> float:
    return (WIDTH - _LEFT - right) / max(len(told.labels), 1)


def _scale(values: Sequence[float | None], kind: str, *, from_zero: bool) -> Scale:
    """Return an axis whose steps are round numbers and that reaches over all values."""
    known = [value for value in values if value is not None] or [0.0]
    low, high = min(known), max(known)
    if from_zero:
        low, high = min(low, 0), max(high, 0)
    step = _round_step((high - low) / _STEPS or abs(high) / _STEPS or 1)
    start = math.floor(low / step + 1e-9) * step
    while start + step * _STEPS < high - 1e-9:
        step = _round_step(step * 1.01)
        start = math.floor(low / step + 1e-9) * step
    return Scale(start, start + step * _STEPS, kind)


def _round_step(step: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(step))
    return next(times * power for times in (1, 2, 2.5, 5, 10) if times * power >= step * (1 - 1e-9))


def _written(value: float, kind: str) -> str:
    whole = kind != "percent" and abs(value - round(value)) < 1e-9
    return shown(round(value) if whole else value, "count" if whole else kind, "en")


_DRAW: dict[str, Callable[[Drawn], Iterator[str]]] = {
    "line": _line, "bar": _bar, "stacked": _stacked, "pareto": _pareto, "limits": _limits}
