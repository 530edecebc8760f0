"""Lets what is sent under one id be taken one after the other, on both databases. Knows no record."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def take_turn(session: Session, client_id: str) -> None:
    """Wait until no other transaction works on this id, and keep others waiting until this one ends.

    SQLite lets one writer in at a time anyway. The unique constraints hold without this; it only spares the second of
    two equal requests the work, and a photo that comes beside its record the risk of not seeing it.
    """
    if session.get_bind().dialect.name == "postgresql":
        whole = uuid.UUID(client_id).int
        key = ((whole >> 64) ^ whole) & (2**64 - 1)
        session.execute(select(func.pg_advisory_xact_lock(key - 2**63)))
