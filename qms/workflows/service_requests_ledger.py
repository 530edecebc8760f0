"""The lines of the register of requests, streamed in the reader's language; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from qms.models.chain import Site, Unit
from qms.models.service_commitments import Commitment
from qms.models.service_requests import ServiceRequest
from qms.rules import service_requests as rules
from qms.rules.accounts import Actor
from qms.workflows.exports import called, coded, spoken, streamed
from qms.workflows.service_commitments_records import VIEW
from qms.workflows.service_requests_register import Filter, asked

_SAID = {"state": rules.STATES, "judged": rules.VERDICTS, "verdict": rules.OUTCOMES}
_TIMES = ("asked_at", "due_at", "taken_at", "done_at", "confirmed_at", "closed_at")


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per request, oldest first. Raises NotAllowed.

    Times are naive local time of the zone. `address` is where the records' pages are; empty: no links.
    """
    person.need(VIEW)
    asker, provider, first = aliased(Unit), aliased(Unit), aliased(Unit)
    service = Commitment.service_zh if language == "zh" else Commitment.service_en
    query = (
        select(ServiceRequest.id, ServiceRequest.number, ServiceRequest.source_key, ServiceRequest.state,
               called(Site, language).label("site"), coded(asker, language).label("asker"),
               coded(provider, language).label("provider"), coded(first, language).label("first_provider"),
               Commitment.number.label("commitment"), Commitment.revision, service.label("service"),
               ServiceRequest.title, ServiceRequest.answer, ServiceRequest.reason,
               *(getattr(ServiceRequest, name) for name in _TIMES), Commitment.within_minutes,
               ServiceRequest.spent_minutes,
               case((ServiceRequest.kept.is_(True), "kept"), (ServiceRequest.kept.is_(False), "missed"))
               .label("verdict"), ServiceRequest.judged, ServiceRequest.passed, ServiceRequest.reopened,
               ServiceRequest.rating, ServiceRequest.rating_words)
        .join(Site, Site.id == ServiceRequest.site_id).join(asker, asker.id == ServiceRequest.asker_id)
        .join(provider, provider.id == ServiceRequest.provider_id)
        .join(first, first.id == ServiceRequest.first_provider_id)
        .outerjoin(Commitment, Commitment.id == ServiceRequest.commitment_id)
        .where(*asked(session, person, wanted)).order_by(ServiceRequest.id))
    return spoken(streamed(session, query), _SAID, _TIMES, language, zone,
                  f"{address}/service/requests/" if address else "")


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many requests the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(ServiceRequest)
                          .where(*asked(session, person, wanted))) or 0
