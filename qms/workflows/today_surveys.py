"""What waits for whoever runs surveys: past their last day, closed and not published, few answers near the end.

Only how many answered is told, as on the survey's page; nobody is told to whom a survey still waits, for nobody knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from qms.models.chain import Site
from qms.models.satisfaction import Survey
from qms.rules.accounts import Actor
from qms.rules.satisfaction import ENDING_DAYS, is_few
from qms.workflows.acceptance_records import today
from qms.workflows.satisfaction_records import MAKE
from qms.workflows.satisfaction_register import taken_part
from qms.workflows.today_waiting import COUNTED, SHOWN, Waiting, first_of

NOTHING = Waiting((), 0)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What waits: surveys past their last day, closed and not published, with few answers near the end."""

    past: Waiting = NOTHING
    unpublished: Waiting = NOTHING
    few: Waiting = NOTHING

    @property
    def total(self) -> int:
        """Return how many matters wait in all, counting as far as each was counted."""
        return sum(getattr(self, part.name).total for part in fields(self))


def surveyed(session: Session, person: Actor) -> Surveyed:
    """Gather what waits for a person who runs surveys; empty for anyone else."""
    sites = [site for site in session.scalars(select(Site.id)).all() if person.may(MAKE, site_id=site)]
    if not sites:
        return Surveyed()
    by_end = select(Survey).order_by(Survey.closes_on)
    return Surveyed(
        past=first_of(session, by_end.where(_open(session, sites, days=None)), Survey.id),
        unpublished=first_of(session, by_end.where(Survey.site_id.in_(sites), Survey.state == "closed"), Survey.id),
        few=_few(session, sites))


def _few(session: Session, sites: Sequence[int]) -> Waiting:
    """Return the open surveys that end within days and that too few have answered to stand on a sound basis."""
    ending = session.scalars(select(Survey).where(_open(session, sites, days=ENDING_DAYS))
                             .order_by(Survey.closes_on, Survey.id).limit(COUNTED)).all()
    taken = taken_part(session, ending)
    found = [survey for survey in ending if is_few(*taken[survey.id])]
    return Waiting(found[:SHOWN], len(found))


def _open(session: Session, sites: Sequence[int], *, days: int | None) -> ColumnElement[bool]:
    """Return the condition that a survey is open and ends within days by its site's day; None: that it has ended."""
    met: list[ColumnElement[bool]] = []
    for site_id in sites:
        on = today(session, site_id)
        when = Survey.closes_on < on if days is None else Survey.closes_on.between(on, on + timedelta(days=days))
        met.append(and_(Survey.site_id == site_id, Survey.state == "open", when))
    return or_(false(), *met)
