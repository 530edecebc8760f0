"""What waits for a person of outside customers: reports that are late, certification bodies not told, visits due."""

from dataclasses import dataclass, fields

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.models.chain import Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_scores import SpecialStatus
from qms.rules.accounts import Actor
from qms.rules.customers_complaints import OPEN
from qms.workflows.customers_complaints_register import late
from qms.workflows.customers_visits_register import due
from qms.workflows.today_waiting import Waiting, first_of, in_scope

NOTHING = Waiting((), 0)


@dataclass(frozen=True, slots=True)
class Owed:
    """What waits: complaints with a late report, special status of which the certifier is not told, visits due."""

    late: Waiting = NOTHING
    untold: Waiting = NOTHING
    visits: Waiting = NOTHING

    @property
    def total(self) -> int:
        """Return how many matters wait in all, counting as far as each was counted."""
        return sum(getattr(self, part.name).total for part in fields(self))


def owed(session: Session, person: Actor) -> Owed:
    """Gather what waits for a person. Sections whose permission they lack are empty."""
    return Owed(late=late_complaints(session, person), untold=untold(session, person), visits=due(session, person))


def late_complaints(session: Session, person: Actor) -> Waiting:
    """Return the open complaints of which a report is overdue, where the person answers them, oldest first."""
    query = (select(CustomerComplaint).join(Unit, Unit.id == CustomerComplaint.customer_id)
             .where(CustomerComplaint.state.in_(OPEN), late(session),
                    in_scope(person, "customers.complain", CustomerComplaint.site_id, Unit.path))
             .order_by(CustomerComplaint.received_at))
    return first_of(session, query, CustomerComplaint.id, joinedload(CustomerComplaint.customer))


def untold(session: Session, person: Actor) -> Waiting:
    """Return the special status of which the certification body was not told (R-42), where the person keeps it."""
    query = (select(SpecialStatus).join(Unit, Unit.id == SpecialStatus.customer_id)
             .where(SpecialStatus.body_told_on.is_(None),
                    in_scope(person, "customers.score", SpecialStatus.site_id, Unit.path))
             .order_by(SpecialStatus.from_on))
    return first_of(session, query, SpecialStatus.id, joinedload(SpecialStatus.customer))
