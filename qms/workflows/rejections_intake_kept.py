"""What tablets still hold: records that wait to be sent, and those refused that only a quality engineer gives up."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.accounts_devices import Device, DeviceContact
from qms.models.rejections_intake import IntakeDiscard
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.workflows.rejections_intake_conflicts import at_sites

SEE = "rejections.review"
DISCARD = "rejections.discard"
MOST = 200


class Kept(NamedTuple):
    """A record that a tablet keeps because it was refused; `discard` once somebody gave it up."""

    client_id: str
    status: int | None
    error: str
    discard: IntakeDiscard | None


class Outbox(NamedTuple):
    """What a tablet said of its outbox when it was last heard of."""

    device: Device
    seen_at: datetime
    waiting: int
    oldest_at: datetime | None
    kept: list[Kept]

    @property
    def undecided(self) -> list[Kept]:
        """Return the refused ones that nobody gave up yet."""
        return [one for one in self.kept if one.discard is None]


def outboxes(session: Session, person: Actor) -> list[Outbox]:
    """Return the tablets in use that hold records, those with refused ones first. Raises NotAllowed."""
    person.need(SEE)
    rows = session.execute(
        select(Device, DeviceContact).join(DeviceContact, DeviceContact.device_id == Device.id)
        .where(Device.revoked_at.is_(None), (DeviceContact.waiting > 0) | (DeviceContact.attention > 0),
               *at_sites(person, SEE))
        .order_by(DeviceContact.attention.desc(), DeviceContact.waiting.desc(), Device.id).limit(MOST)).all()
    given_up = _discards_of(session, [one["id"] for _, contact in rows for one in _refused(contact)])
    return [Outbox(device, contact.seen_at, contact.waiting, contact.oldest_at, [
        Kept(one["id"], one["status"], one["error"], given_up.get(one["id"])) for one in _refused(contact)])
        for device, contact in rows]


def one_kept(session: Session, person: Actor, device_id: int, client_id: str) -> tuple[Device, Kept]:
    """Return a refused record that a tablet says it keeps. Raises NotAllowed, NotFound."""
    device, contact = session.get(Device, device_id), session.get(DeviceContact, device_id)
    if device is None or contact is None:
        raise NotFound
    person.need(SEE, site_id=device.site_id)
    for one in _refused(contact):
        if one["id"] == client_id:
            return device, Kept(client_id, one["status"], one["error"],
                                _discards_of(session, [client_id]).get(client_id))
    raise NotFound


def discard(session: Session, person: Actor, device_id: int, client_id: str, *, reason: str) -> IntakeDiscard:
    """Give up a record that a tablet keeps: the tablet lets go of it when it is heard of next. This is a record itself.

    Raises Invalid, NotAllowed, NotFound.
    """
    device, kept = one_kept(session, person, device_id, client_id)
    person.need(DISCARD, site_id=device.site_id)
    if kept.discard is not None:
        raise Invalid("This record was given up already.", "该记录已被放弃。")
    if not reason.strip():
        raise Invalid("Say why nothing is lost by it, or where it was written down instead.",
                      "请说明为何没有损失, 或已改记在何处。", field="reason")
    made = IntakeDiscard(client_id=client_id, device_id=device_id, reason=reason.strip(), person_id=person.id,
                         at=now(session))
    session.add(made)
    session.flush()
    return made


def discards(session: Session, person: Actor) -> Sequence[IntakeDiscard]:
    """Return the records that were given up, newest first. Raises NotAllowed."""
    person.need(SEE)
    return session.scalars(
        select(IntakeDiscard).join(Device, Device.id == IntakeDiscard.device_id).where(*at_sites(person, SEE))
        .options(joinedload(IntakeDiscard.device), joinedload(IntakeDiscard.person))
        .order_by(IntakeDiscard.id.desc()).limit(MOST)).all()


def _refused(contact: DeviceContact) -> list[dict[str, Any]]:
    """Return what a tablet says it was refused, each with an id that a record can have."""
    said = []
    for one in contact.refused or []:
        try:
            client_id = str(uuid.UUID(str(one.get("id"))))
        except (ValueError, AttributeError):
            continue
        status = one.get("status")
        said.append({"id": client_id, "status": status if isinstance(status, int) else None,
                     "error": str(one.get("error") or "")[:300]})
    return said


def _discards_of(session: Session, client_ids: Sequence[str]) -> dict[str, IntakeDiscard]:
    rows = session.scalars(select(IntakeDiscard).where(IntakeDiscard.client_id.in_(client_ids))
                           .options(joinedload(IntakeDiscard.person)))
    return {row.client_id: row for row in rows}
