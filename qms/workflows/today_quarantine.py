"""Which quarantine places wait for a person to be counted: those of the last week that nobody counted."""

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from qms.models.chain import Unit
from qms.models.dispositions_quarantine import QuarantinePlace
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.dispositions_quarantine import COUNT_EVERY
from qms.workflows.dispositions_quarantine import KEEP
from qms.workflows.today_waiting import Waiting, first_of, in_scope


def counts(session: Session, person: Actor) -> Waiting:
    """Return the places that were not counted for a week, where the person keeps quarantine."""
    sites = person.sites(KEEP)
    of_the_plant = and_(QuarantinePlace.unit_id.is_(None),
                        true() if sites is None else QuarantinePlace.site_id.in_(sorted(sites)))
    query = (select(QuarantinePlace).outerjoin(Unit, Unit.id == QuarantinePlace.unit_id)
             .where(QuarantinePlace.active,
                    func.coalesce(QuarantinePlace.counted_at, QuarantinePlace.used_since) <= utc_now() - COUNT_EVERY,
                    or_(of_the_plant, in_scope(person, KEEP, QuarantinePlace.site_id, Unit.path))))
    return first_of(session, query, QuarantinePlace.id, joinedload(QuarantinePlace.unit))
