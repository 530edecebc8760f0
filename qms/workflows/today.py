"""What waits for a person now, by their grants and units, oldest first. Reads only; decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from qms.models.acceptance import Handover, Standard
from qms.models.chain import Link, Unit
from qms.models.jobs import Job
from qms.models.rejections import Rejection
from qms.rules.accounts import ROLE_PERMISSIONS, Actor
from qms.rules.clock import utc_now
from qms.workflows import jobs

SHOWN = 6
COUNTED = 100
REPORTS_FOR = timedelta(days=14)
HOLDING = ("held", "contained")


@dataclass(frozen=True, slots=True)
class Waiting:
    """The first records of one kind that wait, and how many do; counting stops at COUNTED."""

    records: Sequence[Any]
    total: int

    @property
    def is_capped(self) -> bool:
        """Tell whether there are more than were counted."""
        return self.total >= COUNTED


@dataclass(frozen=True, slots=True)
class Today:
    """Everything the Today page of one person shows."""

    handovers: Waiting
    holds: Waiting
    laid_to_us: Waiting
    contested: Waiting
    standards: Waiting
    reports: Sequence[Rejection]
    jobs: Sequence[Job]
    is_plant_empty: bool

    @property
    def waiting(self) -> int:
        """Return how many records wait in all, counting as far as each was counted."""
        kinds = (self.handovers, self.holds, self.laid_to_us, self.contested, self.standards)
        return sum(kind.total for kind in kinds)


def today(session: Session, person: Actor) -> Today:
    """Gather what waits for a person. Sections whose permission they lack are empty."""
    return Today(
        handovers=presented(session, person), holds=holds(session, person),
        laid_to_us=laid_to_us(session, person), contested=contested(session, person),
        standards=drafts(session, person), reports=reports(session, person),
        jobs=jobs.open_jobs(session, person), is_plant_empty=session.scalar(select(Unit.id).limit(1)) is None)


def presented(session: Session, person: Actor) -> Waiting:
    """Return the hand-overs to units where the person may decide that nobody has decided yet."""
    customer = aliased(Unit)
    query = (select(Handover).join(customer, customer.id == Handover.customer_id)
             .where(Handover.state.in_(("presented", "not_inspected")),
                    in_scope(person, "acceptance.decide", Handover.site_id, customer.path)))
    return _first(session, query, Handover.id,
                  joinedload(Handover.supplier), joinedload(Handover.customer), joinedload(Handover.item),
                  joinedload(Handover.lot))


def holds(session: Session, person: Actor) -> Waiting:
    """Return the held rejections found in units where the person may contain or release."""
    found = aliased(Unit)
    may = or_(*(in_scope(person, permission, Rejection.site_id, found.path)
                for permission in ("rejections.contain", "rejections.release")))
    query = (select(Rejection).join(found, found.id == Rejection.found_unit_id)
             .where(Rejection.state.in_(HOLDING), may))
    return _first(session, query, Rejection.id, *_of_rejection())


def laid_to_us(session: Session, person: Actor) -> Waiting:
    """Return the open rejections whose origin is assumed in a unit that the person holds a grant for."""
    origin = aliased(Unit)
    query = (select(Rejection).join(origin, origin.id == Rejection.origin_unit_id)
             .where(Rejection.state.in_(HOLDING), Rejection.origin_state == "assumed",
                    in_scope(person, "rejections.contest", Rejection.site_id, origin.path, unit_only=True)))
    return _first(session, query, Rejection.id, *_of_rejection())


def contested(session: Session, person: Actor) -> Waiting:
    """Return the rejections with a contested origin that the person may decide."""
    found = aliased(Unit)
    query = (select(Rejection).join(found, found.id == Rejection.found_unit_id)
             .where(Rejection.state != "void", Rejection.origin_state == "contested",
                    in_scope(person, "rejections.judge", Rejection.site_id, found.path)))
    return _first(session, query, Rejection.id, *_of_rejection())


def drafts(session: Session, person: Actor) -> Waiting:
    """Return the draft standards of others that the person may approve."""
    customer = aliased(Unit)
    query = (select(Standard).join(Link, Link.id == Standard.link_id)
             .join(customer, customer.id == Link.customer_id)
             .where(Standard.state == "draft", Standard.drafted_by_id != person.id,
                    in_scope(person, "acceptance.approve", Standard.site_id, customer.path)))
    return _first(session, query, Standard.id,
                  joinedload(Standard.link).joinedload(Link.supplier),
                  joinedload(Standard.link).joinedload(Link.customer), joinedload(Standard.drafted_by))


def reports(session: Session, person: Actor) -> Sequence[Rejection]:
    """Return what the person reported of late, newest first: what became of it."""
    query = (select(Rejection).options(*_of_rejection())
             .where(Rejection.reported_by_id == person.id, Rejection.found_at > utc_now() - REPORTS_FOR)
             .order_by(Rejection.found_at.desc()).limit(SHOWN))
    return session.scalars(query).all()


def in_scope(person: Actor, permission: str, site_id: Any, unit_path: Any, *, unit_only: bool = False,
             ) -> ColumnElement[bool]:
    """Return the condition that a grant of the person gives the permission at a record's site and unit.

    `unit_only` leaves out grants that are not limited to a unit.
    """
    if person.everything:
        return false() if unit_only else true()
    held = [grant for grant in person.grants if permission in ROLE_PERMISSIONS[grant.role]]
    return or_(false(), *(
        and_(true() if grant.site_id is None else site_id == grant.site_id,
             true() if grant.unit_path is None else unit_path.startswith(grant.unit_path, autoescape=True))
        for grant in held if grant.unit_path is not None or not unit_only))


def _of_rejection() -> tuple[Any, ...]:
    return (joinedload(Rejection.item), joinedload(Rejection.lot), joinedload(Rejection.defect),
            joinedload(Rejection.found_unit), joinedload(Rejection.origin_unit))


def _first(session: Session, query: Select[Any], key: Any, *options: Any) -> Waiting:
    """Return the oldest records of a query and how many there are, counting no further than COUNTED."""
    counted = query.with_only_columns(key).limit(COUNTED).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    if total == 0:
        return Waiting((), 0)
    return Waiting(session.scalars(query.options(*options).order_by(key).limit(SHOWN)).all(), total)
