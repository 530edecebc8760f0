"""Which calls and stops wait for a person: those they may answer, and those whose restart they may agree to."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from qms.models.chain import Unit
from qms.models.stops import Stop
from qms.rules.accounts import Actor
from qms.workflows.today_waiting import Waiting, first_of, in_scope


def stops(session: Session, person: Actor) -> Waiting:
    """Return the open calls and stops that wait for a person, oldest first."""
    unit, customer = aliased(Unit), aliased(Unit)
    agrees = and_(Stop.state == "restart_requested", Stop.consented_at.is_(None), Stop.customer_id.is_not(None),
                  in_scope(person, "stops.consent", Stop.site_id, customer.path, unit_only=True))
    query = (select(Stop).join(unit, unit.id == Stop.unit_id).outerjoin(customer, customer.id == Stop.customer_id)
             .where(Stop.restarted_at.is_(None),
                    or_(in_scope(person, "stops.answer", Stop.site_id, unit.path), agrees)))
    return first_of(session, query, Stop.id, joinedload(Stop.unit), selectinload(Stop.rungs))
