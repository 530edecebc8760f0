"""How someone signs in at a tablet by badge and PIN, and how guessing is slowed down. Knows no request, no cookie.

A try is written down as wrong before the PIN is looked at, and taken back when it was right: so no number of tablets
at once gets more tries than one, and no lock is held while a PIN is hashed.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import Attempt, Person, PinHash, SignIn
from qms.models.accounts_devices import Device
from qms.models.rejections_intake import Intake
from qms.rules.accounts import Actor
from qms.rules.devices import (
    TRIES_PER_DEVICE_A_DAY,
    TRIES_PER_PERSON,
    TRIES_PER_PERSON_A_DAY,
    TRIES_PER_PLANT_AN_HOUR,
    TRY_WINDOW,
    KnownDevice,
)
from qms.rules.errors import Invalid, Throttled
from qms.workflows.accounts import fits, refuse_ended
from qms.workflows.accounts_badges import owner_of
from qms.workflows.accounts_devices import digest
from qms.workflows.accounts_devices_incidents import open_once
from qms.workflows.rejections_intake_own import claimed_by

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
UNKNOWN = "(badge)"
"""What stands for a login where a badge that nobody has was tried."""


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was written down. `kept` is the hash of the PIN; None for a badge that nobody has."""

    attempt_id: int
    person_id: int | None
    kept: str | None

    def is_right(self, pin: str) -> bool:
        """Compare the PIN; takes as long for a badge that nobody has. Needs no database."""
        return fits(self.kept, pin)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, by which sign-in. `to_confirm`: records made offline in their name that wait for them."""

    person: Person
    token: str
    sign_in: str
    to_confirm: int


class NoPin(Invalid):
    """The badge is known, and its owner has no PIN yet."""


def begin_try(session: Session, device: KnownDevice, badge: str) -> Try:
    """Write down that a badge is tried, if there may be one more try. Raises Throttled, NoPin."""
    return _written_down(session, device, owner_of(session, badge))


def begin_own_try(session: Session, device: KnownDevice, person_id: int) -> Try:
    """Write down that someone who is signed in tries their own PIN. Raises Throttled, NoPin."""
    return _written_down(session, device, session.get(Person, person_id))


def _written_down(session: Session, device: KnownDevice, owner: Person | None) -> Try:
    """Write a try down; the tablet and the PIN are locked meanwhile, so that tries at once are counted one by one."""
    at = now(session)
    session.execute(select(Device.id).where(Device.id == device.id).with_for_update(key_share=True))
    _check(session, Attempt.device_id == device.id, at, ((DAY, TRIES_PER_DEVICE_A_DAY),))
    kept = session.get(PinHash, owner.id, with_for_update=True) if owner else None
    if owner is not None and kept is None:
        raise NoPin("There is no PIN for this badge yet. Ask your team leader for one.",
                    "此工牌尚未设置 PIN, 请联系班组长。", field="pin")
    login = f"(pin) {owner.id}" if owner else UNKNOWN
    if owner is not None:
        _check(session, Attempt.login == login, at,
               ((TRY_WINDOW, TRIES_PER_PERSON), (DAY, TRIES_PER_PERSON_A_DAY)))
    attempt = Attempt(login=login, at=at, device_id=device.id)
    session.add(attempt)
    session.flush()
    return Try(attempt.id, owner.id if owner else None, kept.hash if kept else None)


def sign_in(session: Session, device: KnownDevice, tried: Try, *, address: str | None, agent: str | None,
            lasts: timedelta) -> SignedIn:
    """Take the try back and sign its owner in at the tablet; whoever was signed in there is signed out.

    Raises Invalid for an access that is over.
    """
    at = now(session)
    take_back(session, tried)
    if tried.person_id is not None:
        refuse_ended(session, tried.person_id)
    session.execute(update(SignIn).where(SignIn.device_id == device.id, SignIn.ended_at.is_(None)).values(ended_at=at))
    person = session.get_one(Person, tried.person_id)
    token, public_id = secrets.token_urlsafe(32), str(uuid.uuid4())
    session.add(SignIn(token_hash=digest(token), person_id=person.id, public_id=public_id, started_at=at, seen_at=at,
                       ends_at=at + lasts, address=address, agent=(agent or "")[:300], method="pin",
                       device_id=device.id))
    session.flush()
    return SignedIn(person, token, public_id, to_confirm(session, Actor(person.id, person.name)))


def take_back(session: Session, tried: Try) -> None:
    """Strike a try that was right out of the wrong ones."""
    attempt = session.get(Attempt, tried.attempt_id)
    if attempt is not None:
        session.delete(attempt)


def note_wrong(session: Session, device: KnownDevice) -> None:
    """Alarm the leaders when many wrong PINs came in within an hour from the tablets of a plant."""
    since = now(session) - HOUR
    wrong = session.scalar(
        select(func.count()).where(Attempt.at > since, Attempt.device_id.in_(
            select(Device.id).where(Device.site_id == device.site_id)))) or 0
    if wrong >= TRIES_PER_PLANT_AN_HOUR:
        open_once(session, device.id, device.site_id, "guessing", since=since, count=wrong)


def to_confirm(session: Session, person: Actor) -> int:
    """Count the records in someone's name that wait for them to say that they are theirs."""
    return session.scalar(select(func.count(Intake.id)).where(*claimed_by(person))) or 0


def _check(session: Session, whose: ColumnElement[bool], at: datetime,
           limits: tuple[tuple[timedelta, int], ...]) -> None:
    """Raise Throttled when a window of time holds as many wrong tries as it may, telling when the oldest falls out."""
    longest = max(window for window, _ in limits)
    tries = session.scalars(select(Attempt.at).where(whose, Attempt.at > at - longest)
                            .order_by(Attempt.at)).all()
    for window, most in limits:
        if len(tries) >= most and tries[-most] > at - window:
            wait = tries[-most] + window - at
            raise Throttled("Too many wrong PINs. Wait, or report with the badge alone while you wait.",
                            "PIN 错误次数过多。请等待; 期间可仅刷工牌报告。", seconds=int(wait.total_seconds()) + 1)
