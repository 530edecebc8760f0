"""Knows how amounts that go from places to places are drawn as bands between two columns; must not know any page."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from exports.fonts import settable
from exports.review_series import COLOURS, Flow
from qms.rules.review_shown import shown

_COLUMN, _GAP, _EDGE, _ROOM = 7.0, 5.0, 6.0, 80.0


def flow_lines(told: Flow, width: float, height: float) -> Iterator[str]:
    """Yield the bands and the columns of a flow as SVG, each source in its colour, all to one scale."""
    total = sum(told.amounts.values())
    most = max(len(told.sources), len(told.targets), 1)
    unit = (height - 2 * _EDGE - _GAP * (most - 1)) / total if total else 0
    left, right = _ROOM, width - _ROOM - _COLUMN
    starts, ends = _places(told, told.sources, 0, unit, height), _places(told, told.targets, 1, unit, height)
    offsets, arrivals = dict(starts), dict(ends)
    for source in told.sources:
        for target in told.targets:
            tall = told.amounts.get((source, target), 0) * unit
            if tall:
                colour = COLOURS[told.sources.index(source) % len(COLOURS)]
                yield _band(left + _COLUMN, offsets[source], right, arrivals[target], tall, colour)
                offsets[source] += tall
                arrivals[target] += tall
    yield from _column(told, told.sources, 0, starts, unit, left)
    yield from _column(told, told.targets, 1, ends, unit, right)


def _places(told: Flow, names: Sequence[str], side: int, unit: float, height: float) -> dict[str, float]:
    """Return where each name's column begins; together they stand in the middle."""
    tall = [_amount(told, name, side) * unit for name in names]
    y = (height - sum(tall) - _GAP * (len(names) - 1)) / 2
    found = {}
    for name, one in zip(names, tall, strict=True):
        found[name] = y
        y += one + _GAP
    return found


def _column(told: Flow, names: Sequence[str], side: int, places: dict[str, float], unit: float,
            x: float) -> Iterator[str]:
    for place, name in enumerate(names):
        amount = _amount(told, name, side)
        tall = max(amount * unit, 1)
        colour = f"#{COLOURS[place % len(COLOURS)]}" if side == 0 else "#56646f"
        yield f'<rect x="{x:.1f}" y="{places[name]:.1f}" width="{_COLUMN}" height="{tall:.1f}" fill="{colour}"/>'
        words = escape(settable(f"{name[:14]} {shown(round(amount, 2), told.kind, 'en')}"))
        at, anchor = (x - 4, "end") if side == 0 else (x + _COLUMN + 4, "start")
        yield (f'<text x="{at:.1f}" y="{places[name] + tall / 2 + 2.5:.1f}" text-anchor="{anchor}" fill="#1b2733">'
               f"{words}</text>")


def _band(x: float, y: float, to_x: float, to_y: float, tall: float, colour: str) -> str:
    middle = (x + to_x) / 2
    return (f'<path d="M{x:.1f} {y:.1f}C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}v{tall:.1f}'
            f'C{middle:.1f} {to_y + tall:.1f} {middle:.1f} {y + tall:.1f} {x:.1f} {y + tall:.1f}z" '
            f'fill="#{colour}" fill-opacity="0.35"/>')


def _amount(told: Flow, name: str, side: int) -> float:
    return sum(amount for pair, amount in told.amounts.items() if pair[side] == name)
