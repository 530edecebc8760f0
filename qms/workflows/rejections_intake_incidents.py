"""What a person has to look at because of what a tablet sent: incidents of the tablet, counted and settled here."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts_devices import DeviceIncident
from qms.rules.accounts import Actor
from qms.workflows.accounts_devices_incidents import open_incident


def count_incident(session: Session, device_id: int, kind: str, detail: str) -> None:
    """Count one more in the open incident of this kind, or open one: a broken tablet sends much."""
    held = session.scalar(_open(device_id, kind).order_by(DeviceIncident.id.desc()).limit(1).with_for_update())
    if held is None:
        open_incident(session, device_id, kind, count=1, detail=detail[:500])
    else:
        held.count, held.detail = (held.count or 0) + 1, detail[:500]
    session.flush()


def settle_incidents(session: Session, person: Actor, device_id: int, kind: str, client_id: str, reason: str) -> None:
    """Close the open incidents of this kind whose detail names one record."""
    about = session.scalars(_open(device_id, kind).where(DeviceIncident.detail == client_id).with_for_update())
    for incident in about:
        incident.closed_at, incident.closed_by_id, incident.closed_reason = now(session), person.id, reason[:500]
    session.flush()


def _open(device_id: int, kind: str) -> Select[DeviceIncident]:
    return select(DeviceIncident).where(DeviceIncident.device_id == device_id, DeviceIncident.kind == kind,
                                        DeviceIncident.closed_at.is_(None))
