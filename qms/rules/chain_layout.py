"""Knows where the units of a chain stand on its map, so that no two labels meet; must not know how it is drawn.

Operations stand from left to right by rank, a row for each production line; outside suppliers at the left, outside
customers at the right; everything else in rows below.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from qms.rules.chain_graph import Edge, ranks

FEWEST_COLUMNS = 8
LANE_PX, STAGGERED_LANE_PX, ROW_PX, GAP_PX = 112, 152, 104, 24
LABEL_PX = 64
"""Height of a mark's label and the gap to it, on either side of the mark."""
COLUMNS_PER_OTHER = 2
WIDEST_LABEL = 3.0


class Standing(NamedTuple):
    """What of a unit decides where it stands."""

    id: int
    kind: str
    line: str | None
    code: str


class Spot(NamedTuple):
    """Where a unit stands: `x` in columns, `y` in pixels; its label above or below, `span` columns wide."""

    x: float
    y: float
    above: bool
    span: float


class Layout(NamedTuple):
    """Where everything stands, and how large the map is: `columns` wide, `height` pixels high."""

    spots: dict[int, Spot]
    columns: int
    height: int


def layout(units: Sequence[Standing], flow: Collection[Edge]) -> Layout:
    """Place the units. `flow` are the pairs of units between which items move."""
    ends = {unit for edge in flow for unit in edge}
    outside = {unit.id: unit.kind for unit in units if unit.kind in {"supplier", "customer"}}
    moving = sorted((u for u in units if u.id not in outside and (u.kind == "operation" or u.id in ends)),
                    key=lambda u: u.code)
    column = ranks([u.id for u in moving], [e for e in flow if e[0] not in outside and e[1] not in outside])
    suppliers = sorted((u for u in units if u.kind == "supplier"), key=lambda u: u.code)
    customers = sorted((u for u in units if u.kind == "customer"), key=lambda u: u.code)
    shift = 1 if suppliers else 0
    used = max(column.values(), default=-1) + 1 + shift + bool(customers)
    columns = max(FEWEST_COLUMNS, used)
    stretch = columns / max(used, 1) if used < FEWEST_COLUMNS else 1.0
    staggered = used >= FEWEST_COLUMNS
    rows, lanes = _lanes(moving, column)
    lane_px = STAGGERED_LANE_PX if staggered else LANE_PX
    height = max(lanes * lane_px, ROW_PX * max(len(suppliers), len(customers)))
    top = (height - lanes * lane_px) / 2
    places = {unit.id: ((column[unit.id] + shift + .5) * stretch, top + (rows[unit.id] + .5) * lane_px,
                        staggered and (column[unit.id] + shift) % 2 == 1) for unit in moving}
    places |= _column(suppliers, .5 * stretch, height)
    places |= _column(customers, (used - .5) * stretch, height)
    others = [u for u in units if u.id not in places]
    below, bottom = _rows_below(others, columns, height + GAP_PX if places else 0)
    return Layout(_spans(places | below, columns), columns, int(bottom))


Place = tuple[float, float, bool]


def _lanes(moving: Iterable[Standing], column: dict[int, int]) -> tuple[dict[int, int], int]:
    """Give each moving unit its row: lines one below the other, units of a line and column below each other."""
    by_line: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for unit in moving:
        by_line[unit.line or "\uffff"][column[unit.id]].append(unit.id)
    rows: dict[int, int] = {}
    first = 0
    for line in sorted(by_line):
        for stack in by_line[line].values():
            rows.update((unit, first + place) for place, unit in enumerate(stack))
        first += max(len(stack) for stack in by_line[line].values())
    return rows, first


def _column(units: Sequence[Standing], x: float, height: float) -> dict[int, Place]:
    """Spread units over the height of the map."""
    step = height / max(len(units), 1)
    return {unit.id: (x, (place + .5) * step, False) for place, unit in enumerate(units)}


def _rows_below(units: Sequence[Standing], columns: int, top: float) -> tuple[dict[int, Place], float]:
    """Put units in rows, kind by kind; return their places and where the last row ends."""
    many = columns // COLUMNS_PER_OTHER
    wide = columns / many
    ordered = sorted(units, key=lambda u: (u.kind, u.code))
    places = {unit.id: ((n % many + .5) * wide, top + (n // many + .5) * ROW_PX, False)
              for n, unit in enumerate(ordered)}
    return places, top + -(-len(ordered) // many) * ROW_PX


def _spans(places: dict[int, Place], columns: int) -> dict[int, Spot]:
    """Give each label the room up to every label at its height, and to the edges of the map."""
    tops = {unit: y - LABEL_PX if above else y for unit, (_, y, above) in places.items()}
    spots = {}
    for unit, (x, y, above) in places.items():
        beside = [abs(place[0] - x) for other, place in places.items()
                  if place[0] != x and abs(tops[other] - tops[unit]) < LABEL_PX]
        room = min([WIDEST_LABEL, 2 * x, 2 * (columns - x), *beside])
        spots[unit] = Spot(round(x, 3), round(y, 1), above, round(room, 3))
    return spots
