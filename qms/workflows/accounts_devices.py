"""What is done with tablets: known by their credential, enrolled, revoked. Knows no request and no cookie."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.accounts_devices import Device, DeviceKey, DeviceUnit
from qms.rules.devices import KnownDevice


def device_of(session: Session, token: str) -> KnownDevice | None:
    """Return the tablet that holds a credential; None when it is unknown, replaced or its tablet revoked."""
    found = session.scalar(
        select(Device).join(DeviceKey, DeviceKey.device_id == Device.id)
        .where(DeviceKey.token_hash == digest(token), DeviceKey.ended_at.is_(None), Device.revoked_at.is_(None)))
    if found is None:
        return None
    units = session.scalars(
        select(DeviceUnit.unit_id).where(DeviceUnit.device_id == found.id, DeviceUnit.active).order_by(DeviceUnit.id))
    return KnownDevice(found.id, found.public_id, found.name, found.site_id, tuple(units))


def digest(secret: str) -> str:
    """Return what is kept of a credential, an enrolment code or a badge."""
    return hashlib.sha256(secret.encode()).hexdigest()
