"""Which completed dispositions cost something that no rate priced: no cost line tells of them. Changes nothing."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Float, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.chain import Site
from qms.models.dispositions import Disposition, Rework, ScrapTicket
from qms.models.dispositions_costs import CostLine
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.clock import day_bounds
from qms.rules.dispositions_costs import after, check_period
from qms.rules.errors import NotFound
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.dispositions_costing import VIEW, WORK

COMPLETED_AT: Any = func.coalesce(
    select(ScrapTicket.disposed_at).where(ScrapTicket.disposition_id == Disposition.id).correlate(Disposition)
    .scalar_subquery(), Disposition.verified_at, Disposition.done_at, Disposition.decided_at)


def by_month(session: Session, person: Actor, site_id: int, first: str) -> dict[str, int]:
    """Map each month that has unpriced lines to how many, from `first` on; empty `first`: from the beginning.

    Raises NotFound, NotAllowed.
    """
    person.need(VIEW, site_id=site_id)
    zone = _zone(session, site_id)
    since = [] if not first else [day_bounds(_first_day(first), _first_day(first), zone)[0] <= COMPLETED_AT]
    found = session.scalars(select(COMPLETED_AT).where(*_unpriced(), Disposition.site_id == site_id, *since))
    return dict(sorted(Counter(f"{at.astimezone(ZoneInfo(zone)):%Y-%m}" for at in found).items()))


def register(session: Session, person: Actor, site_id: int, period: str, wish: Wish) -> Page[Disposition]:
    """Return a page of the unpriced lines completed in a month, newest first. Raises Invalid, NotFound, NotAllowed."""
    person.need(VIEW, site_id=site_id)
    check_period(period)
    last = _first_day(after(period)) - timedelta(days=1)
    start, end = day_bounds(_first_day(period), last, _zone(session, site_id))
    query = (select(Disposition).where(*_unpriced(), Disposition.site_id == site_id, start <= COMPLETED_AT,
                                       end > COMPLETED_AT)
             .options(joinedload(Disposition.rejection).options(
                 joinedload(Rejection.item), joinedload(Rejection.found_unit)),
                 joinedload(Disposition.ticket), joinedload(Disposition.decided_by)))
    return page(session, query, Disposition, {"line": Sorting(Disposition.id, "id")}, wish._replace(sort="-line"))


def _unpriced() -> list[ColumnElement[bool]]:
    """Return the conditions of a line that is completed, cost pieces or hours, and posted nothing."""
    hours = exists().where(Rework.disposition_id == Disposition.id, cast(Rework.hours, Float) > 0)
    return [Disposition.state == "completed",
            or_(Disposition.code == "scrap", and_(Disposition.code.in_(WORK), hours)),
            ~exists().where(CostLine.disposition_id == Disposition.id)]


def _zone(session: Session, site_id: int) -> str:
    site = session.get(Site, site_id)
    if site is None:
        raise NotFound
    return site.time_zone


def _first_day(period: str) -> date:
    return date(int(period[:4]), int(period[5:]), 1)
