"""How a management review is found for a person, and locked for a step. Knows no page."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site
from qms.models.review import Review, ReviewAttendee, ReviewDecision, ReviewInput, ReviewSite
from qms.rules import review as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.review_inputs import INPUTS
from qms.rules.steps import step, step_of
from qms.workflows.chain_records import check_version


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may see the management reviews of a site."""
    sites = person.sites(rules.VIEW)
    return sites is None or site_id in sites


def site_of(session: Session, person: Actor, site_id: int, permission: str = rules.VIEW) -> Site:
    """Return a site whose reviews the person may see. Raises NotFound; NotAllowed without the permission there."""
    found = session.get(Site, site_id)
    if found is None or not sees(person, site_id):
        raise NotFound
    person.need(permission, site_id=site_id)
    return found


def one(session: Session, person: Actor, review_id: int, *, lock: bool = False) -> Review:
    """Return a review all of whose sites the person may see. Raises NotFound."""
    found = session.get(Review, review_id, with_for_update=lock or None)
    if found is None or not all(sees(person, site.id) for site in sites_of(session, found)):
        raise NotFound
    return found


def begun(session: Session, person: Actor, review_id: int, name: str, *, rev: int | None = None,
          **given: Any) -> tuple[Review, str, int | None]:
    """Return a review that no one else changes meanwhile, the state to which a step leads, and the grant for it.

    `rev` None: a part of the review is changed, which has its own version. Raises NotFound, NotAllowed, Stale,
    IllegalStep.
    """
    held = one(session, person, review_id, lock=True)
    wanted = step_of(rules.STEPS, name)
    grants = [person.need(wanted.permission, site_id=site.id) for site in sites_of(session, held)]
    if rev is not None:
        check_version(held, rev, given | {"state": wanted.to or held.state})
    return held, step(rules.STEPS, held.state, name), grants[0]


def sites_of(session: Session, review: Review) -> list[Site]:
    """Return the sites that a review covers, the one that numbered it first."""
    more = select(ReviewSite.site_id).where(ReviewSite.review_id == review.id, ReviewSite.active)
    found = session.scalars(select(Site).where(or_(Site.id == review.site_id, Site.id.in_(more))).order_by(Site.code))
    return sorted(found, key=lambda site: site.id != review.site_id)


def attendees(session: Session, review: Review) -> Sequence[ReviewAttendee]:
    """Return who takes part, in the order in which they were named."""
    return session.scalars(select(ReviewAttendee).where(ReviewAttendee.review_id == review.id, ReviewAttendee.active)
                           .order_by(ReviewAttendee.id)).all()


def inputs_of(session: Session, review: Review) -> list[ReviewInput]:
    """Return the inputs of a review in the order of the meeting."""
    held = {one.code: one for one in session.scalars(
        select(ReviewInput).where(ReviewInput.review_id == review.id))}
    return [held[code] for code in INPUTS if code in held]


def decisions_of(session: Session, review: Review) -> Sequence[ReviewDecision]:
    """Return what a review decided, in order."""
    return session.scalars(select(ReviewDecision).where(ReviewDecision.review_id == review.id)
                           .order_by(ReviewDecision.place)).all()


def today(session: Session, site: Site) -> date:
    """Return the day that it is at a site."""
    return now(session).astimezone(ZoneInfo(site.time_zone)).date()
