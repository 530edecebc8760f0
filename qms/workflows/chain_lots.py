"""What is done with lots: made, changed, and traced to what they were made from. Knows no hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from qms.models.chain import Item, Lot, LotSource
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.workflows.chain_records import change, check_free, for_edit, one, required, site_of

Sources = Sequence[tuple[int, int | None]]
"""Lots that a lot was made from: id and pieces taken (None: unknown)."""

MOST_PIECES = 2_000_000_000


def add_lot(session: Session, person: Actor, *, site_id: int, number: str, item_id: int, quantity: int,
            made_at: datetime | None = None, sources: Sources = ()) -> Lot:
    """Make a lot and say what it was made from. Raises Invalid, Doubled, NotFound, NotAllowed."""
    site_of(session, person, site_id)
    number = required(number, "number")
    check_free(session, Lot.number, number, site_id=site_id)
    item = one(session, person, Item, item_id)
    if item.site_id != site_id:
        raise Invalid("The item belongs to another site.", "产品属于另一工厂。", field="item_id")
    _check_quantity(quantity)
    lot = Lot(site_id=site_id, number=number, item_id=item_id, quantity=quantity, made_at=made_at)
    session.add(lot)
    session.flush()
    if sources:
        _set_sources(session, person, lot, sources)
    return lot


def edit_lot(session: Session, person: Actor, lot_id: int, rev: int, *, sources: Sources | None = None,
             **fields: Any) -> Lot:
    """Change a lot's number, item, quantity or time, and what it was made from (None: left as it is).

    Raises Stale, Invalid, Doubled, NotFound, NotAllowed.
    """
    lot = for_edit(session, person, Lot, lot_id, rev=rev, given=fields)
    if "number" in fields:
        fields["number"] = required(fields["number"], "number")
        check_free(session, Lot.number, fields["number"], site_id=lot.site_id, but=lot.id)
    if "quantity" in fields:
        _check_quantity(fields["quantity"])
    if "item_id" in fields and one(session, person, Item, fields["item_id"]).site_id != lot.site_id:
        raise Invalid("The item belongs to another site.", "产品属于另一工厂。", field="item_id")
    change(lot, fields)
    session.flush()
    if sources is not None:
        _set_sources(session, person, lot, sources)
    return lot


def sources_by_number(session: Session, site_id: int, named: Sequence[tuple[str, int | None]]) -> Sources:
    """Turn lot numbers of a site into lot ids. Raises Invalid naming all unknown numbers."""
    known = {lot.number: lot.id for lot in session.scalars(
        select(Lot).where(Lot.site_id == site_id, Lot.number.in_([number for number, _ in named])))}
    unknown = ", ".join(dict.fromkeys(number for number, _ in named if number not in known))
    if unknown:
        raise Invalid(f"There is no lot with this number: {unknown}.", f"没有批次号为 {unknown} 的批次。",
                      field="sources")
    return [(known[number], taken) for number, taken in named]


def sources_of(session: Session, lot_id: int) -> list[LotSource]:
    """Return what a lot was directly made from, in the order in which it was recorded."""
    return list(session.scalars(select(LotSource).where(LotSource.lot_id == lot_id, LotSource.active)
                                .order_by(LotSource.id)))


def lot_family(session: Session, lot_id: int) -> set[int]:
    """Return the lot and every lot that it was made from, at any distance."""
    return {lot_id, *session.scalars(_FAMILY, {"lot_id": lot_id})}


def descendants(session: Session, lot_id: int) -> set[int]:
    """Return every lot that was made from the lot, at any distance; without the lot itself."""
    return set(session.scalars(_DESCENDANTS, {"lot_id": lot_id})) - {lot_id}


def reached_by(here: InstrumentedAttribute[int], there: InstrumentedAttribute[int]) -> Select[int]:
    """Return the statement that walks the genealogy from :lot_id one way."""
    first: Select[int] = select(there.label("id")).where(here == bindparam("lot_id"), LotSource.active)
    found = first.cte("found", recursive=True)
    found = found.union(select(there).join(found, here == found.c.id).where(LotSource.active))
    return select(found.c.id)


_FAMILY = reached_by(LotSource.lot_id, LotSource.source_id)
_DESCENDANTS = reached_by(LotSource.source_id, LotSource.lot_id)


def _check_quantity(quantity: int) -> None:
    if not 0 <= quantity <= MOST_PIECES:
        raise Invalid(f"A quantity lies between 0 and {MOST_PIECES:,}.", f"数量须在 0 至 {MOST_PIECES:,} 之间。",
                      field="quantity")


def _set_sources(session: Session, person: Actor, lot: Lot, sources: Sources) -> None:
    """Make the lot's sources exactly these; one that is left out is marked as recorded by mistake."""
    wanted = dict(sources)
    if len(wanted) < len(sources):
        raise Invalid("A source lot is named twice.", "来源批次重复。", field="sources")
    held = {row.source_id: row for row in session.scalars(select(LotSource).where(LotSource.lot_id == lot.id))}
    younger = descendants(session, lot.id) if wanted else set()
    for source_id, taken in wanted.items():
        _check_source(one(session, person, Lot, source_id), lot, younger, taken)
        row = held.pop(source_id, None)
        if row is None:
            session.add(LotSource(lot_id=lot.id, source_id=source_id, quantity=taken, active=True))
        else:
            change(row, {"quantity": taken, "active": True})
    for row in held.values():
        change(row, {"active": False})
    session.flush()


def _check_source(source: Lot, lot: Lot, younger: set[int], taken: int | None) -> None:
    if source.id == lot.id or source.id in younger:
        raise Invalid(f"Lot {source.number} cannot be a source: it is this lot or was made from it.",
                      f"批次 {source.number} 不能作为来源: 它就是本批次或由本批次而来。", field="sources")
    if source.site_id != lot.site_id:
        raise Invalid(f"Lot {source.number} belongs to another site.", f"批次 {source.number} 属于另一工厂。",
                      field="sources")
    if taken is not None and not 0 < taken <= source.quantity:
        raise Invalid(f"Lot {source.number} has {source.quantity} pieces; {taken} cannot be taken from it.",
                      f"批次 {source.number} 共 {source.quantity} 件, 不能取用 {taken} 件。", field="sources")
