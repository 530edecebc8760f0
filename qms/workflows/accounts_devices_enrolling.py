"""How a tablet is enrolled: a leader shows a code, the tablet that scans it first is in. Knows no request."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import Attempt
from qms.models.accounts_devices import Device, DeviceContact, Enrolment
from qms.rules.accounts import Actor
from qms.rules.badges import new_enrolment_code, normal
from qms.rules.clock import utc_now
from qms.rules.devices import ENROL_WITHIN, TRY_WINDOW, WRONG_CODES_PER_ADDRESS, ranges
from qms.rules.errors import Invalid, NotFound, Throttled
from qms.workflows import accounts_devices as devices
from qms.workflows.accounts_devices_incidents import open_incident

WRONG_CODE = "(enrolment)"
"""What stands for a login where somebody tried an enrolment code."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A code to be shown once, and until when it can be used. `key` names the offer without giving the code away."""

    code: str
    key: str
    name: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What a tablet says of itself when it is enrolled. None: not said."""

    app_version: str | None = None
    installed: bool | None = None
    persisted: bool | None = None
    agent: str | None = None


def offer(session: Session, person: Actor, *, name: str, unit_ids: Sequence[int]) -> Offer:
    """Return a code by which a new tablet may be enrolled for operations that the person answers for.

    Raises Invalid, NotAllowed.
    """
    units = devices.checked_units(session, unit_ids)
    site_id = units[0].site_id
    for unit in units:
        person.need("accounts.enrol", site_id=site_id, unit_path=unit.path)
    devices.check_name(session, site_id, name)
    return _offer(session, person, site_id, name.strip(), [unit.id for unit in units], None)


def offer_again(session: Session, person: Actor, device_id: int) -> Offer:
    """Return a code by which a tablet known already, or the one that takes its place, is enrolled under its name."""
    device = devices.one(session, person, device_id)
    units = [served.unit_id for served in device.units if served.active]
    return _offer(session, person, device.site_id, device.name, units, device_id)


def enrol(session: Session, code: str, facts: Facts) -> tuple[Device, str]:
    """Use a code up and return the tablet with its credential.

    Of tablets that use one code at once the first is enrolled: they queue on its row. Raises Invalid (field `code`).
    """
    at = now(session)
    offered = session.get(Enrolment, devices.digest(normal(code)), with_for_update=True)
    if offered is None or offered.used_at is not None or offered.ends_at <= at:
        raise Invalid("This code is wrong, used up or expired. Ask for a new one.",
                      "登记码错误、已使用或已过期。请重新获取。", field="code")
    offered.used_at = at
    device = _enrolled_again(session, offered, at) if offered.device_id else _enrolled(session, offered, at)
    contact = session.get(DeviceContact, device.id, with_for_update=True)
    if contact is None:
        contact = DeviceContact(device_id=device.id, last_seq=devices.next_seq(session, device.id) - 1)
        session.add(contact)
    contact.seen_at, contact.waiting, contact.attention, contact.waiting_seqs, contact.refused = at, 0, 0, [], []
    contact.oldest_at, contact.head_size, contact.head_hash = None, None, None
    contact.installed, contact.persisted = facts.installed, facts.persisted
    contact.app_version, contact.agent = facts.app_version, (facts.agent or "")[:300] or None
    token = devices.new_key(session, device.id, at)
    session.flush()
    return device, token


def refuse_guessing(session: Session, address: str | None) -> None:
    """Raise Throttled when too many wrong codes came from an address."""
    at = utc_now()
    tries = session.scalars(
        select(Attempt.at).where(Attempt.address == address, Attempt.login == WRONG_CODE,
                                 Attempt.at > at - TRY_WINDOW).order_by(Attempt.at)).all()
    if len(tries) >= WRONG_CODES_PER_ADDRESS:
        wait = tries[-WRONG_CODES_PER_ADDRESS] + TRY_WINDOW - at
        raise Throttled("Too many wrong codes. Wait, then try again.", "登记码错误次数过多, 请稍后再试。",
                        seconds=int(wait / timedelta(seconds=1)) + 1)


def note_wrong_code(session: Session, address: str | None) -> None:
    """Write down that a wrong code came from an address."""
    session.add(Attempt(login=WRONG_CODE, address=address, at=now(session)))


def device_enrolled(session: Session, person: Actor, key: str) -> Device | None:
    """Return the tablet that used an offer of this person; None while it waits. Raises NotFound."""
    offered = session.get(Enrolment, key)
    if offered is None or offered.made_by_id != person.id:
        raise NotFound
    if offered.used_at is None:
        return None
    return session.scalar(select(Device).where(
        Device.id == offered.device_id if offered.device_id else
        (Device.site_id == offered.site_id) & (Device.name == offered.name)))


def _offer(session: Session, person: Actor, site_id: int, name: str, unit_ids: list[int],
           device_id: int | None) -> Offer:
    code, ends_at = new_enrolment_code(), now(session) + ENROL_WITHIN
    key = devices.digest(code)
    session.add(Enrolment(code_hash=key, site_id=site_id, name=name, unit_ids=unit_ids, device_id=device_id,
                          made_by_id=person.id, ends_at=ends_at))
    return Offer(code, key, name, ends_at)


def _enrolled(session: Session, offered: Enrolment, at: datetime) -> Device:
    device = Device(site_id=offered.site_id, name=offered.name, public_id=str(uuid.uuid4()),
                    enrolled_by_id=offered.made_by_id, enrolled_at=at)
    session.add(device)
    session.flush()
    devices.serve(session, device, offered.unit_ids)
    return device


def _enrolled_again(session: Session, offered: Enrolment, at: datetime) -> Device:
    """Take a tablet in again. What it still held when it was last heard of is named: it may be lost."""
    device = session.get_one(Device, offered.device_id, with_for_update={"key_share": True})
    devices.end_keys(session, device.id, at)
    device.enrolled_by_id, device.enrolled_at = offered.made_by_id, at
    device.revoked_by_id = device.revoked_at = device.revoke_reason = None
    contact = session.get(DeviceContact, device.id)
    if contact is not None and contact.waiting:
        open_incident(session, device.id, "emptied", spans=ranges(contact.waiting_seqs), count=contact.waiting)
    return device
