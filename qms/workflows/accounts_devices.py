"""What is done with tablets: known by their credential, edited, revoked. Knows no request and no cookie."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, func, select, update
from sqlalchemy.orm import Session

from qms.db import UtcTime, now
from qms.db.prepared import Prepared
from qms.models.accounts import SignIn
from qms.models.accounts_devices import Device, DeviceContact, DeviceKey, DeviceUnit
from qms.models.chain import Unit
from qms.models.rejections_intake import Intake
from qms.rules.accounts import Actor
from qms.rules.chain import INSIDE
from qms.rules.clock import utc_now
from qms.rules.devices import KEY_LASTS, KEY_ROTATED_AFTER, KnownDevice
from qms.rules.errors import Invalid, NotFound, Stale

SUCCESSOR_EVERY = timedelta(hours=1)

_KNOWN = Prepared(
    select(Device.id, Device.public_id, Device.name, Device.site_id, DeviceUnit.unit_id)
    .join(DeviceKey, DeviceKey.device_id == Device.id)
    .outerjoin(DeviceUnit, (DeviceUnit.device_id == Device.id) & DeviceUnit.active)
    .where(DeviceKey.token_hash == bindparam("token", type_=String), DeviceKey.ended_at.is_(None),
           DeviceKey.made_at > bindparam("since", type_=UtcTime), Device.revoked_at.is_(None))
    .order_by(DeviceUnit.id)
)


def device_of(session: Session, token: str) -> KnownDevice | None:
    """Return the tablet that holds a credential; None when it is unknown, replaced, expired or its tablet revoked."""
    rows = _KNOWN.rows(session.connection(), {"token": digest(token), "since": utc_now() - KEY_LASTS})
    if not rows:
        return None
    units = tuple(row[4] for row in rows if row[4] is not None)
    device_id, public_id, name, site_id, _first = rows[0]
    return KnownDevice(device_id, public_id, name, site_id, units)


def digest(secret: str) -> str:
    """Return what is kept of a credential, an enrolment code or a badge."""
    return hashlib.sha256(secret.encode()).hexdigest()


def one(session: Session, person: Actor, device_id: int, *, lock: bool = False) -> Device:
    """Return a tablet that the person looks after: one that serves a unit in their scope. Raises NotAllowed, NotFound.
    """
    device = session.get(Device, device_id, with_for_update={"key_share": True} if lock else None)
    if device is None:
        raise NotFound
    paths = session.scalars(select(Unit.path).join(DeviceUnit, DeviceUnit.unit_id == Unit.id)
                            .where(DeviceUnit.device_id == device_id, DeviceUnit.active).order_by(Unit.path)).all()
    if not any(person.may("accounts.enrol", site_id=device.site_id, unit_path=path) for path in paths):
        person.need("accounts.enrol", site_id=device.site_id, unit_path=paths[0] if paths else None)
    return device


def edit(session: Session, person: Actor, device_id: int, rev: int, *, name: str, unit_ids: Sequence[int]) -> Device:
    """Change what a tablet is called and which operations it serves. Operations that it serves beyond the person's
    reach stay; one that is added must be within it. Raises Invalid, Stale, NotAllowed, NotFound.
    """
    device = one(session, person, device_id, lock=True)
    if device.rev != rev:
        raise Stale({"name": device.name}, {"name": name})
    check_name(session, device.site_id, name, but=device_id)
    served = [served.unit for served in device.units if served.active]
    kept = {unit.id for unit in served if not person.may("accounts.enrol", site_id=unit.site_id, unit_path=unit.path)}
    wanted = checked_units(session, {*unit_ids, *kept}, device.site_id)
    for unit in wanted:
        if unit not in served:
            person.need("accounts.enrol", site_id=unit.site_id, unit_path=unit.path)
    device.name = name.strip()
    serve(session, device, [unit.id for unit in wanted])
    return device


def revoke(session: Session, person: Actor, device_id: int, rev: int, reason: str) -> Device:
    """Refuse a tablet from now on: its credential and every sign-in at it end at once. Raises Invalid, Stale.

    What it has not sent stays on it, and can be sent once it is enrolled again.
    """
    device = one(session, person, device_id, lock=True)
    if device.rev != rev:
        raise Stale({}, {})
    if device.revoked_at is not None:
        raise Invalid("This tablet is revoked already.", "此平板已注销。")
    if not reason.strip():
        raise Invalid("Say why.", "请说明理由。", field="reason")
    at = now(session)
    device.revoked_at, device.revoked_by_id, device.revoke_reason = at, person.id, reason.strip()
    end_keys(session, device_id, at)
    return device


def serve(session: Session, device: Device, unit_ids: Iterable[int]) -> None:
    """Let a tablet serve just these operations."""
    wanted = set(unit_ids)
    held = {served.unit_id: served for served in session.scalars(
        select(DeviceUnit).where(DeviceUnit.device_id == device.id).with_for_update())}
    for unit_id, served in held.items():
        served.active = unit_id in wanted
    session.add_all(DeviceUnit(device_id=device.id, unit_id=unit_id, active=True)
                    for unit_id in sorted(wanted - held.keys()))
    session.flush()


def checked_units(session: Session, unit_ids: Iterable[int], site_id: int | None = None) -> list[Unit]:
    """Return the units a tablet is to serve: at least one, all inside and of one site. Raises Invalid."""
    units = list(session.scalars(select(Unit).where(
        Unit.id.in_(set(unit_ids)), Unit.active, Unit.kind.in_(INSIDE)).order_by(Unit.code)))
    if not units:
        raise Invalid("Choose at least one operation.", "请至少选择一个工序。", field="unit_ids")
    if len({unit.site_id for unit in units} | ({site_id} if site_id else set())) > 1:
        raise Invalid("A tablet stands in one plant: choose operations of the same site.",
                      "一台平板只属于一个工厂: 请选择同一工厂的工序。", field="unit_ids")
    return units


def check_name(session: Session, site_id: int, name: str, *, but: int | None = None) -> None:
    """Raise Invalid for a name that is empty or that another tablet of the site has."""
    if not name.strip():
        raise Invalid("Give the tablet a name, as written on it.", "请填写平板名称 (与机身标签一致)。", field="name")
    taken = session.scalar(select(Device.id).where(Device.site_id == site_id, Device.name == name.strip()))
    if taken is not None and taken != but:
        raise Invalid(f"There is already a tablet {name.strip()} here. To use it again, open it and enrol it again.",
                      f"此处已有平板 {name.strip()}。如需再次使用, 请打开该平板并重新登记。", field="name")


def end_keys(session: Session, device_id: int, at: datetime) -> None:
    """End a tablet's credentials and every sign-in at it."""
    session.execute(update(DeviceKey).where(DeviceKey.device_id == device_id, DeviceKey.ended_at.is_(None))
                    .values(ended_at=at))
    session.execute(update(SignIn).where(SignIn.device_id == device_id, SignIn.ended_at.is_(None)).values(ended_at=at))


def new_key(session: Session, device_id: int, at: datetime) -> str:
    """Return a new credential for a tablet; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(DeviceKey(token_hash=digest(token), device_id=device_id, made_at=at))
    return token


def rotated(session: Session, device_id: int, token: str) -> str | None:
    """Return a new credential when the one that was used is a month old; None otherwise.

    The used one works on until its successor is used, in case the answer is lost on the way; then it ends. While a
    successor waits to be used, another is made at most once an hour.
    """
    at = now(session)
    keys = session.scalars(select(DeviceKey).where(DeviceKey.device_id == device_id, DeviceKey.ended_at.is_(None))
                           .order_by(DeviceKey.made_at)).all()
    used = next((key for key in keys if key.token_hash == digest(token)), None)
    if used is None:
        return None
    for key in keys:
        if key.made_at < used.made_at:
            key.ended_at = at
    newest = keys[-1].made_at
    if at - used.made_at < KEY_ROTATED_AFTER or (newest != used.made_at and at - newest < SUCCESSOR_EVERY):
        return None
    return new_key(session, device_id, at)


def next_seq(session: Session, device_id: int) -> int:
    """Return the number that a tablet gives its next record, so that an emptied one goes on counting."""
    received = session.scalar(select(func.max(Intake.device_seq)).where(Intake.device_id == device_id)) or 0
    told = session.scalar(select(DeviceContact.last_seq).where(DeviceContact.device_id == device_id)) or 0
    return max(received, told) + 1
