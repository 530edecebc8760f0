"""Reviews of the trail: made over some days and a filter, listed, due (R-46). Knows no page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from qms.db import acted, now
from qms.db.ledger import ledger
from qms.models.accounts import Person
from qms.models.trail_reviews import TrailReview
from qms.rules import trail_reviews as rules
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound
from qms.workflows import trail, trail_search
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.exports import spoken, streamed

VIEW = "trail.view"
SORTINGS = {"id": Sorting(TrailReview.id, "id")}


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the reviews is asked for; nothing asks for all."""

    site_id: int | None = None
    finding: str = ""


def review(session: Session, person: Actor, wanted: trail_search.Filter, filters: str, *, finding: str,
           said: str | None, next_due_on: date, review_days: int = rules.REVIEW_DAYS) -> TrailReview:
    """Write down that the entries of the filter were reviewed, and where the trail ended then.

    The filter has a first and a last day; `filters` is the rest of it as a query string.
    Raises Refused (R-46), NotAllowed.
    """
    grant_id = person.need(rules.REVIEW)
    today = now(session).astimezone(ZoneInfo(wanted.zone)).date()
    first_on, last_on = wanted.first or today, wanted.last or today
    rules.check_review(finding, said, first_on, last_on, today)
    rules.check_due(next_due_on, last_on, review_days)
    seq, head = session.execute(select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(1)).one()
    made = TrailReview(
        reviewed_at=now(session), reviewed_by_id=person.id, grant_id=grant_id, first_on=first_on, last_on=last_on,
        time_zone=wanted.zone, filters=filters[:500], entries=trail.count(session, person, wanted), last_seq=seq,
        last_hash=bytes(head).hex(),
        finding=finding, said=(said or "").strip() or None, next_due_on=next_due_on)
    session.add(made)
    acted(session, "R-46")
    session.flush()
    return made


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[TrailReview]:
    """Return a page of reviews, newest first. Raises NotAllowed."""
    person.need(VIEW)
    query = select(TrailReview).where(*_conditions(wanted)).options(joinedload(TrailReview.reviewed_by))
    return page(session, query, TrailReview, SORTINGS, wish._replace(sort="-id"))


def one(session: Session, person: Actor, review_id: int) -> TrailReview:
    """Return a review. Raises NotAllowed, NotFound."""
    person.need(VIEW)
    found = session.scalar(select(TrailReview).where(TrailReview.id == review_id)
                           .options(joinedload(TrailReview.reviewed_by)))
    if found is None:
        raise NotFound
    return found


def today_in(zone: str) -> date:
    """Return the day that it is in a zone."""
    return utc_now().astimezone(ZoneInfo(zone)).date()


def due_on(session: Session, review_days: int) -> date:
    """Return the day on which the trail is to be reviewed next: where it never was, so many days after it began."""
    last = session.scalar(select(TrailReview.next_due_on).order_by(TrailReview.id.desc()).limit(1))
    return last or unreviewed_from(session) + timedelta(days=review_days)


def overdue(session: Session, person: Actor, review_days: int) -> date | None:
    """Return since when a review of the trail is due, for who may make it; None: none is."""
    if not person.may(rules.REVIEW):
        return None
    due = due_on(session, review_days)
    return due if due <= utc_now().date() else None


def unreviewed_from(session: Session) -> date:
    """Return the first day that no review has covered yet: after the last one, else that of the first entry."""
    last: date | None = session.scalar(select(func.max(TrailReview.last_on)))
    if last is not None:
        return min(last + timedelta(days=1), utc_now().date())
    began = session.scalar(select(ledger.c.at).order_by(ledger.c.seq).limit(1))
    return began.date() if began is not None else utc_now().date()


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many reviews the filter leaves. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count(TrailReview.id)).where(*_conditions(wanted))) or 0


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per review, oldest first. Raises NotAllowed."""
    person.need(VIEW)
    page_of = f"{address}/trail/reviews/" if address else ""
    return spoken(streamed(session, _query(wanted)), {"finding": rules.FINDINGS}, ("reviewed_at",), language, zone,
                  page_of)


def _query(wanted: Filter) -> Select[*tuple[Any, ...]]:
    held = TrailReview
    return (select(held.id, held.reviewed_at, Person.name.label("reviewed_by"), held.first_on, held.last_on,
                   held.time_zone, held.filters, held.entries, held.finding, held.said, held.next_due_on, held.last_seq,
                   held.last_hash)
            .join(Person, Person.id == held.reviewed_by_id).where(*_conditions(wanted)).order_by(held.id))


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    return [TrailReview.finding == wanted.finding] if wanted.finding else []
