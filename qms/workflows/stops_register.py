"""Which calls and stops there are by filter, page by page, and the figures of them. Changes nothing."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from qms.measures.stops import Figures, Stopped, figures
from qms.models.chain import Unit
from qms.models.stops import Rung, Stop
from qms.rules.accounts import Actor
from qms.rules.clock import day_bounds
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.stops_records import VIEW

MOST_MEASURED = 5_000
"""Figures are taken of so many calls, the newest; the page says so where there are more."""
USUAL_DAYS = 30
OPEN = "open"
"""The state by which everything is found that is not over yet."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything. Days are whole days of `zone`."""

    sought: str = ""
    site_id: int | None = None
    unit_id: int | None = None
    state: str = ""
    reason: str = ""
    first: date | None = None
    last: date | None = None
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a filter, its period, and whether there were more calls than were looked at."""

    figures: Figures
    first: date
    last: date | None
    is_capped: bool


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Stop]:
    """Return a page of calls and stops, newest first unless asked for the other way. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Stop).join(Stop.unit).options(contains_eager(Stop.unit), joinedload(Stop.rejection))
             .where(*_asked(person, wanted)))
    return page(session, query, Stop, {"called": Sorting(Stop.id, "id")}, wish._replace(sort=wish.sort or "-called"))


def measured(session: Session, person: Actor, wanted: Filter, at: datetime) -> Measured:
    """Return the figures of a filter; without a first day of the last 30 days. Never by person (law of no blame)."""
    person.need(VIEW)
    first = wanted.first or (at.astimezone(ZoneInfo(wanted.zone)) - timedelta(days=USUAL_DAYS)).date()
    wanted = replace(wanted, first=first)
    rung = (select(func.max(Rung.position)).where(Rung.stop_id == Stop.id, Rung.raised_at.is_not(None))
            .scalar_subquery())
    rows = session.execute(
        select(Stop.reason, Stop.called_at, Stop.stopped_at, Stop.acknowledged_at, Stop.arrived_at, Stop.contained_at,
               Stop.restarted_at, func.coalesce(rung, 0))
        .join(Unit, Unit.id == Stop.unit_id).where(*_asked(person, wanted))
        .order_by(Stop.called_at.desc(), Stop.id.desc()).limit(MOST_MEASURED + 1)).all()
    found = figures([Stopped(*row) for row in rows[:MOST_MEASURED]])
    return Measured(found, first, wanted.last, len(rows) > MOST_MEASURED)


def _asked(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [Stop.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {Stop.site_id: wanted.site_id, Stop.unit_id: wanted.unit_id, Stop.reason: wanted.reason,
                            Stop.state: "" if wanted.state == OPEN else wanted.state}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    if wanted.state == OPEN:
        met.append(Stop.restarted_at.is_(None))
    if wanted.first is not None:
        met.append(Stop.called_at >= day_bounds(wanted.first, wanted.first, wanted.zone)[0])
    if wanted.last is not None:
        met.append(Stop.called_at < day_bounds(wanted.last, wanted.last, wanted.zone)[1])
    for word in wanted.sought.split():
        met.append(or_(*(column.icontains(word, autoescape=True) for column in (
            Stop.number, Unit.code, Unit.name_zh, Unit.name_en, Unit.initials))))
    return met
