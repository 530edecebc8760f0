"""How the pieces of a lot are added up from what its thread has read. Asks the database nothing."""

from collections.abc import Sequence

from qms.models.acceptance import Handover
from qms.models.dispositions import Disposition
from qms.models.rejections import Hold, Rejection
from qms.rules.chain_thread import Balance
from qms.rules.dispositions import CONCEDED
from qms.workflows.chain_thread_lots import Family

SCRAPPED = ("unusable", "completed")
"""States from which scrap cannot come back."""


def balance(held: Family, handovers: Sequence[Handover], rejections: Sequence[Rejection], holds: Sequence[Hold],
            dispositions: Sequence[Disposition]) -> Balance:
    """Return the pieces of the lot itself: made, refused, held, scrapped, conceded, shipped, used in other lots."""
    lot = held.lot
    own = [d for d in dispositions if d.hold.lot_id == lot.id]
    used = [edge.quantity for edge in held.edges if edge.source_id == lot.id]
    return Balance(
        made=lot.quantity,
        rejected=sum(r.quantity for r in rejections if r.lot_id == lot.id and r.state != "void"),
        held=sum(h.quantity for h in holds if h.lot_id == lot.id and h.state == "held"),
        scrapped=sum(d.quantity for d in own if d.code == "scrap" and d.state in SCRAPPED),
        conceded=sum(d.quantity for d in own if d.code in CONCEDED and d.state == "completed"),
        shipped=sum(h.accepted for h in handovers if h.lot_id == lot.id and h.customer.kind == "customer"),
        used=None if None in used else sum(q for q in used if q is not None))
