"""What a record tells the corrective action that is opened for it: one reader for each kind of source."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Item, Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions_concessions import CustomerNotice
from qms.models.rejections import Rejection
from qms.models.satisfaction import Survey
from qms.models.service_complaints import InternalComplaint
from qms.models.stops import Stop
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.satisfaction import SHOWN


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a case from its source. `customer_id`: the outside customer whom it reached."""

    number: str
    site_id: int
    seen_at: datetime
    severity: str = "MA"
    safety: bool = False
    item_id: int | None = None
    defect_id: int | None = None
    lot_id: int | None = None
    link_id: int | None = None
    origin_unit_id: int | None = None
    detecting_unit_id: int | None = None
    customer_id: int | None = None
    customer_informed_at: datetime | None = None
    quantity: int | None = None
    symptom: str | None = None
    requirement: str | None = None
    actual: str | None = None
    rejection_id: int | None = None


def told(session: Session, person: Actor, kind: str, record_id: int) -> Told:
    """Return what a record tells. Raises NotFound where there is none that the person may see."""
    if kind not in READERS:
        raise NotFound("Nothing of this kind can be a source.", "此类记录不能作为来源。")
    permission, read = READERS[kind]
    found = read(session, record_id)
    sites = person.sites(permission)
    if found is None or not (sites is None or found.site_id in sites):
        raise NotFound
    return found


def _of_rejection(session: Session, record_id: int) -> Told | None:
    r = session.get(Rejection, record_id)
    if r is None or r.state == "void":
        return None
    return Told(r.number, r.site_id, r.found_at, r.severity, item_id=r.item_id, defect_id=r.defect_id, lot_id=r.lot_id,
                link_id=r.link_id, origin_unit_id=r.origin_unit_id, detecting_unit_id=r.found_unit_id,
                customer_id=_customer(session, r), quantity=r.quantity, symptom=r.actual or r.note,
                requirement=r.requirement, actual=r.actual, rejection_id=r.id)


def _of_stop(session: Session, record_id: int) -> Told | None:
    stop = session.get(Stop, record_id)
    if stop is None:
        return None
    severity, safety = "CR" if stop.critical else "MA", stop.critical and stop.reason == "safety"
    of = _of_rejection(session, stop.rejection_id) if stop.rejection_id is not None else None
    if of is not None:
        return replace(of, number=stop.number, seen_at=stop.called_at, symptom=stop.note or of.symptom, safety=safety,
                       severity=severity if stop.critical else of.severity)
    return Told(stop.number, stop.site_id, stop.called_at, severity, safety, item_id=stop.item_id, lot_id=stop.lot_id,
                origin_unit_id=stop.unit_id, detecting_unit_id=stop.customer_id or stop.unit_id, symptom=stop.note)


def _of_notice(session: Session, record_id: int) -> Told | None:
    notice = session.get(CustomerNotice, record_id)
    of = _of_rejection(session, notice.rejection_id) if notice is not None else None
    if notice is None or of is None:
        return None
    return replace(of, number=notice.number, site_id=notice.site_id, seen_at=notice.known_at,
                   customer_id=notice.customer_id or of.customer_id, customer_informed_at=notice.told_at)


def _of_complaint(session: Session, record_id: int) -> Told | None:
    c = session.get(CustomerComplaint, record_id)
    if c is None or c.state == "void":
        return None
    return Told(c.number, c.site_id, c.received_at, c.severity, item_id=c.item_id, defect_id=c.defect_id,
                lot_id=c.lot_id, origin_unit_id=c.origin_unit_id, detecting_unit_id=c.customer_id,
                customer_id=c.customer_id, customer_informed_at=c.d3_sent_at, quantity=c.quantity_claimed,
                symptom=c.description[:500], rejection_id=c.rejection_id)


def _of_internal_complaint(session: Session, record_id: int) -> Told | None:
    c = session.get(InternalComplaint, record_id)
    if c is None or c.state == "withdrawn":
        return None
    return Told(c.number, c.site_id, c.filed_at, defect_id=c.defect_id, lot_id=c.lot_id, link_id=c.link_id,
                origin_unit_id=c.accused_id, detecting_unit_id=c.complaining_id, symptom=c.matter)


def _of_survey(session: Session, record_id: int) -> Told | None:
    """Tell nothing of what was answered, and nothing at all before it was published (R-37)."""
    survey = session.get(Survey, record_id)
    if survey is None or survey.state not in SHOWN or survey.published_at is None:
        return None
    return Told(survey.number, survey.site_id, survey.published_at, "MI")


def by_number(session: Session, kind: str, number: str) -> int:
    """Return the record of a kind that has this number. Raises Invalid."""
    model = MODELS.get(kind)
    found: int | None = None
    if model is not None:
        found = session.scalar(select(model.id).where(model.number == number.strip().upper()))
    if found is None:
        raise Invalid(f"There is no such record: {number.strip()}.", f"没有这条记录: {number.strip()}。",
                      field="number")
    return found


MODELS: dict[str, Any] = {"rejections": Rejection, "stops": Stop, "customer_notices": CustomerNotice,
                          "customer_complaints": CustomerComplaint, "internal_complaints": InternalComplaint,
                          "surveys": Survey}
READERS: dict[str, tuple[str, Callable[[Session, int], Told | None]]] = {
    "rejections": ("rejections.view", _of_rejection),
    "stops": ("stops.view", _of_stop),
    "customer_notices": ("dispositions.view", _of_notice),
    "customer_complaints": ("customers.view", _of_complaint),
    "internal_complaints": ("service.view", _of_internal_complaint),
    "surveys": ("satisfaction.view", _of_survey),
}
"""Each kind of source: the permission to know of it, and how it is read."""


def _customer(session: Session, r: Rejection) -> int | None:
    """Return the outside customer that a rejection reached; None when it was found inside."""
    found = session.get_one(Unit, r.found_unit_id)
    if found.kind == "customer":
        return found.id
    item = session.get(Item, r.item_id) if r.item_id is not None else None
    return item.customer_id if item is not None and r.escape_class in {"E0", "EF"} else None
