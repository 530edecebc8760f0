"""Scorecards of links and units: routine performance beside perceived satisfaction. Only reads; mixes nothing.

Routine performance is counted from hand-overs, requests and internal complaints of the period. Perceived satisfaction
is what was published of surveys that closed in the period, and the ratings that askers gave. Figures are of links and
units, never of persons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.measures.intervals import Mean, Rate
from qms.measures.satisfaction import Rating
from qms.models.chain import Link, Site, Unit
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.measures import Period
from qms.rules.satisfaction_scorecards import change
from qms.workflows.measures_handovers import NONE_HANDED_OVER, HandedOver, by_link_of_site
from qms.workflows.satisfaction_scorecards_counts import (
    NONE_ASKED,
    Asked,
    Published,
    complaints_by_pair,
    published,
    requests_by_pair,
)

VIEW = "satisfaction.view"
Pair = tuple[int, int]
"""Supplier and customer."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One period: how it went, and what was thought of it. `survey` None: nothing was published in the period."""

    handed: HandedOver
    asked: Asked
    complaints: int
    survey: Published | None

    @property
    def acceptance(self) -> Rate:
        """Return first-time acceptance."""
        return self.handed.acceptance

    @property
    def kept(self) -> Rate:
        """Return the share of promises kept."""
        return self.asked.kept

    @property
    def ratings(self) -> Mean:
        """Return what askers thought of what was done for them, 1 to 5."""
        return self.asked.ratings

    @property
    def perceived(self) -> Rating | None:
        """Return the overall question of the newest survey; None: none, or hidden."""
        return self.survey.overall if self.survey else None


@dataclass(frozen=True, slots=True)
class Card:
    """A link or a unit as supplier, now and in the period before; `before` None where days begin."""

    of: Link | Unit
    now: Figures
    before: Figures | None

    def change(self, name: str) -> str | None:
        """Return how `acceptance`, `kept`, `ratings` or `perceived` changed; None where it cannot be told."""
        if self.before is None:
            return None
        return change(_ends(getattr(self.before, name)), _ends(getattr(self.now, name)))


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that was counted at a site in a period."""

    handed: Mapping[int, HandedOver]
    asked: Mapping[Pair, Asked]
    complaints: Mapping[Pair, int]
    of_links: Mapping[int, Published]
    of_units: Mapping[int, Published]

    def link(self, link: Link) -> Figures:
        """Return the figures of a link; requests and complaints are those between its two units."""
        pair = (link.supplier_id, link.customer_id)
        return Figures(self.handed.get(link.id, NONE_HANDED_OVER), self.asked.get(pair, NONE_ASKED),
                       self.complaints.get(pair, 0), self.of_links.get(link.id))

    def unit(self, unit_id: int, given: Sequence[Link]) -> Figures:
        """Return the figures of a unit as supplier of the given links and of everybody who asked it."""
        return Figures(
            sum((self.handed.get(link.id, NONE_HANDED_OVER) for link in given), NONE_HANDED_OVER),
            sum((asked for (supplier, _), asked in self.asked.items() if supplier == unit_id), NONE_ASKED),
            sum(n for (supplier, _), n in self.complaints.items() if supplier == unit_id), self.of_units.get(unit_id))


@dataclass(frozen=True, slots=True)
class Scorecards:
    """The scorecards of a site: links, then units, by code; those without any figure in either period are left out."""

    links: list[Card]
    units: list[Card]


def counted(session: Session, site_id: int, period: Period) -> Counted:
    """Count everything at a site in a period."""
    of_links, of_units = published(session, site_id, period)
    return Counted(by_link_of_site(session, site_id, period), requests_by_pair(session, site_id, period),
                   complaints_by_pair(session, site_id, period), of_links, of_units)


def overview(session: Session, person: Actor, site_id: int, period: Period) -> Scorecards:
    """Return the scorecards of a site. Raises NotFound."""
    _site(session, person, site_id)
    now, before = counted(session, site_id, period), _before(session, site_id, period)
    links = _links(session, site_id)
    units = session.scalars(select(Unit).where(Unit.site_id == site_id).order_by(Unit.code)).all()
    of_units = [_unit_card(unit, links, now, before) for unit in units]
    of_links = [Card(link, now.link(link), before.link(link) if before else None) for link in links]
    return Scorecards(*([card for card in cards if has_figures(card)] for cards in (of_links, of_units)))


def link_card(session: Session, person: Actor, link_id: int, period: Period) -> tuple[Card, list[Card]]:
    """Return the scorecard of a link, and those of the links that lead back between the same two units.

    Raises NotFound.
    """
    link = session.get(Link, link_id, options=[joinedload(Link.supplier), joinedload(Link.customer),
                                               joinedload(Link.site)])
    if link is None:
        raise NotFound
    _site(session, person, link.site_id)
    now, before = counted(session, link.site_id, period), _before(session, link.site_id, period)
    back = [other for other in _links(session, link.site_id)
            if (other.supplier_id, other.customer_id) == (link.customer_id, link.supplier_id)]
    cards = [Card(each, now.link(each), before.link(each) if before else None) for each in (link, *back)]
    return cards[0], cards[1:]


def unit_card(session: Session, person: Actor, unit_id: int, period: Period) -> tuple[Card, list[Card], list[Card]]:
    """Return the scorecard of a unit, of each link it supplies, and of each link in which it is the customer.

    Raises NotFound.
    """
    unit = session.get(Unit, unit_id, options=[joinedload(Unit.site)])
    if unit is None:
        raise NotFound
    _site(session, person, unit.site_id)
    now, before = counted(session, unit.site_id, period), _before(session, unit.site_id, period)
    links = _links(session, unit.site_id)
    cards = [Card(link, now.link(link), before.link(link) if before else None) for link in links
             if unit_id in (link.supplier_id, link.customer_id)]
    given = [card for card in cards if isinstance(card.of, Link) and card.of.supplier_id == unit_id]
    return _unit_card(unit, links, now, before), given, [card for card in cards if card not in given]


def has_figures(card: Card) -> bool:
    """Tell whether anything was counted in either period."""
    nothing = Figures(NONE_HANDED_OVER, NONE_ASKED, 0, None)
    return card.now != nothing or card.before not in (None, nothing)


def _unit_card(unit: Unit, links: Sequence[Link], now: Counted, before: Counted | None) -> Card:
    given = [link for link in links if link.supplier_id == unit.id]
    return Card(unit, now.unit(unit.id, given), before.unit(unit.id, given) if before else None)


def _before(session: Session, site_id: int, period: Period) -> Counted | None:
    return counted(session, site_id, period.before) if period.before else None


def _links(session: Session, site_id: int) -> list[Link]:
    links = session.scalars(select(Link).where(Link.site_id == site_id)
                            .options(joinedload(Link.supplier), joinedload(Link.customer))).all()
    return sorted(links, key=lambda link: (link.supplier.code, link.customer.code, link.id))


def _site(session: Session, person: Actor, site_id: int) -> Site:
    allowed = person.sites(VIEW)
    site = session.get(Site, site_id)
    if site is None or not (allowed is None or site_id in allowed):
        raise NotFound
    return site


def _ends(figure: Rate | Mean | Rating | None) -> tuple[float | None, float | None]:
    if figure is None:
        return None, None
    return (figure.index_low, figure.index_high) if isinstance(figure, Rating) else (figure.low, figure.high)
