"""What the review board has before it: every quantity that is held, by filter, page by page. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from qms.db.search import matches
from qms.models.chain import Unit
from qms.models.dispositions import Disposition
from qms.models.dispositions_quarantine import QuarantinePlace
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import Actor
from qms.rules.dispositions import OPEN
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.dispositions_records import VIEW

UNDECIDED = "undecided"
"""The state by which everything is found for which nothing is decided."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the open holds is asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    state: str = ""
    code: str = ""
    severity: str = ""
    unit_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """A page of holds, oldest first; the open line of each that has one, by hold; the quarantine places, by id."""

    page: Page[Hold]
    lines: dict[int, Disposition]
    places: dict[int, QuarantinePlace]


def board(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Board:
    """Return a page of what is held, oldest first unless asked for the other way. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Hold).join(Hold.rejection).where(*asked(session, person, wanted))
             .options(contains_eager(Hold.rejection).options(
                 joinedload(Rejection.item), joinedload(Rejection.defect), joinedload(Rejection.found_unit)),
                 joinedload(Hold.lot)))
    found = page(session, query, Hold, {"held": Sorting(Hold.id, "id")}, wish)
    places = session.scalars(select(QuarantinePlace).where(
        QuarantinePlace.id.in_({hold.place_id for hold in found.rows if hold.place_id is not None})))
    return Board(found, lines_of(session, [hold.id for hold in found.rows]), {place.id: place for place in places})


def customers(session: Session, person: Actor) -> Sequence[Unit]:
    """Return the outside customers of the sites that the person may see, by code."""
    sites = person.sites(VIEW)
    here = [] if sites is None else [Unit.site_id.in_(sorted(sites))]
    return session.scalars(select(Unit).where(Unit.kind == "customer", Unit.active, *here).order_by(Unit.code)).all()


def lines_of(session: Session, hold_ids: Sequence[int]) -> dict[int, Disposition]:
    """Map each hold of these for which something is decided to its line."""
    return {line.hold_id: line for line in session.scalars(select(Disposition).where(
        Disposition.hold_id.in_(hold_ids), Disposition.state.in_(OPEN)))}


def asked(session: Session, person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a hold of the board must fulfil, in a query that joins its rejection."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [Hold.state == "held"]
    met += [] if sites is None else [Rejection.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {Rejection.site_id: wanted.site_id, Rejection.severity: wanted.severity,
                            Rejection.found_unit_id: wanted.unit_id}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    line = select(Disposition.id).where(Disposition.hold_id == Hold.id, Disposition.state.in_(OPEN)).correlate(Hold)
    if wanted.state == UNDECIDED:
        met.append(~line.exists())
    elif wanted.state:
        met.append(line.where(Disposition.state == wanted.state).exists())
    if wanted.code:
        met.append(line.where(Disposition.code == wanted.code).exists())
    if wanted.customer_id is not None:
        met.append(Rejection.item.has(customer_id=wanted.customer_id))
    found = matches(cast("Table", Rejection.__table__), wanted.sought,
                    sqlite=session.get_bind().dialect.name == "sqlite")
    # Asked of the hold and not of its rejection: SQLite would walk through all that was found for every hold.
    return met if found is None else [*met, Hold.rejection_id.in_(select(Rejection.id).where(found))]
