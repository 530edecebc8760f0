"""Which operations something has happened to since a place in the trail. Reads only.

The trail holds every change of every record in one order, so it tells all who poll what is new: they ask for its end,
and read of it only what came since.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from qms.db.ledger import ledger
from qms.models.acceptance import Handover
from qms.workflows.station_incoming import WAITING

MOST = 2_000
UNITS = {
    "handovers": ("supplier_id", "customer_id"), "rejections": ("found_unit_id", "origin_unit_id"),
    "piece_checks": ("unit_id",), "holds": (), "stops": (), "rungs": (), "restart_checks": (),
}
"""Tables whose changes a station shows, and the columns that name the operations concerned."""
EVERYBODY = frozenset({"stops", "rungs", "restart_checks"})
"""Tables of which each change may concern any operation: they are few, and nobody must miss them."""

_END = select(func.max(ledger.c.seq))
_SINCE = (
    select(ledger.c.entity, ledger.c.entry)
    .where(ledger.c.seq > bindparam("after"), ledger.c.seq <= bindparam("end"), ledger.c.entity.in_(tuple(UNITS)))
    .order_by(ledger.c.seq).limit(MOST + 1))


def end_of_trail(session: Session) -> int:
    """Return the number of the trail's last entry; 0 while it is empty."""
    return int(session.connection().execute(_END).scalar() or 0)


def concerned(session: Session, after: int, end: int) -> set[int] | None:
    """Return the operations that entries after one and up to another concern; None: all of them may be."""
    rows = session.connection().execute(_SINCE, {"after": after, "end": end}).all()
    if len(rows) > MOST or any(row.entity in EVERYBODY for row in rows):
        return None
    found: set[int] = set()
    lots: set[int] = set()
    for row in rows:
        held: dict[str, Any] = json.loads(row.entry).get("after", {})
        found |= {held[column] for column in UNITS[row.entity] if held.get(column) is not None}
        if row.entity in {"holds", "rejections"} and held.get("lot_id") is not None:
            lots.add(held["lot_id"])
    return found | _waiting_for(session, lots)


def _waiting_for(session: Session, lots: Iterable[int]) -> set[int]:
    """Return the operations to which any of these lots is presented: they see that it is held."""
    sought = list(lots)
    if not sought:
        return set()
    return set(session.scalars(select(Handover.customer_id).where(Handover.lot_id.in_(sought),
                                                                  Handover.state.in_(WAITING))))
