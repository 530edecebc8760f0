"""What pages, tablets and boards show of stops: the open ones, one with all its parts, and what changed last."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.acceptance_pieces import PieceCheck
from qms.models.accounts import Person
from qms.models.rejections import Rejection
from qms.models.stops import RestartCheck, Rung, Stop
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.workflows.stops_records import sees

_PARTS = (joinedload(Stop.unit), joinedload(Stop.customer), joinedload(Stop.rejection),
          selectinload(Stop.rungs), selectinload(Stop.checks))


def whole(session: Session, person: Actor, stop_id: int) -> Stop:
    """Return a stop with everything that its page shows, loaded together. Raises NotFound."""
    found = session.scalar(
        select(Stop).where(Stop.id == stop_id).execution_options(populate_existing=True)
        .options(*_PARTS, joinedload(Stop.site), joinedload(Stop.item), joinedload(Stop.lot), joinedload(Stop.device),
                 joinedload(Stop.acknowledged_by), joinedload(Stop.arrived_by), joinedload(Stop.consented_by),
                 joinedload(Stop.restarted_by), joinedload(Stop.reviewed_by),
                 selectinload(Stop.rungs).joinedload(Rung.seen_by),
                 selectinload(Stop.checks).joinedload(RestartCheck.person)))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def of_unit(session: Session, site_id: int, unit_id: int) -> Sequence[Stop]:
    """Return the open stops that concern a unit: its own, those laid to it, those that wait for its consent."""
    return session.scalars(
        select(Stop).outerjoin(Rejection, Rejection.id == Stop.rejection_id)
        .where(Stop.site_id == site_id, Stop.restarted_at.is_(None),
               or_(Stop.unit_id == unit_id, Stop.customer_id == unit_id, Rejection.origin_unit_id == unit_id))
        .options(*_PARTS).order_by(Stop.id)).all()


def open_stops(session: Session, site_id: int) -> Sequence[Stop]:
    """Return every open stop of a site, oldest first."""
    return session.scalars(select(Stop).where(Stop.site_id == site_id, Stop.restarted_at.is_(None)).options(*_PARTS)
                           .order_by(Stop.id)).all()


def told_to(session: Session, rungs: Iterable[Rung]) -> dict[int, list[Person]]:
    """Map each rung to the people whom it tells, in their order."""
    named = {rung.id: [int(i) for i in rung.people.split(",") if i] for rung in rungs}
    ids = {i for held in named.values() for i in held}
    people = {p.id: p for p in session.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
    return {rung_id: [people[i] for i in held if i in people] for rung_id, held in named.items()}


def pieces_of(session: Session, stop: Stop) -> Sequence[PieceCheck]:
    """Return the first-piece inspections that a stop's restarts asked for, oldest first."""
    return session.scalars(select(PieceCheck).where(PieceCheck.stop_id == stop.id).order_by(PieceCheck.id)).all()


def records_of(stop: Stop) -> list[tuple[str, int]]:
    """Return (table, id) of every record whose changes belong to a stop's history."""
    return [("stops", stop.id), *(("restart_checks", check.id) for check in stop.checks)]


def last_change(session: Session, site_id: int) -> str:
    """Return a mark that is another one whenever anything changed that boards and tablets show of open stops.

    A stop that is over leaves the set and never comes back; every change of one raises a version or a count. One
    question, answered by the index of open stops: it is asked every two seconds by every board and tablet.
    """
    rows = session.connection().execute(_MARKS, {"site": site_id}).all()
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def _of(stop_id: Any, counted: Any, *where: Any) -> ScalarSelect[Any]:
    return select(counted).where(stop_id == Stop.id, *where).scalar_subquery()


_MARKS: Select[Any] = (
    select(Stop.id, Stop.rev, _of(Rung.stop_id, func.count(Rung.raised_at)),
           _of(Rung.stop_id, func.count(Rung.seen_at)), _of(RestartCheck.stop_id, func.count()),
           _of(PieceCheck.stop_id, func.sum(PieceCheck.rev)),
           select(Rejection.rev).where(Rejection.id == Stop.rejection_id).scalar_subquery())
    .where(Stop.site_id == bindparam("site"), Stop.restarted_at.is_(None)).order_by(Stop.id))
