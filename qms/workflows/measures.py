"""Puts the figures of links and units together from counts; must not know how they are counted or shown.

Figures are of links and units, never of persons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.measures.charts import Chart, Subgroup, share_chart
from qms.measures.intervals import EventRate, Rate, event_rate
from qms.models.acceptance import Handover
from qms.models.chain import Link, Site, Unit
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.measures import Period
from qms.workflows.measures_escapes import (
    NONE_COUNTED,
    Counted,
    Made,
    Seen,
    found_by_unit,
    made_by_unit,
    refused_by_link,
    seen_by_link,
    seen_by_unit,
)
from qms.workflows.measures_handovers import (
    NONE_HANDED_OVER,
    HandedOver,
    by_link,
    by_link_of_site,
    by_time,
)


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """What happened on a link: `refused` at its acceptance, `seen` of the defects that came over it."""

    link: Link
    handed: HandedOver
    refused: Counted
    seen: Seen


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What a unit handed over and received, made, saw and found itself."""

    unit: Unit
    supplied: HandedOver
    received: HandedOver
    made: Made
    seen: Seen
    found: Counted


@dataclass(frozen=True, slots=True)
class Overview:
    """A site's figures, links and units in the order of their codes; `handed` is the sum over all links."""

    links: list[LinkFigures]
    units: list[UnitFigures]
    handed: HandedOver
    passed_on: Counted
    at_customer: Counted
    reports: EventRate


@dataclass(frozen=True, slots=True)
class Charted:
    """A control chart and the share behind each of its points, in the order of the period's buckets."""

    chart: Chart
    shares: list[Rate]


def sites(session: Session, person: Actor) -> Sequence[Site]:
    """Return the sites whose figures a person may see, by code."""
    allowed = person.sites("measures.view")
    query = select(Site).order_by(Site.code)
    return session.scalars(query if allowed is None else query.where(Site.id.in_(allowed))).all()


def one_link(session: Session, person: Actor, link_id: int) -> Link:
    """Return a link with its units and site. Raises NotFound, also for a site the person may not see."""
    names = (joinedload(Link.supplier), joinedload(Link.customer), joinedload(Link.site))
    link = session.get(Link, link_id, options=names)
    if link is None or not _sees(person, link.site_id):
        raise NotFound
    return link


def one_unit(session: Session, person: Actor, unit_id: int) -> Unit:
    """Return a unit with its site. Raises NotFound, also for a site the person may not see."""
    unit = session.get(Unit, unit_id, options=[joinedload(Unit.site)])
    if unit is None or not _sees(person, unit.site_id):
        raise NotFound
    return unit


def _sees(person: Actor, site_id: int) -> bool:
    allowed = person.sites("measures.view")
    return allowed is None or site_id in allowed


def overview(session: Session, person: Actor, site_id: int, period: Period) -> Overview:
    """Return the figures of every link and unit of a site, links with hand-overs first. Raises NotFound."""
    if not _sees(person, site_id):
        raise NotFound
    handed = by_link_of_site(session, site_id, period)
    names = (joinedload(Link.supplier), joinedload(Link.customer))
    links = session.scalars(select(Link).where(Link.site_id == site_id).options(*names)).all()
    shown = sorted(
        (link for link in links if link.active or link.id in handed),
        key=lambda link: (link.id not in handed, link.supplier.code, link.customer.code, link.id),
    )
    refused = refused_by_link(session, site_id, period)
    crossed = seen_by_link(session, site_id, period)
    units = _units_of_site(session, site_id, period, links, handed)
    total = sum(handed.values(), NONE_HANDED_OVER)
    return Overview(
        [
            LinkFigures(
                link,
                handed.get(link.id, NONE_HANDED_OVER),
                refused.get(link.id, NONE_COUNTED),
                crossed.get((link.supplier_id, link.customer_id), Seen()),
            )
            for link in shown
        ],
        units,
        total,
        sum((figures.made.passed_on for figures in units), NONE_COUNTED),
        sum((figures.made.at_customer for figures in units), NONE_COUNTED),
        event_rate(sum(figures.found.records for figures in units), total.received),
    )


def _units_of_site(
    session: Session, site_id: int, period: Period, links: Sequence[Link], handed: dict[int, HandedOver]
) -> list[UnitFigures]:
    """Return the figures of operations and of every other unit that has any."""
    made = made_by_unit(session, site_id, period)
    seen = seen_by_unit(session, site_id, period)
    found = found_by_unit(session, site_id, period)
    supplied: dict[int, HandedOver] = {}
    received: dict[int, HandedOver] = {}
    for link in links:
        counted = handed.get(link.id, NONE_HANDED_OVER)
        if counted != NONE_HANDED_OVER:
            supplied[link.supplier_id] = supplied.get(link.supplier_id, NONE_HANDED_OVER) + counted
            received[link.customer_id] = received.get(link.customer_id, NONE_HANDED_OVER) + counted
    busy = {*made, *seen, *found, *supplied, *received}
    units = session.scalars(select(Unit).where(Unit.site_id == site_id).order_by(Unit.code)).all()
    return [
        UnitFigures(
            unit,
            supplied.get(unit.id, NONE_HANDED_OVER),
            received.get(unit.id, NONE_HANDED_OVER),
            made.get(unit.id, Made()),
            seen.get(unit.id, Seen()),
            found.get(unit.id, NONE_COUNTED),
        )
        for unit in units
        if unit.id in busy or (unit.active and unit.kind == "operation")
    ]


def link_figures(session: Session, person: Actor, link_id: int, period: Period) -> LinkFigures:
    """Return the figures of one link. Raises NotFound."""
    link = one_link(session, person, link_id)
    return LinkFigures(
        link,
        by_link(session, [link.id], period).get(link.id, NONE_HANDED_OVER),
        refused_by_link(session, link.site_id, period, link.id).get(link.id, NONE_COUNTED),
        seen_by_link(session, link.site_id, period, link.customer_id).get(
            (link.supplier_id, link.customer_id), Seen()
        ),
    )


def unit_figures(session: Session, person: Actor, unit_id: int, period: Period) -> UnitFigures:
    """Return the figures of one unit. Raises NotFound."""
    unit = one_unit(session, person, unit_id)
    given, taken = links_of(session, unit.id, "supplier"), links_of(session, unit.id, "customer")
    handed = by_link(session, [*given, *taken], period)
    return UnitFigures(
        unit,
        sum((handed.get(link_id, NONE_HANDED_OVER) for link_id in given), NONE_HANDED_OVER),
        sum((handed.get(link_id, NONE_HANDED_OVER) for link_id in taken), NONE_HANDED_OVER),
        made_by_unit(session, unit.site_id, period, unit.id).get(unit.id, Made()),
        seen_by_unit(session, unit.site_id, period, unit.id).get(unit.id, Seen()),
        found_by_unit(session, unit.site_id, period, unit.id).get(unit.id, NONE_COUNTED),
    )


def links_of(session: Session, unit_id: int, side: str) -> Sequence[int]:
    """Return the ids of the links in which a unit is the `supplier` or the `customer`."""
    end = Link.supplier_id if side == "supplier" else Link.customer_id
    return session.scalars(select(Link.id).where(end == unit_id)).all()


def control_chart(session: Session, link_ids: Sequence[int], period: Period, subject: str) -> Charted:
    """Chart the share of `lots` not accepted at first presentation, or of `pieces` rejected."""
    counted = by_time(session, link_ids, period)
    shares = [handed.refused if subject == "lots" else handed.nonconforming for handed in counted]
    groups = [
        Subgroup(bucket.label, share.numerator, share.denominator)
        for bucket, share in zip(period.buckets, shares, strict=True)
    ]
    return Charted(share_chart(groups), shares)


def latest(session: Session, site_id: int, link_ids: Sequence[int] | None = None) -> datetime | None:
    """Return when something was last handed over on links, or (None) handed over or found at the site."""
    handed = select(Handover.presented_at).order_by(Handover.presented_at.desc()).limit(1)
    if link_ids is not None:
        return session.scalar(handed.where(Handover.link_id.in_(link_ids)))
    found = select(Rejection.found_at).order_by(Rejection.found_at.desc()).limit(1)
    ends = [
        session.scalar(handed.where(Handover.site_id == site_id)),
        session.scalar(found.where(Rejection.site_id == site_id)),
    ]
    return max((end for end in ends if end is not None), default=None)
