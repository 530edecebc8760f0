"""Who made a record that a tablet sends, and how far that is proven. Knows no request, and not who is signed in now.

The author is the person whom the record itself names (promise 21): by the sign-in under which it was made, or by the
badge that was scanned offline.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qms.models.accounts import Badge, Person, SignIn
from qms.models.accounts_devices import Device
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.devices import KnownDevice
from qms.rules.rejections_intake import SKEW_TOLERATED
from qms.rules.rejections_intake_body import Claim, Sent
from qms.workflows import accounts


@dataclass(frozen=True, slots=True)
class Author:
    """Who the trail names for a record (the system where nobody is known), and the codes that this earns.

    `made_on` is the tablet that made it, which may have given its outbox to another. `person_id` None: not known.
    """

    actor: Actor
    person_id: int | None
    auth: str
    made_on: int
    codes: frozenset[str]


def author_of(session: Session, device: KnownDevice, sent: Sent, at: datetime) -> Author:
    """Return who made a record at an instant (by the server's clock) on the tablet that it names."""
    made_on = _made_on(session, device, sent)
    person, codes, proven = _claimed(session, sent.claim, made_on, at)
    if made_on != device.id:
        codes.add("other_device")
    if person is None:
        codes.add("author_unknown")
        nobody = replace(SYSTEM, method="device", device=device.name)
        return Author(nobody, None, sent.claim.auth, made_on, frozenset(codes))
    method = "pin" if proven else ("offline-badge" if sent.claim.auth == "offline-badge" else "unproven")
    actor = Actor(id=person.id, name=person.name, language=person.language, method=method, device=device.name,
                  grants=accounts.grants_of(session, person.id) if person.active else (),
                  session_id=sent.claim.sign_in if proven else None)
    return Author(actor, person.id, sent.claim.auth, made_on, frozenset(codes))


def _made_on(session: Session, device: KnownDevice, sent: Sent) -> int:
    """Return the tablet that made a record: the one it names, if that is of the same site; else whoever sends it."""
    if sent.device is None or sent.device == device.public_id:
        return device.id
    named = session.scalar(select(Device.id).where(Device.public_id == sent.device, Device.site_id == device.site_id))
    return device.id if named is None else named


def _claimed(session: Session, claim: Claim, device_id: int, at: datetime) -> tuple[Person | None, set[str], bool]:
    """Return the person whom a record names, the codes that this earns, and whether a sign-in proves it."""
    if claim.auth == "online-pin":
        found = session.scalar(select(SignIn).where(SignIn.public_id == claim.sign_in)) if claim.sign_in else None
        proven = found is not None and _covers(found, claim, device_id, at)
        person_id = claim.person_id or (found.person_id if found is not None else None)
        person = session.get(Person, person_id) if person_id else None
        return person, set() if proven else {"author_unproven"}, proven
    if claim.auth == "offline-badge":
        person = session.scalar(
            select(Person).join(Badge, Badge.person_id == Person.id)
            .where(Badge.code_sha256 == claim.badge_sha256, or_(Badge.ended_at.is_(None), Badge.ended_at > at)))
        return person, {"offline_badge"}, False
    return None, set(), False


def _covers(found: SignIn, claim: Claim, device_id: int, at: datetime) -> bool:
    """Tell whether a sign-in is that of this person at this tablet and was open at that time."""
    until = found.ended_at or found.ends_at
    return (found.person_id == claim.person_id and found.device_id == device_id
            and found.started_at - SKEW_TOLERATED <= at <= until + SKEW_TOLERATED)
