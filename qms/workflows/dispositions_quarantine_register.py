"""What stands in quarantine by place and age, and the register of its counts. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from qms.db.search import matches
from qms.models.dispositions_quarantine import QuarantineCount, QuarantineLine, QuarantinePlace
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.dispositions_quarantine import VIEW, one_place, sees, standing

NOWHERE = "none"
"""Asks for what is held and stands in no place."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the stock is asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """What stands at a place: holds, pieces, since when the oldest."""

    holds: int
    pieces: int
    oldest: datetime | None


def places(session: Session, person: Actor, site_id: int | None = None) -> Sequence[QuarantinePlace]:
    """Return the places that the person may see, those in use first, by code. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalars(
        select(QuarantinePlace).where(*_sites(person, QuarantinePlace.site_id, site_id))
        .options(joinedload(QuarantinePlace.unit), joinedload(QuarantinePlace.site))
        .order_by(QuarantinePlace.active.desc(), QuarantinePlace.site_id, QuarantinePlace.code)).all()


def stocks(session: Session, person: Actor, site_id: int | None = None) -> dict[int | None, Stock]:
    """Map each place, and None for what stands in no place, to what is held there."""
    rows = session.execute(
        select(Hold.place_id, func.count(), func.sum(Hold.quantity), func.min(Hold.held_at))
        .join(Rejection, Rejection.id == Hold.rejection_id)
        .where(Hold.state == "held", *_sites(person, Rejection.site_id, site_id)).group_by(Hold.place_id))
    return {place_id: Stock(holds, int(pieces), oldest) for place_id, holds, pieces, oldest in rows}


def stock(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Hold]:
    """Return a page of what is held, the oldest first (FIFO). Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Hold).join(Hold.rejection)
             .options(contains_eager(Hold.rejection).joinedload(Rejection.item),
                      contains_eager(Hold.rejection).joinedload(Rejection.defect),
                      contains_eager(Hold.rejection).joinedload(Rejection.found_unit), joinedload(Hold.lot))
             .where(Hold.state == "held", *_sites(person, Rejection.site_id, wanted.site_id)))
    if wanted.place == NOWHERE:
        query = query.where(Hold.place_id.is_(None))
    elif wanted.place:
        query = query.where(Hold.place_id == int(wanted.place))
    found = matches(cast("Table", Rejection.__table__), wanted.sought,
                    sqlite=session.get_bind().dialect.name == "sqlite")
    if found is not None:
        query = query.where(found)
    return page(session, query, Hold, {"held": Sorting(Hold.id, "id")}, wish)


def whole_stock(session: Session, person: Actor, place_id: int) -> Sequence[Hold]:
    """Return everything that stands at a place, the oldest first, as it is counted."""
    ids = [hold.id for hold in standing(session, one_place(session, person, place_id).id)]
    return session.scalars(
        select(Hold).where(Hold.id.in_(ids)).order_by(Hold.held_at, Hold.id)
        .options(joinedload(Hold.rejection).joinedload(Rejection.item), joinedload(Hold.lot))).all()


def counts(session: Session, person: Actor, place_id: int | None, wish: Wish) -> Page[QuarantineCount]:
    """Return a page of counts, newest first. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(QuarantineCount).where(*_sites(person, QuarantineCount.site_id, None))
             .options(joinedload(QuarantineCount.place), joinedload(QuarantineCount.counted_by)))
    if place_id is not None:
        query = query.where(QuarantineCount.place_id == place_id)
    return page(session, query, QuarantineCount, {"counted": Sorting(QuarantineCount.id, "id")},
                wish._replace(sort="-counted"))


def one_count(session: Session, person: Actor, count_id: int) -> QuarantineCount:
    """Return a count with its lines. Raises NotFound."""
    found = session.scalar(
        select(QuarantineCount).where(QuarantineCount.id == count_id)
        .options(joinedload(QuarantineCount.place), joinedload(QuarantineCount.counted_by),
                 joinedload(QuarantineCount.site),
                 selectinload(QuarantineCount.lines).joinedload(QuarantineLine.hold).joinedload(Hold.rejection),
                 selectinload(QuarantineCount.lines).joinedload(QuarantineLine.hold).joinedload(Hold.lot)))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def _sites(person: Actor, column: Any, site_id: int | None) -> list[ColumnElement[bool]]:
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [column.in_(sorted(sites))]
    return met if site_id is None else [*met, column == site_id]
