"""The scorecards of a site's links as a table; must not know any file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.models.chain import Link, Site, Unit
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.measures import Period
from qms.workflows.satisfaction_scorecards import Card, Figures, overview


@dataclass(frozen=True, slots=True)
class Filter:
    """Which days of which site."""

    site_id: int | None = None
    first: date | None = None
    last: date | None = None


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,  # noqa: ARG001
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per link, rates and means as numbers with their n and interval; None where there is no figure.

    Raises Invalid, NotFound.
    """
    for card in _cards(session, person, wanted):
        if isinstance(card.of, Link):
            yield _line(card.of, card.now, language, address, wanted)


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many links have a scorecard in the period. Raises Invalid, NotFound."""
    return len(_cards(session, person, wanted))


def _cards(session: Session, person: Actor, wanted: Filter) -> list[Card]:
    if wanted.site_id is None or wanted.first is None or wanted.last is None:
        raise Invalid("Choose a site and a period.", "请选择工厂和时段。", field="first")
    site = session.get(Site, wanted.site_id)
    if site is None:
        raise NotFound
    return overview(session, person, site.id, Period(wanted.first, wanted.last, "month", site.time_zone)).links


def _line(link: Link, now: Figures, language: str, address: str, wanted: Filter) -> dict[str, Any]:
    perceived = now.perceived
    return {
        "supplier": _coded(link.supplier, language), "customer": _coded(link.customer, language),
        "output": (link.output_zh if language == "zh" else link.output_en) or link.output_en or link.output_zh,
        "fta": now.acceptance.value, "fta_n": now.acceptance.n, "fta_low": now.acceptance.low,
        "fta_high": now.acceptance.high, "kept": now.kept.value, "kept_n": now.kept.n, "kept_low": now.kept.low,
        "kept_high": now.kept.high, "complaints": now.complaints,
        "index": perceived.index if perceived else None, "index_n": perceived.n if perceived else None,
        "index_low": perceived.index_low if perceived else None,
        "index_high": perceived.index_high if perceived else None,
        "rating": now.ratings.mean, "rating_n": now.ratings.n, "rating_low": now.ratings.low,
        "rating_high": now.ratings.high,
        "link": f"{address}/satisfaction/scorecards/links/{link.id}?first={wanted.first}&last={wanted.last}"
        if address else None,
    }


def _coded(unit: Unit, language: str) -> str:
    names = (unit.name_zh, unit.name_en) if language == "zh" else (unit.name_en, unit.name_zh)
    return f"{unit.code} {names[0] or names[1]}"
