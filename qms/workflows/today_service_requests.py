"""Which requests between units wait for a person: to serve, late ones that climbed to them, and to confirm."""

from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from qms.models.chain import Unit
from qms.models.service_requests import ServiceRequest
from qms.rules.accounts import Actor
from qms.rules.service_requests import COUNTING, TO_CONFIRM
from qms.rules.service_requests_late import LADDER
from qms.workflows.accounts_scope import with_role
from qms.workflows.service_requests_records import ASK, SERVE
from qms.workflows.today_waiting import Waiting, first_of, in_scope


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests that wait for a person, by what they wait for."""

    to_serve: Waiting
    to_confirm: Waiting

    @property
    def total(self) -> int:
        """Return how many wait in all, counting as far as each was counted."""
        return self.to_serve.total + self.to_confirm.total


def requests(session: Session, person: Actor) -> Requests:
    """Gather the requests that wait for a person: of their own units, and late ones that climbed to their role."""
    unit = aliased(Unit)
    own = in_scope(person, SERVE, ServiceRequest.site_id, unit.path, unit_only=True)
    climbed = or_(*(and_(ServiceRequest.rungs > n, with_role(person, rung.roles, ServiceRequest.site_id, unit.path))
                    for n, rung in enumerate(LADDER)))
    to_serve = (select(ServiceRequest).join(unit, unit.id == ServiceRequest.provider_id)
                .where(ServiceRequest.state.in_(COUNTING), or_(own, climbed)))
    asker = aliased(Unit)
    to_confirm = (select(ServiceRequest).join(asker, asker.id == ServiceRequest.asker_id)
                  .where(ServiceRequest.state == TO_CONFIRM, ServiceRequest.source != "import",
                         or_(in_scope(person, ASK, ServiceRequest.site_id, asker.path, unit_only=True),
                             ServiceRequest.asked_by_id == person.id)))
    parts = (joinedload(ServiceRequest.asker), joinedload(ServiceRequest.provider))
    return Requests(first_of(session, to_serve, ServiceRequest.id, *parts),
                    first_of(session, to_confirm, ServiceRequest.id, *parts))
