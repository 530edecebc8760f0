"""What the review board has before it: every quantity that is held, by filter, page by page. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Table, select
from sqlalchemy.orm import Session

from qms.db.search import matches_in_order
from qms.models.chain import Defect, Item, Lot, Unit
from qms.models.dispositions import Disposition
from qms.models.dispositions_quarantine import QuarantinePlace
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import Actor
from qms.rules.dispositions import OPEN
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.dispositions_records import VIEW
from qms.workflows.rejections_filter import off_index
from qms.workflows.rejections_leader import LOOKED_AT, MOST_COUNTED

UNDECIDED = "undecided"
"""The state by which everything is found for which nothing is decided."""
COLUMNS: tuple[Any, ...] = (
    Hold.id, Hold.quantity, Hold.held_at, Hold.location, Rejection.id.label("rejection_id"), Rejection.number,
    Rejection.severity, Item.code.label("item_code"), Item.name_zh.label("item_zh"), Item.name_en.label("item_en"),
    Item.unit, Lot.number.label("lot"), Defect.name_zh.label("defect_zh"), Defect.name_en.label("defect_en"),
    Unit.code.label("found_code"), Unit.name_zh.label("found_zh"), Unit.name_en.label("found_en"),
    QuarantinePlace.code.label("place_code"), QuarantinePlace.name_zh.label("place_zh"),
    QuarantinePlace.name_en.label("place_en"), Disposition.id.label("line_id"), Disposition.position,
    Disposition.code, Disposition.state, Disposition.value, Disposition.currency, Disposition.concession_id)
_BOARD: Select[Any] = (
    select(*COLUMNS).select_from(Hold).join(Rejection, Rejection.id == Hold.rejection_id)
    .outerjoin(Item, Item.id == Rejection.item_id).outerjoin(Defect, Defect.id == Rejection.defect_id)
    .join(Unit, Unit.id == Rejection.found_unit_id).outerjoin(Lot, Lot.id == Hold.lot_id)
    .outerjoin(QuarantinePlace, QuarantinePlace.id == Hold.place_id)
    .outerjoin(Disposition, (Disposition.hold_id == Hold.id) & Disposition.state.in_(OPEN)))


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


def board(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Row[Any]]:
    """Return a page of what is held, oldest first unless asked for the other way.

    Rows have the hold's `id`, COLUMNS and, where something is decided, the columns of its open line. Counting stops
    early: it reads every hold on its way. Raises NotAllowed.
    """
    person.need(VIEW)
    met = asked(session, person, wanted)
    counted = select(Hold.id).join(Rejection, Rejection.id == Hold.rejection_id).where(*met)
    return page(session, _BOARD.where(*met), Hold, {"held": Sorting(Hold.id, "id")}, wish, counted=counted,
                most=LOOKED_AT if wanted.sought else MOST_COUNTED)


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
    sites, connection = person.sites(VIEW), session.connection()
    led = off_index if connection.dialect.name == "sqlite" else _as_it_is
    met: list[ColumnElement[bool]] = [Hold.state == "held"]
    met += [] if sites is None else [led(Rejection.site_id).in_(sorted(sites))]
    same: dict[Any, Any] = {Rejection.site_id: wanted.site_id, Rejection.severity: wanted.severity,
                            Rejection.found_unit_id: wanted.unit_id}
    met += [led(column) == value for column, value in same.items() if value not in {"", None}]
    line = select(Disposition.id).where(Disposition.hold_id == Hold.id, Disposition.state.in_(OPEN)).correlate(Hold)
    if wanted.state == UNDECIDED:
        met.append(~line.exists())
    elif wanted.state:
        met.append(line.where(Disposition.state == wanted.state).exists())
    if wanted.code:
        met.append(line.where(Disposition.code == wanted.code).exists())
    if wanted.customer_id is not None:
        met.append(Rejection.item.has(customer_id=wanted.customer_id))
    return met + matches_in_order(connection, cast("Table", Rejection.__table__), wanted.sought)


def _as_it_is(column: Any) -> ColumnElement[Any]:
    held: ColumnElement[Any] = column
    return held
