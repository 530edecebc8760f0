"""Which controls and bypasses there are by filter, and one of each with all its parts. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from qms.models.chain import Unit
from qms.models.controls import (
    Alternate,
    Bypass,
    BypassLot,
    BypassMiss,
    BypassReview,
    Control,
    ControlSuspect,
    ControlTest,
)
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.controls_records import VIEW, one, sees

MOST_TESTS = 50
"""Tests that a control's page shows, the newest."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the registers is asked for; empty texts and None ask for everything. Each uses what it has."""

    sought: str = ""
    site_id: int | None = None
    unit_id: int | None = None
    kind: str = ""
    state: str = ""


def controls(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Control]:
    """Return a page of controls by code; those out of use only when asked for. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Control).join(Unit, Unit.id == Control.unit_id)
             .options(contains_eager(Control.unit)).where(*_asked(person, Control, wanted), _listed(wanted.state)))
    if wanted.kind:
        query = query.where(Control.kind == wanted.kind)
    for word in wanted.sought.split():
        query = query.where(_holds(word, Control.code, Control.name_zh, Control.name_en, Unit.code))
    return page(session, query, Control, {"code": Sorting(Control.code, "code")}, wish)


def bypasses(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Bypass]:
    """Return a page of bypasses, newest first. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Bypass).join(Control, Control.id == Bypass.control_id).join(Unit, Unit.id == Control.unit_id)
             .options(contains_eager(Bypass.control).contains_eager(Control.unit), joinedload(Bypass.alternate),
                      selectinload(Bypass.reviews), selectinload(Bypass.misses), selectinload(Bypass.lots))
             .where(*_asked(person, Bypass, wanted)))
    if wanted.state:
        query = query.where(Bypass.state == wanted.state)
    for word in wanted.sought.split():
        query = query.where(_holds(word, Bypass.number, Control.code, Control.name_zh, Control.name_en))
    return page(session, query, Bypass, {"started": Sorting(Bypass.id, "id")}, wish._replace(sort="-started"))


def running(session: Session, controls: Sequence[Control]) -> dict[int, Bypass]:
    """Map each of these controls that is bypassed now to its bypass."""
    rows = session.scalars(select(Bypass).where(Bypass.control_id.in_([c.id for c in controls]),
                                                Bypass.state == "active"))
    return {row.control_id: row for row in rows}


def whole(session: Session, person: Actor, control_id: int) -> Control:
    """Return a control with its alternates. Raises NotFound."""
    one(session, person, control_id)
    return session.scalars(select(Control).where(Control.id == control_id).options(
        joinedload(Control.unit), joinedload(Control.site),
        selectinload(Control.alternates).joinedload(Alternate.drafted_by),
        selectinload(Control.alternates).joinedload(Alternate.approved_by))).one()


def tests_of(session: Session, control_id: int) -> Sequence[ControlTest]:
    """Return the newest tests of a control with the rejections that they opened."""
    return session.scalars(
        select(ControlTest).where(ControlTest.control_id == control_id)
        .options(joinedload(ControlTest.by),
                 selectinload(ControlTest.suspects).joinedload(ControlSuspect.rejection))
        .order_by(ControlTest.at.desc(), ControlTest.id.desc()).limit(MOST_TESTS)).all()


def bypasses_of(session: Session, control_id: int) -> Sequence[Bypass]:
    """Return the bypasses of a control, newest first."""
    return session.scalars(select(Bypass).where(Bypass.control_id == control_id).order_by(Bypass.id.desc())
                           .options(joinedload(Bypass.alternate)).limit(MOST_TESTS)).all()


def whole_bypass(session: Session, person: Actor, bypass_id: int) -> Bypass:
    """Return a bypass with its reviews, misses and lots. Raises NotFound."""
    found = session.scalar(select(Bypass).where(Bypass.id == bypass_id).options(
        joinedload(Bypass.control).joinedload(Control.unit), joinedload(Bypass.alternate), joinedload(Bypass.site),
        joinedload(Bypass.started_by), joinedload(Bypass.ended_by), joinedload(Bypass.verified_by),
        selectinload(Bypass.reviews).joinedload(BypassReview.by), selectinload(Bypass.misses),
        selectinload(Bypass.lots).joinedload(BypassLot.lot),
        selectinload(Bypass.lots).joinedload(BypassLot.reviewed_by)))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def days_of(bypass: Bypass) -> list[tuple[date, BypassReview | BypassMiss]]:
    """Return the days on which a bypass was looked at or that were missed, in order."""
    told: list[tuple[date, BypassReview | BypassMiss]] = [(review.reviewed_on, review) for review in bypass.reviews]
    return sorted(told + [(miss.missed_on, miss) for miss in bypass.misses], key=itemgetter(0))


def control_of(session: Session, person: Actor, alternate_id: int) -> int:
    """Return the control that an alternate stands in for. Raises NotFound."""
    found = session.get(Alternate, alternate_id)
    if found is None:
        raise NotFound
    return one(session, person, found.control_id).id


def tag_of(session: Session, person: Actor, bypass_id: int, tag_id: int) -> BypassLot:
    """Return the tag of a lot of a bypass. Raises NotFound."""
    found = session.scalar(select(BypassLot).join(BypassLot.bypass).options(
        joinedload(BypassLot.lot), contains_eager(BypassLot.bypass)).where(
            BypassLot.id == tag_id, BypassLot.bypass_id == bypass_id))
    if found is None or not sees(person, found.bypass.site_id):
        raise NotFound
    return found


def opened_by(session: Session, rejection_id: int) -> ControlTest | None:
    """Return the failed test that made a rejection's lot suspect; None: it came otherwise."""
    return session.scalar(
        select(ControlTest).join(ControlSuspect, ControlSuspect.test_id == ControlTest.id)
        .where(ControlSuspect.rejection_id == rejection_id).options(joinedload(ControlTest.control)).limit(1))


def _asked(person: Actor, cls: Any, wanted: Filter) -> list[ColumnElement[bool]]:
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [cls.site_id.in_(sorted(sites))]
    if wanted.site_id is not None:
        met.append(cls.site_id == wanted.site_id)
    if wanted.unit_id is not None:
        met.append(Control.unit_id == wanted.unit_id)
    return met


def _listed(state: str) -> Any:
    if state == "due":
        return Control.active & (Control.test_due_at <= utc_now())
    if state == "failed":
        return Control.active & Control.test_good.is_(False)
    if state == "bypassed":
        return exists().where(Bypass.control_id == Control.id, Bypass.state == "active")
    return ~Control.active if state == "inactive" else Control.active


def _holds(word: str, *columns: Any) -> ColumnElement[bool]:
    return or_(*(column.icontains(word, autoescape=True) for column in columns))
