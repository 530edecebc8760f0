"""How the promises of units are kept: per commitment and per providing unit, with breaches. Reads only.

A request counts when its promise was judged, or when its time has run out; one that still runs counts in neither way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from qms.measures.intervals import Rate
from qms.measures.service import kept_rate, nearest_rank
from qms.models.chain import Site, Unit
from qms.models.service_commitments import Commitment
from qms.models.service_requests import ServiceRequest
from qms.rules.accounts import Actor
from qms.rules.clock import day_bounds
from qms.rules.service_requests import RUNNING
from qms.workflows.service_commitments_records import VIEW, holds_on
from qms.workflows.service_requests_register import missed

BREACHES = 5
"""Breaches that a board lists, the newest."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How promises were kept. Response times in plant minutes; None: nothing was timed. `open`: still in time."""

    rate: Rate
    open: int
    unjudged: int
    refused: int
    passed: int
    reopened: int
    median: int | None
    ninetieth: int | None
    timed: int


NOTHING = Kept(kept_rate(0, 0), 0, 0, 0, 0, 0, None, None, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A commitment as it stands in force, or a unit, with how its promises were kept."""

    record: Any
    kept: Kept


@dataclass(frozen=True, slots=True)
class Board:
    """What the public board shows of a site: units with their commitments in force, and the newest breaches."""

    site: Site
    units: Sequence[tuple[Unit, Sequence[Line]]]
    breaches: Sequence[ServiceRequest]
    whole: Kept


def by_commitment(session: Session, person: Actor, site: Site, first: date, last: date, at: datetime) -> list[Line]:
    """Return the commitments in force at a site with how they were kept in a period, by provider. Raises NotAllowed."""
    person.need(VIEW, site_id=site.id)
    counted = _counted(session, Commitment.number, _asked_in(site, first, last), at)
    held = session.scalars(
        select(Commitment).join(Commitment.provider).options(contains_eager(Commitment.provider),
                                                             joinedload(Commitment.customer))
        .where(Commitment.site_id == site.id, holds_on(last)).order_by(Unit.code, Commitment.number)).all()
    return [Line(commitment, counted.get(commitment.number, NOTHING)) for commitment in held]


def by_unit(session: Session, person: Actor, site: Site, first: date, last: date, at: datetime) -> list[Line]:
    """Return the units that were asked for something in a period, with how they kept it, by code.

    A promise is that of the unit that made it; what was imported without one is that of the unit that served it last.
    Raises NotAllowed.
    """
    person.need(VIEW, site_id=site.id)
    promised = func.coalesce(Commitment.provider_id, ServiceRequest.provider_id)
    counted = _counted(session, promised, _asked_in(site, first, last), at)
    units = session.scalars(select(Unit).where(Unit.id.in_(list(counted))).order_by(Unit.code)).all()
    return [Line(unit, counted[unit.id]) for unit in units]


def board(session: Session, person: Actor, site: Site, first: date, last: date, at: datetime) -> Board:
    """Return what the public board of a site shows. Raises NotAllowed."""
    lines = by_commitment(session, person, site, first, last, at)
    units: dict[int, tuple[Unit, list[Line]]] = {}
    for line in lines:
        units.setdefault(line.record.provider_id, (line.record.provider, []))[1].append(line)
    breaches = session.scalars(
        select(ServiceRequest).options(joinedload(ServiceRequest.asker), joinedload(ServiceRequest.commitment),
                                       joinedload(ServiceRequest.provider))
        .where(*_asked_in(site, first, last), ServiceRequest.commitment_id.is_not(None), missed(at))
        .order_by(ServiceRequest.id.desc()).limit(BREACHES)).all()
    whole = _counted(session, ServiceRequest.site_id,
                     [*_asked_in(site, first, last), ServiceRequest.commitment_id.is_not(None)], at)
    return Board(site, list(units.values()), breaches, whole.get(site.id, NOTHING))


def _asked_in(site: Site, first: date, last: date) -> list[ColumnElement[bool]]:
    start, end = day_bounds(first, last, site.time_zone)
    return [ServiceRequest.site_id == site.id, ServiceRequest.asked_at >= start, ServiceRequest.asked_at < end]


def _counted(session: Session, key: Any, conditions: Iterable[ColumnElement[bool]], at: datetime) -> dict[Any, Kept]:
    """Count requests by a key, with the response times of those that the clock timed."""
    def many(condition: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    met = list(conditions)
    in_time = or_(ServiceRequest.due_at.is_(None), ServiceRequest.due_at >= at)
    open_now = and_(ServiceRequest.state.in_(RUNNING), in_time, ServiceRequest.kept.is_(None))
    unjudged = and_(ServiceRequest.state.in_(("done", "unanswered", "confirmed")), ServiceRequest.kept.is_(None))
    rows = session.execute(
        select(key, many(ServiceRequest.kept.is_(True)), many(missed(at)), many(open_now), many(unjudged),
               many(ServiceRequest.state == "refused"), many(ServiceRequest.passed > 0),
               many(ServiceRequest.reopened > 0))
        .select_from(ServiceRequest).outerjoin(Commitment, Commitment.id == ServiceRequest.commitment_id)
        .where(*met).group_by(key)).all()
    times = _times(session, key, met)
    return {row[0]: Kept(kept_rate(row[1], row[2]), *row[3:8], nearest_rank(times.get(row[0], ()), 50),
                         nearest_rank(times.get(row[0], ()), 90), len(times.get(row[0], ())))
            for row in rows if row[0] is not None}


def _times(session: Session, key: Any, conditions: list[ColumnElement[bool]]) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = {}
    for group, minutes in session.execute(
            select(key, ServiceRequest.spent_minutes).select_from(ServiceRequest)
            .outerjoin(Commitment, Commitment.id == ServiceRequest.commitment_id)
            .where(*conditions, ServiceRequest.spent_minutes.is_not(None), ServiceRequest.done_at.is_not(None))):
        found.setdefault(group, []).append(minutes)
    return found
