"""Which lots carry the tag of a bypass: put on when they are handed over, asked for when they are accepted."""

from collections.abc import Collection

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.acceptance import Handover
from qms.models.controls import Bypass, BypassLot, Control
from qms.rules.accounts import Actor
from qms.rules.errors import Refused

_TAGGED = exists().where(BypassLot.bypass_id == Bypass.id, BypassLot.lot_id == bindparam("lot_id"))
_RUNNING = select(Bypass.id).join(Control, Control.id == Bypass.control_id).where(
    Control.unit_id == bindparam("unit_id"), Bypass.state == "active", ~_TAGGED).order_by(Bypass.id)


def tag_presented(session: Session, person: Actor, handover: Handover) -> None:
    """Tag the lot of a hand-over for every bypass that runs at the operation that presents it (R-21)."""
    running = session.scalars(_RUNNING, {"unit_id": handover.supplier_id, "lot_id": handover.lot_id}).all()
    if not running:
        return
    session.add_all([BypassLot(bypass_id=bypass_id, lot_id=handover.lot_id, tagged_at=now(session),
                               tagged_by_id=person.id) for bypass_id in running])
    session.flush()
    acted(session, "R-21")


def refuse_unreviewed(session: Session, family: Collection[int]) -> None:
    """Refuse while a lot of a family, of a lot and its sources, has a bypass tag that nobody reviewed (R-55)."""
    numbers = session.scalars(
        select(Bypass.number).where(exists().where(
            BypassLot.bypass_id == Bypass.id, BypassLot.lot_id.in_(family), BypassLot.reviewed_at.is_(None)))
        .order_by(Bypass.id).limit(10)).all()
    if numbers:
        listed = ", ".join(numbers)
        raise Refused(
            "R-55", f"The lot, or a lot it was made from, was made under bypass {listed}, and nobody has reviewed it.",
            f"本批次或其来源批次在旁路 {listed} 期间制造, 尚未评审。")
