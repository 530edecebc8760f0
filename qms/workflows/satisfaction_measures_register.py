"""Which imported measures of units there are by filter, page by page, and the lines of the file. Writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from qms.models.chain import Site
from qms.models.imports import Import
from qms.models.satisfaction_measures import UnitMeasure
from qms.rules import satisfaction_measures as rules
from qms.rules.accounts import Actor
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.exports import coded, spoken, streamed
from qms.workflows.satisfaction_records import VIEW

MOST_OFFERED = 500
_SORTINGS = {"unit": Sorting(UnitMeasure.unit_code, "unit_code"), "imported": Sorting(UnitMeasure.id, "id")}


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    source: str = ""
    measure: str = ""
    kind: str = ""
    import_id: int | None = None


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[UnitMeasure]:
    """Return a page of measures, by unit unless asked for as they were imported. Raises NotAllowed."""
    person.need(VIEW)
    query = select(UnitMeasure).options(joinedload(UnitMeasure.origin)).where(*_met(person, wanted))
    return page(session, query, UnitMeasure, _SORTINGS, wish)


def sources(session: Session, person: Actor) -> Sequence[str]:
    """Return what the measures that the person may see are from."""
    return _offered(session, person, UnitMeasure.source)


def measures(session: Session, person: Actor) -> Sequence[str]:
    """Return the names of the measures that the person may see."""
    return _offered(session, person, UnitMeasure.measure)


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per measure, by unit. `address` empty: no links to the imports. Raises NotAllowed."""
    person.need(VIEW)
    held = UnitMeasure
    query = (select(Import.id, coded(Site, language).label("site"), held.unit_code, held.unit_name, held.measure,
                    held.kind, held.period, held.value, case((held.is_percent, "%"), else_="").label("unit"), held.n,
                    held.source, Import.file_name, Import.started_at, held.line)
             .join(Site, Site.id == held.site_id).join(Import, Import.id == held.import_id)
             .where(*_met(person, wanted)).order_by(held.unit_code, held.id))
    return spoken(streamed(session, query), {"kind": rules.KINDS}, ("started_at",), language, zone,
                  f"{address}/imports/" if address else "")


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many measures the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(UnitMeasure).where(*_met(person, wanted))) or 0


def _offered(session: Session, person: Actor, column: InstrumentedAttribute[str]) -> Sequence[str]:
    return session.scalars(select(column).where(*_met(person, Filter())).distinct().order_by(column)
                           .limit(MOST_OFFERED)).all()


def _met(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    held, sites = UnitMeasure, person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [held.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {held.site_id: wanted.site_id, held.source: wanted.source, held.measure: wanted.measure,
                            held.kind: wanted.kind, held.import_id: wanted.import_id}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    return met + [or_(held.unit_code.icontains(word, autoescape=True), held.unit_name.icontains(word, autoescape=True))
                  for word in wanted.sought.split()]
