"""What is done with PINs: set for someone, changed by oneself. Hashed as passwords are."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import PinHash, SignIn
from qms.rules.accounts import Actor
from qms.rules.badges import check_pin
from qms.rules.errors import Invalid
from qms.workflows.accounts import hashed, matches
from qms.workflows.accounts_badges import looked_after


def set_pin(session: Session, person: Actor, person_id: int, pin: str) -> None:
    """Give someone a PIN, who should type it in themselves; their sign-ins by the old one end.

    Raises Invalid, NotAllowed, NotFound.
    """
    looked_after(session, person, person_id)
    keep_pin(session, person_id, pin)
    end_sign_ins(session, person_id)


def change_pin(session: Session, person: Actor, *, password: str, pin: str) -> None:
    """Change one's own PIN at a desk, knowing one's password; sign-ins by the old one end. Raises Invalid."""
    if not matches(session, person.id, password):
        raise Invalid("This is not your present password.", "这不是您当前的密码。", field="password")
    keep_pin(session, person.id, pin)
    end_sign_ins(session, person.id)


def keep_pin(session: Session, person_id: int, pin: str) -> None:
    """Keep the hash of a PIN. Raises Invalid for one that is too easy."""
    check_pin(pin)
    kept = session.get(PinHash, person_id, with_for_update=True)
    if kept is None:
        session.add(PinHash(person_id=person_id, hash=hashed(pin), changed_at=now(session)))
    else:
        kept.hash, kept.changed_at = hashed(pin), now(session)
    session.flush()


def pin_at(session: Session, person_id: int) -> datetime | None:
    """Return since when someone has their PIN; None when they have none."""
    return session.scalar(select(PinHash.changed_at).where(PinHash.person_id == person_id))


def end_sign_ins(session: Session, person_id: int) -> None:
    """End someone's sign-ins at tablets."""
    session.execute(update(SignIn).where(SignIn.person_id == person_id, SignIn.method == "pin",
                                         SignIn.ended_at.is_(None)).values(ended_at=now(session)))
