"""How a record that was carried from a tablet to the desk is taken (protocol A11): once, by the same door as others.

Whoever carries it in vouches that it came from the tablet, so it waits for a person to look it through.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts_devices import Device
from qms.rules.accounts import Actor
from qms.rules.devices import KnownDevice
from qms.rules.errors import Invalid
from qms.rules.rejections_intake import LARGEST_BODY, found_at
from qms.rules.rejections_intake_body import Sent, as_object, read
from qms.rules.rejections_intake_by_hand import Carried
from qms.rules.words import Words
from qms.workflows.rejections_intake import receive
from qms.workflows.rejections_intake_authors import author_of

TAKE_IN = "rejections.review"


class Outcome(NamedTuple):
    """What became of a record that was carried in; `client_id` None where it could not be read."""

    place: Words
    code: str
    client_id: str | None = None
    seq: int | None = None
    device: str = ""


def take_in(session: Session, person: Actor, carried: Sequence[Carried]) -> list[Outcome]:
    """Take records that were carried in by hand; one that is here already, or comes by itself later, changes nothing.

    Raises NotAllowed, Invalid when there is none.
    """
    person.need(TAKE_IN)
    if not carried:
        raise Invalid("There is no whole record in it.", "其中没有完整的记录。")
    return [_one(session, person, record) for record in carried]


def _one(session: Session, person: Actor, record: Carried) -> Outcome:
    raw = record.body.encode()
    try:
        client_id = str(uuid.UUID(str(as_object(record.body).get("id"))))
        sent = read(record.body, client_id)
    except (Invalid, ValueError):
        return Outcome(record.place, "unreadable")
    if len(raw) > LARGEST_BODY:
        return Outcome(record.place, "unreadable", client_id)
    found = session.scalar(select(Device).where(Device.public_id == sent.device)) if sent.device else None
    if found is None:
        return Outcome(record.place, "foreign", client_id, sent.device_seq)
    if not person.may(TAKE_IN, site_id=found.site_id):
        return Outcome(record.place, "not_allowed", client_id, sent.device_seq)
    code = _received(session, found, client_id, record.body, hashlib.sha256(raw).hexdigest(), sent)
    return Outcome(record.place, code, client_id, sent.device_seq, found.name)


def _received(session: Session, found: Device, client_id: str, body: str, digest: str, sent: Sent) -> str:
    """Take a record as if its tablet had sent it, marked as carried; return what became of it."""
    units = tuple(served.unit_id for served in found.units if served.active)
    device = KnownDevice(found.id, found.public_id, found.name, found.site_id, units)
    at, _odd = found_at(sent.device_time, sent.skew_ms, now(session))
    author = author_of(session, device, sent, at)
    carried = replace(author, codes=author.codes | {"by_hand"})
    taken = receive(session, carried, device, client_id, body=body, sha256=digest, sent=sent)
    session.flush()
    return "conflict" if taken.conflict is not None else "new" if taken.is_new else "known"
