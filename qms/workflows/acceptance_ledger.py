"""The lines of the hand-over register, streamed from the database in the reader's language; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from qms.models.acceptance import Handover, Standard
from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Lot, Unit
from qms.models.rejections import Rejection
from qms.rules import acceptance as rules
from qms.rules.accounts import Actor
from qms.workflows.acceptance_register import VIEW, Filter, conditions
from qms.workflows.exports import called, coded, spoken, streamed

_SAID = {"self_check": rules.SELF_CHECKS, "decision": rules.HANDOVER_STATES}


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per hand-over of the register, oldest first, with the keys of the hand-over register.

    Times are naive local time of the zone. `address` is where the records' pages are; empty: no links.
    Raises NotAllowed.
    """
    supplier, customer = aliased(Unit), aliased(Unit)
    presenter, decider = aliased(Person), aliased(Person)
    first = (select(func.min(Rejection.id)).where(Rejection.handover_id == Handover.id, Rejection.state != "void")
             .correlate(Handover).scalar_subquery())
    query = (
        select(
            Handover.id, Handover.number, Item.code.label("item_code"), called(Item, language).label("item_name"),
            Lot.number.label("lot"), coded(supplier, language).label("from_unit"),
            coded(customer, language).label("to_unit"), Handover.quantity, Item.unit.label("quantity_unit"),
            Handover.presentation, Handover.self_check, Standard.form_number.label("standard_form"),
            Standard.revision.label("standard_revision"), Handover.state.label("decision"),
            Handover.accepted.label("accepted_quantity"), Handover.rejected.label("rejected_quantity"),
            Handover.for_review.label("mrb_quantity"), presenter.name.label("presented_by"),
            Handover.presented_at, decider.name.label("decided_by"), Handover.decided_at,
            called(Defect, language).label("first_defect"), Handover.remark)
        .outerjoin(Item, Item.id == Handover.item_id)
        .outerjoin(Lot, Lot.id == Handover.lot_id)
        .outerjoin(supplier, supplier.id == Handover.supplier_id)
        .outerjoin(customer, customer.id == Handover.customer_id)
        .outerjoin(presenter, presenter.id == Handover.presented_by_id)
        .outerjoin(decider, decider.id == Handover.decided_by_id)
        .outerjoin(Standard, Standard.id == Handover.standard_id)
        .outerjoin(Rejection, Rejection.id == first)
        .outerjoin(Defect, Defect.id == Rejection.defect_id)
        .where(*_chosen(session, person, wanted))
        .order_by(*((Handover.id,) if wanted.is_search else (Handover.presented_at, Handover.id))))
    page = f"{address}/acceptance/hand-overs/" if address else ""
    return spoken(streamed(session, query), _SAID, ("presented_at", "decided_at"), language, zone, page)


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many hand-overs the register holds under this filter. Raises NotAllowed."""
    chosen = _chosen(session, person, wanted)
    return session.scalar(select(func.count()).select_from(Handover).where(*chosen)) or 0


def _chosen(session: Session, person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return the register's own conditions; no filter's index leads, as all rows are read in the register's order."""
    person.need(VIEW)
    sqlite = session.get_bind().dialect.name == "sqlite"
    return conditions(wanted, person, sqlite=sqlite, leader=None if wanted.is_search else "")
