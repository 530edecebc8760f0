"""What the pages of rejections show beside the record itself: choices, names of filters, thread. Changes nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.acceptance import Handover
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit
from qms.models.rejections import ContainmentLine, Hold, OriginStatement, Passage, Rejection
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound
from qms.rules.rejections import OPEN
from qms.workflows.rejections_filter import Filter
from qms.workflows.rejections_records import VIEW, sees

MOST_CHOICES = 2_000
MOST_IN_THREAD = 20
MOST_ON_BOARD = 60
DAY = timedelta(hours=24)


class Choices(NamedTuple):
    """What the filter row offers: rows of (id, code, name_zh, name_en), by code; sites only where there are several."""

    sites: Sequence[Row[Any]]
    units: Sequence[Row[Any]]
    defects: Sequence[Row[Any]]


def choices(session: Session, person: Actor) -> Choices:
    """Return the sites, units and defects of what the person may see."""
    sites = person.sites(VIEW)
    values = {} if sites is None else {"sites": sorted(sites)}
    plants, units, defects = (session.connection().execute(_choice(cls, sites is not None), values).all()
                              for cls in (Site, Unit, Defect))
    return Choices(plants if len(plants) > 1 else (), units, defects)


@lru_cache
def _choice(cls: Any, is_limited: bool) -> Any:
    """Return the query of what may be chosen of a class; made once, for it is asked with every page."""
    query = select(cls.id, cls.code, cls.name_zh, cls.name_en).order_by(cls.code).limit(MOST_CHOICES)
    site = cls.id if cls is Site else cls.site_id
    return query.where(site.in_(bindparam("sites", expanding=True))) if is_limited else query


def named(session: Session, person: Actor, wanted: Filter) -> dict[str, Any]:
    """Return the record of each filter that an address sets and nobody picks from a list; None: not to be seen."""
    found: dict[str, Any] = {}
    for key, cls in (("item_id", Item), ("lot_id", Lot), ("link_id", Link)):
        record_id = getattr(wanted, key)
        if record_id is not None:
            record: Any = session.get(cls, record_id)
            found[key] = record if record is not None and sees(person, record.site_id) else None
    if wanted.import_id is not None:
        found["import_id"] = None
    return found


def whole(session: Session, person: Actor, rejection_id: int) -> Rejection:
    """Return a rejection with everything that its page shows, loaded together. Raises NotFound."""
    parts = (Rejection.site, Rejection.item, Rejection.lot, Rejection.defect, Rejection.found_unit,
             Rejection.origin_unit, Rejection.handover, Rejection.reported_by)
    found = session.scalar(select(Rejection).where(Rejection.id == rejection_id).options(
        *(joinedload(part) for part in parts),
        joinedload(Rejection.link).options(joinedload(Link.supplier), joinedload(Link.customer)),
        selectinload(Rejection.holds).options(joinedload(Hold.lot), joinedload(Hold.released_by)),
        selectinload(Rejection.containment).options(
            joinedload(ContainmentLine.unit), joinedload(ContainmentLine.lot), joinedload(ContainmentLine.answered_by)),
        selectinload(Rejection.statements).options(joinedload(OriginStatement.unit),
                                                   joinedload(OriginStatement.person)),
        selectinload(Rejection.passages).joinedload(Passage.unit)))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def several(session: Session, person: Actor, ids: Sequence[int]) -> list[Rejection]:
    """Return these rejections in this order with what a tag says; those the person may not see are left out."""
    found = {r.id: r for r in session.scalars(select(Rejection).where(Rejection.id.in_(ids)).options(
        joinedload(Rejection.item), joinedload(Rejection.lot), joinedload(Rejection.defect), joinedload(Rejection.site),
        joinedload(Rejection.found_unit), joinedload(Rejection.origin_unit), joinedload(Rejection.reported_by)))}
    return [found[i] for i in ids if i in found and sees(person, found[i].site_id)]


def handovers_of(session: Session, rejection: Rejection) -> Sequence[Handover]:
    """Return how the lot came here: its hand-overs before the defect was found, the last ones, oldest first."""
    if rejection.lot_id is None:
        return []
    rows = session.scalars(
        select(Handover).where(Handover.lot_id == rejection.lot_id, Handover.presented_at <= rejection.received_at)
        .options(joinedload(Handover.supplier), joinedload(Handover.customer), joinedload(Handover.presented_by))
        .order_by(Handover.presented_at.desc(), Handover.id.desc()).limit(MOST_IN_THREAD)).all()
    return rows[::-1]


def others_of_lot(session: Session, rejection: Rejection) -> Sequence[Rejection]:
    """Return the other rejections of the same lot, the last ones, oldest first."""
    if rejection.lot_id is None:
        return []
    rows = session.scalars(
        select(Rejection).where(Rejection.lot_id == rejection.lot_id, Rejection.id != rejection.id)
        .options(joinedload(Rejection.defect), joinedload(Rejection.reported_by))
        .order_by(Rejection.id.desc()).limit(MOST_IN_THREAD)).all()
    return rows[::-1]


def records_of(rejection: Rejection) -> list[tuple[str, int]]:
    """Return (table, id) of every record whose changes belong to a rejection's history.

    Of the containment only answers that were changed later: the first ones stand in its table with person and time.
    """
    changed = [line for line in rejection.containment if line.rev > 2]
    parts = (("holds", rejection.holds), ("containment_lines", changed), ("origin_statements", rejection.statements))
    return [("rejections", rejection.id), *((table, record.id) for table, records in parts for record in records)]


class Way(NamedTuple):
    """What one unit found of one origin in the last day: rejections, pieces, still open ones, and the last time."""

    found_unit: Unit
    origin_unit: Unit | None
    rejections: int
    pieces: int
    still_open: int
    last_at: datetime


class LastDay(NamedTuple):
    """What was found in the last 24 hours: by way, the newest first, and one by one. `more`: there are more records."""

    ways: Sequence[Way]
    rejections: Sequence[Rejection]
    more: bool
    at: datetime


def last_day(session: Session, person: Actor) -> LastDay:
    """Return what was found in the last 24 hours at the sites that the person may see; void records are left out."""
    at = utc_now()
    sites = person.sites(VIEW)
    where = [Rejection.found_at > at - DAY, Rejection.state != "void",
             *([] if sites is None else [Rejection.site_id.in_(sites)])]
    records = session.scalars(
        select(Rejection).where(*where).options(
            joinedload(Rejection.item), joinedload(Rejection.lot), joinedload(Rejection.defect),
            joinedload(Rejection.found_unit), joinedload(Rejection.origin_unit))
        .order_by(Rejection.found_at.desc(), Rejection.id.desc()).limit(MOST_ON_BOARD + 1)).all()
    summed = session.execute(
        select(Rejection.found_unit_id, Rejection.origin_unit_id, func.count(), func.sum(Rejection.quantity),
               func.sum(case((Rejection.state.in_(OPEN), 1), else_=0)), func.max(Rejection.found_at))
        .where(*where).group_by(Rejection.found_unit_id, Rejection.origin_unit_id)
        .order_by(func.max(Rejection.found_at).desc())).all()
    units = {u.id: u for u in session.scalars(select(Unit).where(Unit.id.in_({i for r in summed for i in r[:2] if i})))}
    ways = [Way(units[r[0]], units.get(r[1]), *r[2:]) for r in summed]
    return LastDay(ways, records[:MOST_ON_BOARD], len(records) > MOST_ON_BOARD, at)
