"""What is read of tablets: the register, one tablet, where one may be enrolled. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.accounts_devices import Device, DeviceContact, DeviceIncident, DeviceUnit
from qms.models.chain import Site, Unit
from qms.rules.accounts import Actor
from qms.rules.chain import INSIDE
from qms.rules.clock import utc_now
from qms.rules.devices_worries import Health, is_offline, told_once, trouble, worries
from qms.rules.words import Words
from qms.workflows import accounts_devices as devices
from qms.workflows.accounts_devices_incidents import incidents_of, looked_after
from qms.workflows.accounts_scope import in_scope

MOST = 1000
"""Tablets that are read at once; a register of them is sorted by trouble, which no index knows."""
STATES = ("trouble", "quiet", "revoked")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; None and empty ask for everything in use."""

    sought: str = ""
    site_id: int | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One tablet with what it last said and what is wrong with it, the worst first."""

    device: Device
    contact: DeviceContact | None
    worries: tuple[str, ...]
    is_offline: bool
    incidents: tuple[str, ...] = ()

    @property
    def wrong(self) -> list[Words]:
        """Say everything that is wrong, the worst first."""
        return told_once(self.worries, self.incidents)

    @property
    def is_revoked(self) -> bool:
        """Tell whether it is refused."""
        return self.device.revoked_at is not None


def register(session: Session, person: Actor, wanted: Filter, version: str | None) -> list[Row]:
    """Return the tablets that the person looks after, the worst first. `version`: the app that is served now."""
    person.need("accounts.enrol")
    query = (select(Device).where(looked_after(person))
             .options(joinedload(Device.site), selectinload(Device.units).joinedload(DeviceUnit.unit))
             .order_by(Device.name, Device.id).limit(MOST))
    if wanted.site_id is not None:
        query = query.where(Device.site_id == wanted.site_id)
    if wanted.sought:
        query = query.where(Device.name.icontains(wanted.sought, autoescape=True))
    revoked = Device.revoked_at.is_not(None)
    query = query.where(revoked if wanted.state == "revoked" else ~revoked)
    rows = _rows(session, session.scalars(query).all(), version)
    if wanted.state in {"trouble", "quiet"}:
        rows = [row for row in rows if bool(row.worries) == (wanted.state == "trouble")]
    return sorted(rows, key=lambda row: trouble(row.worries))


def one(session: Session, person: Actor, device_id: int, version: str | None) -> Row:
    """Return one tablet. Raises NotAllowed, NotFound."""
    return _rows(session, [devices.one(session, person, device_id)], version)[0]


def incidents(session: Session, device_id: int) -> Sequence[DeviceIncident]:
    """Return what was noticed about a tablet, open ones first, then the latest."""
    found = session.scalars(select(DeviceIncident).where(DeviceIncident.device_id == device_id)
                            .options(joinedload(DeviceIncident.closed_by))
                            .order_by(DeviceIncident.closed_at.is_not(None), DeviceIncident.id.desc()).limit(100))
    return found.all()


def records_of(device: Device) -> list[tuple[str, int]]:
    """Name the records whose history is the tablet's; its incidents tell their own."""
    return [("devices", device.id), *(("device_units", served.id) for served in device.units)]


def places(session: Session, person: Actor) -> list[tuple[Site, list[Unit]]]:
    """Return the units in which the person may enrol tablets, by site; operations first, then by code."""
    found = session.execute(
        select(Site, Unit).join(Unit, Unit.site_id == Site.id)
        .where(Unit.active, Unit.kind.in_(INSIDE), in_scope(person, "accounts.enrol", Unit.site_id, Unit.path))
        .order_by(Site.code, Unit.kind != "operation", Unit.code)).all()
    by_site: dict[int, tuple[Site, list[Unit]]] = {}
    for site, unit in found:
        by_site.setdefault(site.id, (site, []))[1].append(unit)
    return list(by_site.values())


def _rows(session: Session, found: Sequence[Device], version: str | None) -> list[Row]:
    ids = [device.id for device in found]
    contacts = {c.device_id: c for c in session.scalars(select(DeviceContact).where(DeviceContact.device_id.in_(ids)))}
    opened: dict[int, list[str]] = {}
    for incident in incidents_of(session, ids):
        opened.setdefault(incident.device_id, []).append(incident.kind)
    at = utc_now()
    return [_row(device, contacts.get(device.id), tuple(opened.get(device.id, ())), at, version) for device in found]


def _row(device: Device, contact: DeviceContact | None, incidents: tuple[str, ...], at: datetime,
         version: str | None) -> Row:
    health = Health(device.enrolled_at) if contact is None else Health(
        contact.seen_at, contact.waiting, contact.attention, contact.oldest_at, contact.persisted, contact.installed,
        contact.quota_percent, contact.skew_ms, contact.app_version)
    if device.revoked_at is not None:
        return Row(device, contact, ("incident",) if incidents else (), is_offline=True, incidents=incidents)
    return Row(device, contact, worries(health, at, incidents=len(incidents), version=version),
               is_offline(health.seen_at, at), incidents)
