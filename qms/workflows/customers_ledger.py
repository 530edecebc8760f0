"""The lines of the register of outside customers and of the readings of their scorecards. Must not know any file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from qms.models.actions import Action
from qms.models.chain import Site, Unit
from qms.models.customers import Customer, CustomerPlant
from qms.models.customers_scores import ScoreReading
from qms.rules import customers as rules
from qms.rules import customers_metrics, customers_scores
from qms.rules.accounts import Actor
from qms.rules.words import Words
from qms.workflows.customers_records import VIEW
from qms.workflows.customers_register import Filter, conditions
from qms.workflows.exports import coded, spoken, streamed

_YES = {"yes": Words("yes", "是"), "no": Words("no", "否")}
_COLOURS = {code: state.words for code, state in customers_scores.COLOURS.items()}
_UNITS = {code: metric.unit for code, metric in customers_metrics.METRICS.items()}


@dataclass(frozen=True, slots=True)
class Readings:
    """What readings are asked for: first and last month by their first day, site, customer; None: all."""

    first: date | None = None
    last: date | None = None
    site_id: int | None = None
    customer_id: int | None = None


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per customer, by code. `address` empty: no links. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Unit.id, Unit.code, (Unit.name_zh if language == "zh" else Unit.name_en).label("name"),
                    coded(Site, language).label("site"), Customer.sales_class, Customer.grade, Customer.share_percent,
                    _said(Customer.strategic).label("strategic"), Customer.risk, Customer.written_in,
                    Customer.portal_url, Customer.note, _said(Customer.active).label("active"))
             .select_from(Customer).join(Unit, Unit.id == Customer.unit_id).join(Site, Site.id == Customer.site_id)
             .where(*conditions(person, wanted)).order_by(Unit.code, Unit.id))
    said: dict[str, Any] = {"sales_class": rules.CLASSES, "risk": rules.RISKS, "written_in": rules.LANGUAGES,
                            "strategic": _YES, "active": _YES}
    return spoken(streamed(session, query), said, (), language, zone, f"{address}/customers/" if address else "")


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many customers the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(Customer).join(Unit, Unit.id == Customer.unit_id)
                          .where(*conditions(person, wanted))) or 0


def readings(session: Session, person: Actor, wanted: Readings, language: str, zone: ZoneInfo,
             address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per reading, by month, the oldest first. `address` empty: no links. Raises NotAllowed."""
    person.need(VIEW)
    held = ScoreReading
    query = (select(held.id, held.month, coded(Unit, language).label("customer"), CustomerPlant.code.label("plant"),
                    held.metric, held.metric.label("unit"), held.value, held.target, held.colour, held.note,
                    Action.number.label("action"), held.read_on, held.correction)
             .join(Unit, Unit.id == held.customer_id).outerjoin(CustomerPlant, CustomerPlant.id == held.plant_id)
             .outerjoin(Action, Action.id == held.action_id)
             .where(*_met(person, wanted)).order_by(held.month, held.id))
    said = {"metric": customers_metrics.WORDS, "unit": _UNITS, "colour": _COLOURS}
    rows = spoken(streamed(session, query), said, (), language, zone,
                  f"{address}/customers/scorecards/" if address else "")
    return (row | {"month": f"{row['month']:%Y-%m}"} for row in rows)


def count_readings(session: Session, person: Actor, wanted: Readings) -> int:
    """Return how many readings there are under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(ScoreReading).where(*_met(person, wanted))) or 0


def _met(person: Actor, wanted: Readings) -> list[ColumnElement[bool]]:
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [ScoreReading.site_id.in_(sorted(sites))]
    if wanted.first is not None:
        met.append(ScoreReading.month >= wanted.first)
    if wanted.last is not None:
        met.append(ScoreReading.month <= wanted.last)
    if wanted.site_id is not None:
        met.append(ScoreReading.site_id == wanted.site_id)
    if wanted.customer_id is not None:
        met.append(ScoreReading.customer_id == wanted.customer_id)
    return met


def _said(column: Any) -> Any:
    return case((column.is_(True), "yes"), else_="no")
