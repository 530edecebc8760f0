"""Which complaints of outside customers there are by filter, page by page. Changes nothing, knows no page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from qms.db import now
from qms.models.chain import Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.rules import customers_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.clock import day_bounds
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.customers_records import VIEW

MOST_OF_CUSTOMER = 20


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything. Days of receipt are of `zone`."""

    sought: str = ""
    site_id: int | None = None
    customer_id: int | None = None
    item_id: int | None = None
    kind: str = ""
    state: str = ""
    import_id: int | None = None
    first: date | None = None
    last: date | None = None
    zone: str = "Asia/Shanghai"


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[CustomerComplaint]:
    """Return a page of complaints, newest first unless asked for the other way. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(CustomerComplaint).join(Unit, Unit.id == CustomerComplaint.customer_id)
             .where(*conditions(session, person, wanted))
             .options(contains_eager(CustomerComplaint.customer), joinedload(CustomerComplaint.item),
                      joinedload(CustomerComplaint.defect), joinedload(CustomerComplaint.origin_unit)))
    return page(session, query, CustomerComplaint, {"number": Sorting(CustomerComplaint.id, "id")},
                wish._replace(sort=wish.sort or "-number"))


def conditions(session: Session, person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a complaint, joined with its customer's unit, has to meet."""
    held = CustomerComplaint
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [held.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {held.site_id: wanted.site_id, held.customer_id: wanted.customer_id,
                            held.item_id: wanted.item_id, held.kind: wanted.kind, held.import_id: wanted.import_id,
                            held.state: "" if wanted.state in rules.LISTED else wanted.state}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    if wanted.first is not None:
        met.append(held.received_at >= day_bounds(wanted.first, wanted.first, wanted.zone)[0])
    if wanted.last is not None:
        met.append(held.received_at < day_bounds(wanted.last, wanted.last, wanted.zone)[1])
    if wanted.state in rules.LISTED:
        met.append(held.state.in_(rules.OPEN))
    if wanted.state == "late":
        met.append(late(session))
    if wanted.state == "no_origin":
        met.append(and_(held.origin_unit_id.is_(None), held.unknown_reason.is_(None)))
    met += [or_(*(column.icontains(word, autoescape=True) for column in (
        held.number, held.customer_ref, held.description, held.item_text, held.lots_text, Unit.code, Unit.name_zh,
        Unit.name_en))) for word in wanted.sought.split()]
    return met


def late(session: Session) -> ColumnElement[bool]:
    """Return the condition that a report is due and was not sent."""
    held, at = CustomerComplaint, now(session)
    return or_(*(and_(getattr(held, f"{report}_sent_at").is_(None), getattr(held, f"{report}_due_at") < at)
                 for report in rules.CLOCKS))


def of_customer(session: Session, customer_id: int) -> Sequence[CustomerComplaint]:
    """Return the newest complaints of a customer."""
    return session.scalars(
        select(CustomerComplaint).where(CustomerComplaint.customer_id == customer_id)
        .order_by(CustomerComplaint.id.desc()).limit(MOST_OF_CUSTOMER)).all()


def of_rejection(session: Session, rejection_id: int) -> Sequence[CustomerComplaint]:
    """Return the complaints that a rejection deals with inside."""
    return session.scalars(select(CustomerComplaint).where(CustomerComplaint.rejection_id == rejection_id)
                           .order_by(CustomerComplaint.id)).all()
