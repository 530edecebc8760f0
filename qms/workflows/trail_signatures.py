"""How a record is signed: password again, meaning, and the hash of exactly what was signed (R-45). Knows no page."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import Record, acted, now
from qms.models.accounts import Person
from qms.models.trail import Signature
from qms.rules.accounts import Actor
from qms.rules.trail_signatures import MEANINGS
from qms.workflows.accounts import proves


class Signed(NamedTuple):
    """What came of signing; `signature` None: the password was wrong, which was counted."""

    signature: Signature | None


def sign_record(session: Session, person: Actor, *, entity: str, record: Record, meaning: str, content: str,
                password: str, address: str | None) -> Signed:
    """Sign the present version of a record for its content. Raises Invalid after too many wrong passwords."""
    if meaning not in MEANINGS:
        raise KeyError(meaning)
    if not proves(session, person, password, address=address):
        return Signed(None)
    made = Signature(entity=entity, entity_id=record.id, entity_rev=record.rev, meaning=meaning, person_id=person.id,
                     printed_name=session.get_one(Person, person.id).name, signed_at=now(session),
                     content_hash=hashlib.sha256(content.encode()).hexdigest())
    session.add(made)
    acted(session, "R-45")
    session.flush()
    return Signed(made)


def signatures_of(session: Session, entity: str, entity_id: int) -> Sequence[Signature]:
    """Return the signatures of a record in the order they were given."""
    return session.scalars(select(Signature).where(Signature.entity == entity, Signature.entity_id == entity_id)
                           .order_by(Signature.id)).all()


def holds(signature: Signature, content: str) -> bool:
    """Tell whether what was signed is still what is there."""
    return signature.content_hash == hashlib.sha256(content.encode()).hexdigest()
