"""Knows which records tell how people and units dealt with each other, and what people are trained for.

Must not know who asks. Clauses 7.4 and 7.2. Protected reports are evidence of no clause (R-35), nor is what the system
noticed of a complaint before a person looked at it.
"""

from typing import Any

from sqlalchemy import and_, func, or_, select

from qms.models.accounts import Person
from qms.models.accounts_qualifications import Qualification
from qms.models.chain import Unit
from qms.models.service_appeals import Appeal
from qms.models.service_commitments import Commitment
from qms.models.service_complaints import ComplaintStep, InternalComplaint
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.models.service_requests import ServicePass, ServicePause, ServiceReopening, ServiceRequest
from qms.workflows.trail_evidence_product import of
from qms.workflows.trail_evidence_scope import Ids, Scope, at, overlapping


def between_units(scope: Scope) -> list[Ids]:
    """Return what units promised, asked and complained of among themselves, with answers, appeals and follow-ups."""
    filed = scope.root(InternalComplaint, at(InternalComplaint.filed_at), lot=InternalComplaint.lot_id.in_,
                       link=InternalComplaint.link_id.in_)
    asked = scope.root(ServiceRequest, at(ServiceRequest.asked_at))
    published = scope.root(Commitment, overlapping(Commitment.published_from, Commitment.valid_to),
                           link=Commitment.link_id.in_)
    promised = select(Commitment.id).where(or_(
        Commitment.id.in_(published),
        Commitment.id.in_(select(ServiceRequest.commitment_id).where(ServiceRequest.id.in_(asked)))))
    return [
        (InternalComplaint, filed),
        *(of(model, model.complaint_id, filed) for model in (ComplaintStep, Appeal, ComplaintFollowUp)),
        (Commitment, promised), (ServiceRequest, asked),
        *(of(model, model.request_id, asked) for model in (ServicePass, ServicePause, ServiceReopening)),
    ]


def qualified(scope: Scope) -> list[Ids]:
    """Return the qualifications in force on these days of people who work at the sites, and the people.

    Who works at no unit is told of where every site is asked for.
    """
    if not scope.is_whole:
        nobody = select(Qualification.id).where(Qualification.id.is_(None))
        return [(Qualification, nobody), (Person, select(Person.id).where(Person.id.in_(nobody)))]
    site: Any = (select(Unit.site_id).join(Person, Person.unit_id == Unit.id)
            .where(Person.id == Qualification.person_id).scalar_subquery())
    if scope.everywhere and scope.sites:
        site = func.coalesce(site, min(scope.sites))
    held = scope.root(Qualification, lambda days: and_(
        overlapping(Qualification.trained_on, Qualification.valid_to)(days),
        or_(Qualification.ended_at.is_(None), Qualification.ended_at >= days.start)), site=site)
    return [(Qualification, held),
            (Person, select(Person.id).where(Person.id.in_(select(Qualification.person_id).where(
                Qualification.id.in_(held)))))]
