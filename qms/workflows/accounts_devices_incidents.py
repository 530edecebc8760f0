"""What a person has to look at about tablets: opened when noticed, closed by itself or by a person with a reason."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.accounts_devices import Device, DeviceContact, DeviceIncident, DeviceUnit
from qms.models.chain import Unit
from qms.rules.accounts import Actor
from qms.rules.devices import SILENT_AFTER, told
from qms.rules.errors import Invalid, NotFound, Stale
from qms.workflows import accounts_devices as devices
from qms.workflows.accounts_scope import in_scope


def open_incident(session: Session, device_id: int, kind: str, *, spans: Sequence[tuple[int, int]] = (),
                  count: int | None = None, detail: str | None = None) -> DeviceIncident:
    """Note that something about a tablet needs a person. `spans`: ranges of the numbers concerned, ascending."""
    made = DeviceIncident(
        device_id=device_id, kind=kind, noticed_at=now(session), count=count,
        first_seq=spans[0][0] if spans else None, last_seq=spans[-1][1] if spans else None,
        detail=_shortened(told(spans)) if spans else detail)
    session.add(made)
    return made


def settle(session: Session, incident: DeviceIncident) -> None:
    """Close an incident that has settled itself, as when the numbers came in."""
    incident.closed_at = now(session)


def close(session: Session, person: Actor, incident_id: int, rev: int, reason: str) -> DeviceIncident:
    """Close an incident with a reason. Raises Invalid, Stale, NotAllowed, NotFound."""
    incident = session.get(DeviceIncident, incident_id, with_for_update=True)
    if incident is None:
        raise NotFound
    devices.one(session, person, incident.device_id)
    if incident.rev != rev or incident.closed_at is not None:
        raise Stale({}, {})
    if not reason.strip():
        raise Invalid("Say what was done about it.", "请说明如何处理。", field="reason")
    incident.closed_at, incident.closed_by_id, incident.closed_reason = now(session), person.id, reason.strip()
    return incident


def one(session: Session, person: Actor, incident_id: int) -> DeviceIncident:
    """Return an incident of a tablet that the person looks after. Raises NotAllowed, NotFound."""
    incident = session.get(DeviceIncident, incident_id,
                           options=[joinedload(DeviceIncident.device).joinedload(Device.site)])
    if incident is None:
        raise NotFound
    devices.one(session, person, incident.device_id)
    return incident


def incidents_of(session: Session, device_ids: Collection[int]) -> Sequence[DeviceIncident]:
    """Return the open incidents of tablets, oldest first."""
    return session.scalars(select(DeviceIncident).where(
        DeviceIncident.device_id.in_(device_ids), DeviceIncident.closed_at.is_(None)).order_by(DeviceIncident.id)).all()


def to_look_at(person: Actor) -> Select[DeviceIncident]:
    """Return the query for the open incidents of tablets that the person looks after."""
    return (select(DeviceIncident).join(Device, Device.id == DeviceIncident.device_id)
            .where(DeviceIncident.closed_at.is_(None), looked_after(person)))


def looked_after(person: Actor) -> ColumnElement[bool]:
    """Return the condition that a tablet serves a unit where the person may enrol tablets."""
    return exists().where(DeviceUnit.device_id == Device.id, DeviceUnit.active, Unit.id == DeviceUnit.unit_id,
                          in_scope(person, "accounts.enrol", Device.site_id, Unit.path))


def is_silent(session: Session, at: datetime) -> bool:
    """Tell whether any tablet holds records and has not been heard of for hours, and nobody was told."""
    return session.scalar(_silent(at).where(~_told_silent()).limit(1)) is not None


def notice_silent(session: Session) -> int:
    """Open an incident for each tablet that holds records and has not been heard of for hours; return how many.

    Of several clocks at once each tablet is noticed by one: they queue on what it said last, and look again.
    """
    at = now(session)
    found = session.execute(_silent(at).add_columns(DeviceContact.waiting).with_for_update(of=DeviceContact)).all()
    told = set(session.scalars(select(DeviceIncident.device_id).where(
        DeviceIncident.kind == "silent", DeviceIncident.closed_at.is_(None))))
    silent = [(device_id, waiting) for device_id, waiting in found if device_id not in told]
    for device_id, waiting in silent:
        open_incident(session, device_id, "silent", count=waiting)
    return len(silent)


def open_once(session: Session, device_id: int, site_id: int, kind: str, *, since: datetime | None = None,
              count: int | None = None, detail: str | None = None) -> None:
    """Open an incident that concerns the whole plant, unless one of this kind is open there, or was noticed `since`."""
    standing = DeviceIncident.closed_at.is_(None)
    known = session.scalar(
        select(DeviceIncident.id).join(Device, Device.id == DeviceIncident.device_id)
        .where(Device.site_id == site_id, DeviceIncident.kind == kind,
               standing if since is None else standing | (DeviceIncident.noticed_at > since)).limit(1))
    if known is None:
        open_incident(session, device_id, kind, count=count, detail=detail)


def _silent(at: datetime) -> Select[int]:
    return (select(DeviceContact.device_id).join(Device, Device.id == DeviceContact.device_id)
            .where(DeviceContact.waiting > 0, DeviceContact.seen_at < at - SILENT_AFTER, Device.revoked_at.is_(None)))


def _told_silent() -> ColumnElement[bool]:
    return exists().where(DeviceIncident.device_id == DeviceContact.device_id, DeviceIncident.kind == "silent",
                          DeviceIncident.closed_at.is_(None))


def _shortened(text: str) -> str:
    return text if len(text) <= 500 else text[:499] + "…"
