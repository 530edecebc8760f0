"""What the andon board shows of a site: every operation of its lines, running or not, worst first. Changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Site, Unit
from qms.models.stops import Rung, Stop
from qms.workflows.stops_shown import open_stops
from qms.workflows.stops_told import reached

SIGNALS: Mapping[str, str] = {"stopped": "stop", "contained": "stop", "restart_requested": "checks", "called": "call"}
"""What a tile shows for each open state, the worst first; without an open stop it runs."""
_WORST = {state: n for n, state in enumerate(SIGNALS)}


@dataclass(frozen=True, slots=True)
class Tile:
    """One operation: what it signals, by which stop (None: it runs), and how many more are open there."""

    unit: Unit
    signal: str
    stop: Stop | None
    more: int
    rung: Rung | None

    @property
    def since(self) -> datetime | None:
        """Return since when it signals this: the stop of the line, else the call."""
        return None if self.stop is None else self.stop.stopped_at or self.stop.called_at


@dataclass(frozen=True, slots=True)
class Board:
    """A site's operations by production line ("" for none), and how many signal what."""

    site: Site
    lines: Sequence[tuple[str, Sequence[Tile]]]
    counts: Mapping[str, int]

    @property
    def tiles(self) -> int:
        """Return how many operations there are."""
        return sum(len(tiles) for _line, tiles in self.lines)


def andon(session: Session, site: Site, line: str | None = None) -> Board:
    """Return the board of a site, or of one of its production lines."""
    stops: dict[int, list[Stop]] = defaultdict(list)
    for stop in open_stops(session, site.id):
        stops[stop.unit_id].append(stop)
    units = session.scalars(
        select(Unit).where(Unit.site_id == site.id, Unit.active, (Unit.kind == "operation") | Unit.id.in_(stops),
                           *([] if line is None else [Unit.line == line]))
        .order_by(Unit.line.is_(None), Unit.line, Unit.code))
    tiles: dict[str, list[Tile]] = defaultdict(list)
    for unit in units:
        tiles[unit.line or ""].append(_tile(unit, stops.get(unit.id, [])))
    return Board(site, list(tiles.items()), Counter(tile.signal for found in tiles.values() for tile in found))


def lines_of(session: Session, site_id: int) -> list[str]:
    """Return the production lines of a site's operations, in alphabetical order."""
    return [line for line in session.scalars(
        select(Unit.line).where(Unit.site_id == site_id, Unit.active, Unit.kind == "operation",
                                Unit.line.is_not(None)).distinct().order_by(Unit.line)) if line]


def _tile(unit: Unit, stops: Sequence[Stop]) -> Tile:
    if not stops:
        return Tile(unit, "running", None, 0, None)
    worst = min(stops, key=lambda stop: (_WORST[stop.state], stop.id))
    return Tile(unit, SIGNALS[worst.state], worst, len(stops) - 1, None if worst.arrived_at else reached(worst))
