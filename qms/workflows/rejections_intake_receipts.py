"""What a tablet gets for a record that was taken: the same receipt whenever it asks, read from the trail itself.

A record's own entry is the last one of the transaction that took it, so its number and hash are also where the trail
ended then. The newest checkpoint goes along, so that a copy of it lies outside (protocol B6); only it changes.
"""

from typing import Any, NamedTuple

import orjson
from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Session

from qms.db.checkpoints import checkpoints
from qms.db.ledger import ledger
from qms.db.prepared import Prepared
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake


class Receipt(NamedTuple):
    """What was taken under an id, and where the trail says so."""

    client_id: str
    sha256: str
    seq: int
    entry_hash: str
    received_at: str
    number: str
    review: tuple[str, ...]
    checkpoint: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as a tablet reads it."""
        return {"id": self.client_id, "sha256": self.sha256, "seq": self.seq, "entry_hash": self.entry_hash,
                "received_at": self.received_at, "head": {"size": self.seq, "hash": self.entry_hash},
                "number": self.number, "review": list(self.review), "checkpoint": self.checkpoint}


_NEWEST = (select(checkpoints.c.note)
           .where(checkpoints.c.size == select(func.max(checkpoints.c.size)).scalar_subquery()).scalar_subquery())
"""Without LIMIT, whose parameter would have PostgreSQL plan the statement anew every time."""
_TAKEN = Prepared(
    select(ledger.c.seq, ledger.c.hash, ledger.c.entry, Rejection.number, _NEWEST)
    .select_from(Intake).join(Rejection, Rejection.id == Intake.rejection_id)
    .join(ledger, (ledger.c.entity == Intake.__tablename__) & (ledger.c.entity_id == Intake.id)
          & (ledger.c.entity_rev == 1))
    .where(Intake.client_id == bindparam("client_id", type_=String)))


def receipt_of(session: Session, client_id: str) -> Receipt:
    """Return the receipt of a record that was taken, as it was first given; only once its transaction has ended."""
    (seq, digest, entry, number, checkpoint), = _TAKEN.rows(session.connection(), {"client_id": client_id})
    taken = orjson.loads(entry)["after"]
    return Receipt(client_id, taken["sha256"], seq, bytes(digest).hex(), taken["received_at"], number,
                   tuple(code for code in taken["review"].split(",") if code), checkpoint)
