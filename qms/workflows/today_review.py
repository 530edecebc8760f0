"""What waits for a person of management reviews: own decisions due, reviews that wait for the signature. Reads only."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.review import Review, ReviewSite
from qms.rules import review as rules
from qms.rules.accounts import Actor
from qms.workflows.review_decisions import due_for
from qms.workflows.today_waiting import SHOWN, Waiting, first_of

AHEAD = timedelta(days=14)
NOTHING = Waiting((), 0)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What waits: decisions that are overdue or due within a fortnight, reviews to sign."""

    due: Waiting = NOTHING
    to_sign: Waiting = NOTHING

    @property
    def total(self) -> int:
        """Return how many matters wait in all."""
        return self.due.total + self.to_sign.total


def reviewed(session: Session, person: Actor) -> Reviewed:
    """Gather what waits for a person. Sections whose permission they lack are empty."""
    if not person.may(rules.VIEW):
        return Reviewed()
    due = due_for(session, person, (now(session) + AHEAD).date())
    return Reviewed(due=Waiting(due[:SHOWN], len(due)), to_sign=_to_sign(session, person))


def _to_sign(session: Session, person: Actor) -> Waiting:
    """Return the reviews with their actions set, where the person signs at every site, oldest first."""
    sites = person.sites(rules.SIGN)
    query = select(Review).where(Review.state == "actions_set")
    if sites is not None:
        strange = select(ReviewSite.review_id).where(ReviewSite.active, ReviewSite.site_id.notin_(sorted(sites)))
        query = query.where(Review.site_id.in_(sorted(sites)), Review.id.notin_(strange))
    return first_of(session, query, Review.id, joinedload(Review.site))
