"""How the thread of a lot finds its lots: what it was made from and what was made of it, each with its distance."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import InstrumentedAttribute

from qms.models.chain import Lot, LotSource
from qms.rules.chain_thread import MOST_LOTS, Entry, Gap, joined, order
from qms.rules.words import Words
from qms.workflows.chain_lots import reached_by

Column = InstrumentedAttribute[int]


@dataclass(frozen=True)
class Family:
    """A lot with its relatives. `distance`: generations, below 0 for what it was made from, above it what it became."""

    lot: Lot
    lots: dict[int, Lot]
    distance: dict[int, int]
    edges: list[LotSource] = field(default_factory=list)
    left_out: int = 0

    @property
    def ids(self) -> list[int]:
        """Return the ids of all its lots, nearest first."""
        return list(self.distance)


def family(session: Session, lot: Lot) -> Family:
    """Return a lot's relatives to all depths, the nearest first, as many as a thread follows."""
    older = _edges(session, lot.id, LotSource.lot_id, LotSource.source_id)
    younger = _edges(session, lot.id, LotSource.source_id, LotSource.lot_id)
    up = _distances(lot.id, [(e.lot_id, e.source_id) for e in older])
    down = _distances(lot.id, [(e.source_id, e.lot_id) for e in younger])
    distance = {i: -n for i, n in up.items()} | down
    nearest = sorted(distance, key=lambda i: (abs(distance[i]), i))[:MOST_LOTS]
    rows = session.scalars(select(Lot).where(Lot.id.in_(nearest)).options(joinedload(Lot.item)))
    lots = {row.id: row for row in rows}
    edges = {e.id: e for e in (*older, *younger)}
    return Family(lot, lots, {i: distance[i] for i in nearest if i in lots}, list(edges.values()),
                  len(distance) - len(nearest))


def made(held: Family) -> Iterable[Entry]:
    """Yield each lot's making, where its time is known, with what it was made from."""
    for lot in held.lots.values():
        if lot.made_at is not None:
            pieces = Words(f"{lot.quantity:,} {lot.item.unit}", f"{lot.quantity:,} {lot.item.unit}")
            yield Entry("made", lot.made_at, Words(f"Lot {lot.number} made", f"批次 {lot.number} 形成"), lot.id, "lots",
                        lot.id, text=joined(Words(f"{lot.item.code} {lot.item.name_en}",
                                                  f"{lot.item.code} {lot.item.name_zh}"), pieces, _from(held, lot)),
                        gaps=_before_its_source(held, lot))


def _from(held: Family, lot: Lot) -> Words | None:
    sources = [held.lots[e.source_id].number for e in held.edges if e.lot_id == lot.id and e.source_id in held.lots]
    return Words(f"made from {', '.join(sources)}", f"来源批次 {', '.join(sources)}") if sources else None


def _before_its_source(held: Family, lot: Lot) -> tuple[Gap, ...]:
    sources = (held.lots[e.source_id] for e in held.edges if e.lot_id == lot.id and e.source_id in held.lots)
    return tuple(gap for source in sources for gap in order(
        (Words(f"lot {source.number}", f"批次 {source.number}"), source.made_at), (Words("this lot", "本批次"),
                                                                                  lot.made_at)))


def _edges(session: Session, lot_id: int, here: Column, there: Column) -> list[LotSource]:
    """Return the steps of genealogy that lead one way from a lot, itself included."""
    return list(session.scalars(
        select(LotSource).where(LotSource.active, or_(here == lot_id, here.in_(reached_by(here, there))))
        .order_by(LotSource.id), {"lot_id": lot_id}))


def _distances(lot_id: int, steps: list[tuple[int, int]]) -> dict[int, int]:
    """Return how many generations away each lot is; a lot that leads back to itself is counted once."""
    following: dict[int, list[int]] = {}
    for here, there in steps:
        following.setdefault(here, []).append(there)
    found, edge = {lot_id: 0}, [lot_id]
    while edge:
        edge = [there for here in edge for there in following.get(here, ()) if there not in found
                and found.setdefault(there, found[here] + 1)]
    return found
