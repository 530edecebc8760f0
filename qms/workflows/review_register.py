"""How management reviews are listed. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.review import Review, ReviewDecision, ReviewSite
from qms.rules import review as rules
from qms.rules.accounts import Actor
from qms.workflows.chain_paging import Page, Sorting, Wish, page


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    state: str = ""


def reviews(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Review]:
    """Return a page of the reviews all of whose sites the person may see, newest first. Raises NotAllowed."""
    person.need(rules.VIEW)
    query = select(Review).options(joinedload(Review.site)).where(*visible(person), *_asked(wanted))
    return page(session, query, Review, {"number": Sorting(Review.id, "id")}, wish._replace(sort="-number"))


def decided(session: Session, reviews: Sequence[Review], today: date) -> dict[int, tuple[int, int, int]]:
    """Map reviews to how many decisions they took, how many are open, and how many of these overdue."""
    still = ReviewDecision.state == "open"
    rows = session.execute(
        select(ReviewDecision.review_id, func.count(), func.count().filter(still),
               func.count().filter(still & (ReviewDecision.due_on < today)))
        .where(ReviewDecision.review_id.in_([one.id for one in reviews]), ReviewDecision.state != "dropped")
        .group_by(ReviewDecision.review_id))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def draft_of(session: Session, site_id: int, first: date, last: date) -> Review | None:
    """Return the draft of a site for exactly a period, the newest where there are several."""
    return session.scalar(
        select(Review).where(Review.site_id == site_id, Review.state == "draft", Review.first_on == first,
                             Review.last_on == last).order_by(Review.id.desc()).limit(1))


def visible(person: Actor) -> list[ColumnElement[bool]]:
    """Return what makes a review one that the person may see: every site that it covers is theirs."""
    sites = person.sites(rules.VIEW)
    if sites is None:
        return []
    strange = select(ReviewSite.review_id).where(ReviewSite.active, ReviewSite.site_id.notin_(sorted(sites)))
    return [Review.site_id.in_(sorted(sites)), Review.id.notin_(strange)]


def _asked(wanted: Filter) -> list[ColumnElement[bool]]:
    met: list[ColumnElement[bool]] = []
    if wanted.site_id is not None:
        also = select(ReviewSite.review_id).where(ReviewSite.active, ReviewSite.site_id == wanted.site_id)
        met.append(or_(Review.site_id == wanted.site_id, Review.id.in_(also)))
    if wanted.state:
        met.append(Review.state == wanted.state)
    return met + [or_(*(c.icontains(word, autoescape=True) for c in (Review.number, Review.title)))
                  for word in wanted.sought.split()]
