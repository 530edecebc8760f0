"""The cost lines and closed months of a span of months, for the sheet of poor quality's costs. Changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qms.models.accounts import Person
from qms.models.chain import Item, Site, Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions_costs import CostLine, CostMonth
from qms.models.rejections import Rejection
from qms.models.stops import Stop
from qms.rules.accounts import Actor
from qms.rules.dispositions_costs import CATEGORIES, ELEMENT_WORDS, MEASURES, SOURCES
from qms.workflows.exports import called, coded, spoken, streamed

VIEW = "dispositions.costs"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which months are asked for: first and last as 2026-11, empty for no bound; None asks for every site."""

    site_id: int | None = None
    first: str = ""
    last: str = ""


def lines(session: Session, person: Actor, wanted: Filter, language: str,
          zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """Yield one mapping per cost line by month, with the keys of the sheet. Raises NotAllowed."""
    approver = select(Person.name).where(Person.id == CostLine.approved_by_id).scalar_subquery()
    query = (select(CostLine.id, CostLine.period, CostLine.category, CostLine.element,
                    called(Site, language).label("site"), coded(Unit, language).label("unit"),
                    Item.code.label("item"), Rejection.number.label("rejection"), Stop.number.label("stop"),
                    CustomerComplaint.number.label("complaint"), CostLine.quantity, CostLine.measure, CostLine.rate,
                    CostLine.currency, CostLine.amount,
                    CostLine.source, CostLine.posted_at, approver.label("approved_by"), CostLine.note,
                    CostLine.reverses_id)
             .join(Site, Site.id == CostLine.site_id).outerjoin(Unit, Unit.id == CostLine.unit_id)
             .outerjoin(Item, Item.id == CostLine.item_id).outerjoin(Rejection, Rejection.id == CostLine.rejection_id)
             .outerjoin(Stop, Stop.id == CostLine.stop_id)
             .outerjoin(CustomerComplaint, CustomerComplaint.id == CostLine.complaint_id)
             .where(*_asked(person, CostLine, wanted))
             .order_by(CostLine.period, CostLine.id))
    said = {"category": CATEGORIES, "element": ELEMENT_WORDS, "measure": MEASURES, "source": SOURCES}
    return spoken(streamed(session, query), said, ("posted_at",), language, zone, "")


def months(session: Session, person: Actor, wanted: Filter) -> list[tuple[str, str]]:
    """Return each currency and month that has a line, in order. Raises NotAllowed."""
    found = session.execute(select(CostLine.currency, CostLine.period).where(*_asked(person, CostLine, wanted))
                            .distinct().order_by(CostLine.currency, CostLine.period))
    return [(currency, period) for currency, period in found]


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many lines there are. Raises NotAllowed."""
    return session.scalar(select(func.count()).select_from(CostLine).where(*_asked(person, CostLine, wanted))) or 0


def closed(session: Session, person: Actor, wanted: Filter, zone: ZoneInfo, language: str) -> list[dict[str, Any]]:
    """Return the closed months with the amounts that were frozen, by currency and month. Raises NotAllowed."""
    rows = session.execute(
        select(CostMonth, called(Site, language), Person.name).join(Site, Site.id == CostMonth.site_id)
        .join(Person, Person.id == CostMonth.closed_by_id).where(*_asked(person, CostMonth, wanted))
        .order_by(CostMonth.currency, CostMonth.period, CostMonth.site_id))
    return [{"site": site, "currency": month.currency, "period": month.period, "lines": month.lines,
             "content_hash": month.content_hash, "closed_by": name,
             "closed_at": month.closed_at.astimezone(zone).replace(tzinfo=None),
             **{category: getattr(month, category) for category in CATEGORIES}} for month, site, name in rows]


def _asked(person: Actor, model: Any, wanted: Filter) -> list[ColumnElement[bool]]:
    person.need(VIEW, site_id=wanted.site_id)
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [model.site_id.in_(sorted(sites))]
    if wanted.site_id is not None:
        met.append(model.site_id == wanted.site_id)
    if wanted.first:
        met.append(model.period >= wanted.first)
    if wanted.last:
        met.append(model.period <= wanted.last)
    return met
