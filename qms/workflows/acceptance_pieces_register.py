"""How the register of first pieces and patrols is filtered and cut into pages by key, and what a page of one shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.db import Id, UtcTime
from qms.models.acceptance_pieces import FILTERED, PieceCheck, PieceReading
from qms.models.chain import Unit
from qms.models.chain_rosters import Shift
from qms.rules.acceptance_pieces import OPEN
from qms.rules.accounts import Actor
from qms.rules.chain_rosters import began_on
from qms.rules.clock import day_bounds
from qms.workflows.acceptance_pieces import one_check
from qms.workflows.acceptance_register import Mark

VIEW = "acceptance.view"
SIZE = 50
MOST_COUNTED = 1_000


@dataclass(frozen=True)
class Filter:
    """What part of the register is asked for, newest due first. Days are whole days of `zone`. None: everything."""

    site_id: int | None = None
    unit_id: int | None = None
    state: str | None = None
    item_id: int | None = None
    lot_id: int | None = None
    stop_id: int | None = None
    kind: str | None = None
    reason: str | None = None
    waiting: bool = False
    first: date | None = None
    last: date | None = None
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True)
class Page:
    """One page. `total` is a lower bound where `is_capped`; marks are None where nothing lies beyond."""

    rows: Sequence[PieceCheck]
    total: int
    is_capped: bool
    previous: Mark | None
    following: Mark | None


def page(session: Session, person: Actor, wanted: Filter, *, before: Mark | None = None,
         after: Mark | None = None) -> Page:
    """Return a page of the register: what comes after a mark in its order, or before it. Raises NotAllowed."""
    person.need(VIEW)
    mark, backwards = (after, False) if after is not None else (before, before is not None)
    query = _ordered(_asked(wanted, person), mark, backwards=backwards).options(
        joinedload(PieceCheck.unit), joinedload(PieceCheck.item), joinedload(PieceCheck.lot)).limit(SIZE + 1)
    found = list(session.scalars(query))
    more, rows = len(found) > SIZE, found[:SIZE]
    if backwards:
        rows.reverse()
    counted = _asked(wanted, person).with_only_columns(PieceCheck.id).limit(MOST_COUNTED + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    return Page(rows, min(total, MOST_COUNTED), total > MOST_COUNTED,
                _mark(rows[:1]) if (more if backwards else mark is not None) else None,
                _mark(rows[-1:]) if more or backwards else None)


def whole(session: Session, person: Actor, check_id: int) -> PieceCheck:
    """Return an inspection with everything its page shows. Raises NotFound."""
    one_check(session, person, check_id)
    return session.scalars(
        select(PieceCheck).where(PieceCheck.id == check_id).options(
            *(joinedload(getattr(PieceCheck, name)) for name in (
                "unit", "site", "item", "lot", "standard", "stop", "self_by", "mutual_by", "dedicated_by")),
            selectinload(PieceCheck.readings).joinedload(PieceReading.characteristic))
        .execution_options(populate_existing=True)).one()


def shift_of(session: Session, check: PieceCheck) -> Shift | None:
    """Return the shift in which an inspection fell due; None outside of every shift."""
    shifts = session.scalars(select(Shift).where(Shift.site_id == check.site_id, Shift.active).order_by(Shift.id))
    zone = check.site.time_zone
    return next((s for s in shifts if began_on(s.starts, s.ends, s.weekdays, check.due_at, zone) is not None), None)


def units_inspected(session: Session, person: Actor) -> Sequence[Unit]:
    """Return the units in use that the person may see and that were ever asked for an inspection, by code."""
    asked = select(PieceCheck.id).where(PieceCheck.unit_id == Unit.id).exists()
    sites = person.sites(VIEW)
    seen = [] if sites is None else [Unit.site_id.in_(sorted(sites))]
    return session.scalars(select(Unit).where(asked, *seen).order_by(Unit.code)).all()


def conditions(wanted: Filter, person: Actor) -> list[ColumnElement[bool]]:
    """Return what a row of the register must fulfil."""
    met: list[ColumnElement[bool]] = [getattr(PieceCheck, name) == value for name in (*FILTERED, "kind", "reason")
                                      if (value := getattr(wanted, name)) is not None]
    sites = person.sites(VIEW)
    if sites is not None:
        met.append(PieceCheck.site_id.in_(sorted(sites)))
    if wanted.waiting:
        met.append(PieceCheck.state.in_(OPEN))
    if wanted.first is not None:
        met.append(PieceCheck.due_at >= day_bounds(wanted.first, wanted.first, wanted.zone)[0])
    if wanted.last is not None:
        met.append(PieceCheck.due_at < day_bounds(wanted.last, wanted.last, wanted.zone)[1])
    return met


def _asked(wanted: Filter, person: Actor) -> Select[Any]:
    return select(PieceCheck).where(*conditions(wanted, person))


def _ordered(query: Select[Any], mark: Mark | None, *, backwards: bool) -> Select[Any]:
    order = (PieceCheck.due_at, PieceCheck.id)
    if mark is not None and mark.at is not None:
        here, there = tuple_(*order), tuple_(literal(mark.at, UtcTime), literal(mark.id, Id))
        query = query.where(here > there if backwards else here < there)
    return query.order_by(*(part.asc() if backwards else part.desc() for part in order))


def _mark(rows: Sequence[PieceCheck]) -> Mark | None:
    return Mark(rows[0].id, rows[0].due_at) if rows else None
