"""How a request is found for a person, and locked for a step, with its clock. Knows no page."""

from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db.search import searchable
from qms.models.chain import Unit
from qms.models.service_commitments import Commitment
from qms.models.service_requests import ServicePass, ServicePause, ServiceReopening, ServiceRequest
from qms.rules import service_requests as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.steps import step, step_of
from qms.workflows.chain_calendar import hours_of
from qms.workflows.chain_records import check_version
from qms.workflows.service_commitments_records import need, sees

ASK = "service.request"
SERVE = "service.serve"


class Begun(NamedTuple):
    """A request that is being changed, the state to which the step leads, and what it runs on."""

    request: ServiceRequest
    state: str
    commitment: Commitment | None


def one(session: Session, person: Actor, request_id: int, *, lock: bool = False) -> ServiceRequest:
    """Return a request of a site that the person may see. Raises NotFound."""
    found = session.get(ServiceRequest, request_id, with_for_update=lock or None)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def begun(session: Session, person: Actor, request_id: int, rev: int, name: str, **given: Any) -> Begun:
    """Return a request that no one else changes meanwhile, for a step of the side that takes it.

    The side is that of the step's permission: the providing or the asking unit. Raises NotFound, NotAllowed, Stale,
    IllegalStep.
    """
    held = one(session, person, request_id, lock=True)
    wanted = step_of(rules.STEPS, name)
    need(person, wanted.permission, session.get_one(Unit, side_of(held, wanted.permission)))
    check_version(held, rev, given | {"state": wanted.to or held.state})
    commitment = session.get(Commitment, held.commitment_id) if held.commitment_id is not None else None
    return Begun(held, step(rules.STEPS, held.state, name), commitment)


def side_of(request: ServiceRequest, permission: str) -> int:
    """Return the unit for which somebody with this permission acts on a request."""
    return request.provider_id if permission == SERVE else request.asker_id


def pauses_of(session: Session, request_id: int) -> list[rules.Pause]:
    """Return the stretches in which the clock of a request stood, in order."""
    rows = session.execute(select(ServicePause.started_at, ServicePause.ended_at)
                           .where(ServicePause.request_id == request_id).order_by(ServicePause.id))
    return [rules.Pause(started, ended) for started, ended in rows]


def served_by(session: Session, request: ServiceRequest) -> set[int]:
    """Return everybody who did something with a request on a provider's side."""
    found = {request.taken_by_id, request.done_by_id}
    for column, key in ((ServicePass.by_id, ServicePass.request_id), (ServicePause.started_by_id,
                        ServicePause.request_id), (ServiceReopening.done_by_id, ServiceReopening.request_id)):
        found |= set(session.scalars(select(column).where(key == request.id)))
    return {person_id for person_id in found if person_id is not None}


def judge(session: Session, begun: Begun, at: Any) -> None:
    """Note how much plant time was spent until an instant, and whether a promise of time was kept."""
    request, commitment = begun.request, begun.commitment
    hours, pauses = hours_of(session, request.site_id), pauses_of(session, request.id)
    spent = rules.spent(hours, request.asked_at, at, pauses)
    request.spent_minutes = int(spent.total_seconds() // 60)
    if commitment is not None and commitment.within_minutes is not None:
        request.kept = rules.is_kept(hours, request.asked_at, at, commitment.within_minutes, pauses)
        request.judged = "clock"


def words_of(session: Session, request: ServiceRequest) -> str:
    """Return the words by which a request is found."""
    commitment = session.get(Commitment, request.commitment_id) if request.commitment_id is not None else None
    units = [session.get_one(Unit, unit_id) for unit_id in dict.fromkeys((request.asker_id, request.provider_id))]
    return searchable(request.number, request.title, request.detail, request.source_key,
                      *((commitment.number, commitment.service_zh, commitment.service_en) if commitment else ()),
                      *(word for unit in units for word in (unit.code, unit.name_zh, unit.name_en)))
