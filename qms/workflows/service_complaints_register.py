"""Which internal complaints there are by filter, page by page, and one of them whole. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from qms.models.chain import Unit
from qms.models.service_complaints import ComplaintFlag, ComplaintStep, InternalComplaint
from qms.rules import service_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.clock import day_bounds, utc_now
from qms.rules.errors import NotFound
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.service_complaints_records import VIEW, sees


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything. Days are of `zone`."""

    sought: str = ""
    site_id: int | None = None
    state: str = ""
    kind: str = ""
    complaining_id: int | None = None
    accused_id: int | None = None
    first: date | None = None
    last: date | None = None
    zone: str = "Asia/Shanghai"


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[InternalComplaint]:
    """Return a page of complaints, newest first unless asked the other way. Raises NotAllowed."""
    person.need(VIEW)
    query = select(InternalComplaint).where(*conditions(person, wanted)).options(
        joinedload(InternalComplaint.complaining), joinedload(InternalComplaint.accused),
        selectinload(InternalComplaint.flags))
    return page(session, query, InternalComplaint, {"number": Sorting(InternalComplaint.id, "id"),
                                                    "reopened": Sorting(InternalComplaint.reopened, "reopened")},
                wish._replace(sort=wish.sort or "-number"))


def of_record(session: Session, person: Actor, kind: str, record_id: int) -> Sequence[InternalComplaint]:
    """Return the complaints about a record of ours, oldest first, as far as the person may see them."""
    rows = session.scalars(
        select(InternalComplaint).where(InternalComplaint.source_kind == kind, InternalComplaint.record_id == record_id)
        .options(joinedload(InternalComplaint.complaining), joinedload(InternalComplaint.accused))
        .order_by(InternalComplaint.id)).all()
    return [complaint for complaint in rows if sees(person, complaint.site_id)]


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a complaint of the register must fulfil."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [InternalComplaint.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {
        InternalComplaint.site_id: wanted.site_id, InternalComplaint.kind: wanted.kind,
        InternalComplaint.complaining_id: wanted.complaining_id, InternalComplaint.accused_id: wanted.accused_id}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    if wanted.state:
        met.append(_in_state(wanted.state, utc_now()))
    if wanted.first is not None:
        met.append(InternalComplaint.filed_at >= day_bounds(wanted.first, wanted.first, wanted.zone)[0])
    if wanted.last is not None:
        met.append(InternalComplaint.filed_at < day_bounds(wanted.last, wanted.last, wanted.zone)[1])
    return met + [_holds(word) for word in wanted.sought.split()]


def _in_state(state: str, at: datetime) -> ColumnElement[bool]:
    if state == "open":
        return InternalComplaint.state.in_(rules.OPEN)
    if state == "overdue":
        return InternalComplaint.due_at <= at
    if state == "appealed":
        return InternalComplaint.frozen_at.isnot(None)
    if state == "flagged":
        return exists().where(ComplaintFlag.complaint_id == InternalComplaint.id, ComplaintFlag.conclusion.is_(None))
    return InternalComplaint.state == state


def _holds(word: str) -> ColumnElement[bool]:
    unit = aliased(Unit)
    named = select(unit.id).where(or_(*(column.icontains(word, autoescape=True) for column in (
        unit.code, unit.name_zh, unit.name_en))))
    return or_(InternalComplaint.number.icontains(word, autoescape=True),
               InternalComplaint.matter.icontains(word, autoescape=True),
               InternalComplaint.source_ref.icontains(word, autoescape=True),
               InternalComplaint.complaining_id.in_(named), InternalComplaint.accused_id.in_(named))


def whole(session: Session, person: Actor, complaint_id: int) -> InternalComplaint:
    """Return a complaint with its parties, steps and flags. Raises NotFound."""
    found = session.scalar(select(InternalComplaint).where(InternalComplaint.id == complaint_id).options(
        joinedload(InternalComplaint.site), joinedload(InternalComplaint.complaining),
        joinedload(InternalComplaint.accused), joinedload(InternalComplaint.filed_by),
        joinedload(InternalComplaint.plan_owner), joinedload(InternalComplaint.repeat_of),
        joinedload(InternalComplaint.defect), joinedload(InternalComplaint.lot),
        selectinload(InternalComplaint.steps).joinedload(ComplaintStep.by),
        selectinload(InternalComplaint.flags).joinedload(ComplaintFlag.looked_by)))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def inside_units(session: Session, person: Actor) -> Sequence[Unit]:
    """Return the units in use that complain of each other, of every site that the person may see, by code."""
    sites = person.sites(VIEW)
    query = select(Unit).where(Unit.active, Unit.kind.notin_(sorted(rules.OUTSIDE))).order_by(Unit.site_id, Unit.code)
    return session.scalars(query if sites is None else query.where(Unit.site_id.in_(sorted(sites)))).all()
