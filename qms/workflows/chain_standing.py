"""Knows how links stand today: by which standard, and how satisfied the customer is. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.acceptance import Standard
from qms.models.chain import Link, Site
from qms.rules.measures import Period
from qms.workflows.measures_handovers import NONE_HANDED_OVER, HandedOver, by_link

DAYS = 90
"""How far back the figures of a link look."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A link, its standards in force (of all items first, then by item) and its hand-overs of the last DAYS."""

    link: Link
    standards: Sequence[Standard]
    handed: HandedOver


def today(session: Session, site_id: int) -> date:
    """Return the day that it is at a site."""
    return now(session).astimezone(ZoneInfo(session.get_one(Site, site_id).time_zone)).date()


def in_force(on: date) -> ColumnElement[bool]:
    """Return the condition that a standard is in force on a day."""
    return (Standard.state.in_(("approved", "superseded")) & (Standard.valid_from <= on)
            & or_(Standard.valid_to.is_(None), Standard.valid_to >= on))


def standing(session: Session, links: Sequence[Link]) -> list[Standing]:
    """Return how each link stands, in the order given. All links are of one site."""
    if not links:
        return []
    site = session.get_one(Site, links[0].site_id)
    day = today(session, site.id)
    ids = [link.id for link in links]
    handed = by_link(session, ids, Period(day - timedelta(days=DAYS - 1), day, "month", site.time_zone))
    standards: dict[int, list[Standard]] = {}
    for standard in session.scalars(select(Standard).where(Standard.link_id.in_(ids), in_force(day))
                                    .order_by(Standard.item_id.is_not(None), Standard.form_number)):
        standards.setdefault(standard.link_id, []).append(standard)
    return [Standing(link, standards.get(link.id, ()), handed.get(link.id, NONE_HANDED_OVER)) for link in links]
