"""Who made a record that a tablet sends, and how far that is proven. Knows no request, and not who is signed in now.

The author is the person whom the record itself names (promise 21): by the sign-in under which it was made, or by the
badge that was scanned offline.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Date, String, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from qms.db import Id, UtcTime
from qms.db.prepared import Prepared
from qms.models.accounts import Badge, Grant, Person, SignIn
from qms.models.accounts_devices import Device
from qms.models.chain import Unit
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.accounts import Grant as Held
from qms.rules.clock import utc_now
from qms.rules.devices import KnownDevice
from qms.rules.rejections_intake import SKEW_TOLERATED
from qms.rules.rejections_intake_body import Claim, Sent

_TODAY = bindparam("today", type_=Date)
_IN_FORCE = ((Grant.person_id == Person.id) & (Grant.starts_on <= _TODAY)
             & or_(Grant.ends_on.is_(None), Grant.ends_on >= _TODAY))
_BEHALF = aliased(Person)
_WHO = (Person.id, Person.name, Person.language, Person.active, Grant.id, Grant.role, Grant.site_id, Unit.path,
        Grant.ends_on, Grant.delegated_by_id, _BEHALF.name.label("behalf"))
_OWN_FIRST = (Grant.delegated_by_id.is_not(None), Grant.id)
_BY_SIGN_IN = Prepared(
    select(*_WHO, SignIn.person_id, SignIn.device_id, SignIn.started_at, SignIn.ended_at, SignIn.ends_at)
    .select_from(Person).outerjoin(SignIn, SignIn.public_id == bindparam("sign_in", type_=String))
    .outerjoin(Grant, _IN_FORCE).outerjoin(Unit, Unit.id == Grant.unit_id)
    .outerjoin(_BEHALF, _BEHALF.id == Grant.delegated_by_id)
    .where(Person.id == bindparam("person", type_=Id)).order_by(*_OWN_FIRST))
_BY_BADGE = Prepared(
    select(*_WHO).select_from(Badge).join(Person, Person.id == Badge.person_id)
    .outerjoin(Grant, _IN_FORCE).outerjoin(Unit, Unit.id == Grant.unit_id)
    .outerjoin(_BEHALF, _BEHALF.id == Grant.delegated_by_id)
    .where(Badge.code_sha256 == bindparam("badge", type_=String),
           or_(Badge.ended_at.is_(None), Badge.ended_at > bindparam("at", type_=UtcTime))).order_by(*_OWN_FIRST))


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


class _Open(NamedTuple):
    """A sign-in: whose, at which tablet, from when until when."""

    person_id: int | None
    device_id: int | None
    started_at: datetime
    ended_at: datetime | None
    ends_at: datetime


def author_of(session: Session, device: KnownDevice, sent: Sent, at: datetime) -> Author:
    """Return who made a record at an instant (by the server's clock) on the tablet that it names."""
    made_on = _made_on(session, device, sent)
    rows, codes, proven = _claimed(session, sent.claim, made_on, at)
    if made_on != device.id:
        codes.add("other_device")
    if not rows:
        codes.add("author_unknown")
        nobody = replace(SYSTEM, method="device", device=device.name)
        return Author(nobody, None, sent.claim.auth, made_on, frozenset(codes))
    person_id, name, language, active = rows[0][:4]
    method = "pin" if proven else ("offline-badge" if sent.claim.auth == "offline-badge" else "unproven")
    grants = tuple(Held(*row[4:11]) for row in rows if active and row[4] is not None)
    actor = Actor(id=person_id, name=name, grants=grants, language=language, method=method, device=device.name,
                  session_id=sent.claim.sign_in if proven else None)
    return Author(actor, person_id, sent.claim.auth, made_on, frozenset(codes))


def _made_on(session: Session, device: KnownDevice, sent: Sent) -> int:
    """Return the tablet that made a record: the one it names, if that is of the same site; else whoever sends it."""
    if sent.device is None or sent.device == device.public_id:
        return device.id
    named = session.scalar(select(Device.id).where(Device.public_id == sent.device, Device.site_id == device.site_id))
    return device.id if named is None else named


def _claimed(session: Session, claim: Claim, device_id: int, at: datetime) -> tuple[list[Any], set[str], bool]:
    """Return the person whom a record names, a row for each grant, the codes earned, and whether it is proven."""
    connection, today = session.connection(), utc_now().date()
    if claim.auth == "online-pin":
        rows = _BY_SIGN_IN.rows(connection, {"sign_in": claim.sign_in, "person": claim.person_id, "today": today})
        proven = bool(rows) and _covers(_Open(*rows[0][11:]), claim, device_id, at)
        return rows, set() if proven else {"author_unproven"}, proven
    if claim.auth == "offline-badge":
        rows = _BY_BADGE.rows(connection, {"badge": claim.badge_sha256, "at": at, "today": today})
        return rows, {"offline_badge"}, False
    return [], set(), False


def _covers(found: _Open, claim: Claim, device_id: int, at: datetime) -> bool:
    """Tell whether a sign-in is that of this person at this tablet and was open at that time."""
    if found.person_id != claim.person_id or found.device_id != device_id:
        return False
    until = found.ended_at or found.ends_at
    return found.started_at - SKEW_TOLERATED <= at <= until + SKEW_TOLERATED
