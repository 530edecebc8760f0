"""What comes to the operations of a tablet, and what is known of each lot before it is accepted. Reads only."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from qms.models.acceptance import Handover
from qms.models.chain import Lot
from qms.models.rejections import Rejection
from qms.rules.acceptance import requirement, sample_words
from qms.rules.clock import rfc3339, utc_now
from qms.rules.devices import KnownDevice
from qms.rules.errors import NotFound
from qms.rules.rejections import OPEN
from qms.workflows.acceptance_conditions import standard_of
from qms.workflows.acceptance_readings import sample_size
from qms.workflows.acceptance_records import asked
from qms.workflows.acceptance_shown import earlier_rejections, holding, rejections_of

MOST = 40
TOP_DAYS = timedelta(days=90)
WAITING = ("presented", "not_inspected")


def incoming(session: Session, device: KnownDevice, unit_id: int) -> dict[str, Any]:
    """Return the hand-overs presented to an operation, oldest first. Raises NotFound for one it does not serve."""
    _serves(device, unit_id)
    rows = session.scalars(
        select(Handover).where(Handover.customer_id == unit_id, Handover.state.in_(WAITING))
        .options(joinedload(Handover.supplier), joinedload(Handover.lot), joinedload(Handover.item))
        .order_by(Handover.presented_at, Handover.id).limit(MOST + 1)).all()
    held = _held_lots(session, [row.lot_id for row in rows])
    refused = _refused(session, [row.id for row in rows])
    return {"more": len(rows) > MOST,
            "handovers": [_line(row) | {"held": row.lot_id in held, "refused": refused.get(row.id, 0)}
                          for row in rows[:MOST]]}


def outgoing(session: Session, device: KnownDevice, unit_id: int) -> dict[str, Any]:
    """Return what an operation handed over of late and what became of it, newest first. Raises NotFound."""
    _serves(device, unit_id)
    rows = session.scalars(
        select(Handover).where(Handover.supplier_id == unit_id)
        .options(joinedload(Handover.customer), joinedload(Handover.lot), joinedload(Handover.item))
        .order_by(Handover.presented_at.desc(), Handover.id.desc()).limit(20)).all()
    return {"handovers": [_line(row) | {"customer": _unit(row.customer), "accepted": row.accepted,
                                        "rejected": row.rejected + row.for_review} for row in rows]}


def ready(session: Session, device: KnownDevice, unit_id: int) -> dict[str, Any]:
    """Return the lots that an operation received and has not yet handed on in full. Raises NotFound."""
    _serves(device, unit_id)
    got = (select(Handover.lot_id, func.sum(Handover.accepted).label("pieces")).where(
        Handover.customer_id == unit_id, Handover.accepted > 0, Handover.presented_at > utc_now() - TOP_DAYS)
        .group_by(Handover.lot_id).subquery())
    gone = (select(Handover.lot_id, func.sum(Handover.quantity).label("pieces")).where(
        Handover.supplier_id == unit_id, Handover.presentation == 1, Handover.rework.is_(False))
        .group_by(Handover.lot_id).subquery())
    left = got.c.pieces - func.coalesce(gone.c.pieces, 0)
    rows = session.execute(
        select(Lot.id, Lot.number, Lot.item_id, left.label("left")).join(got, got.c.lot_id == Lot.id)
        .outerjoin(gone, gone.c.lot_id == Lot.id).where(left > 0).order_by(Lot.id.desc()).limit(MOST))
    return {"lots": [{"id": r.id, "number": r.number, "item_id": r.item_id, "left": int(r.left)} for r in rows]}


def card(session: Session, device: KnownDevice, handover_id: int) -> dict[str, Any]:
    """Return one hand-over with all that should be known before it is accepted, and the form of its standard.

    Raises NotFound for one that does not come to this tablet.
    """
    row = session.get(Handover, handover_id)
    if row is None or row.customer_id not in device.units:
        raise NotFound("This hand-over does not come to this tablet.", "此交接不属于该平板的工序。")
    return _line(row) | {
        "held": False, "refused": _refused(session, [row.id]).get(row.id, 0),
        "holds": [_rejection(r) for r in holding(session, row.lot_id)],
        "earlier": [_rejection(r) for r in earlier_rejections(session, row.lot_id)],
        "own": [_rejection(r) for r in rejections_of(session, [row]) if r.state != "void"],
        "top_defects": top_defects(session, row.customer_id, row.item_id), "form": _form(session, row)}


def lot_of(session: Session, device: KnownDevice, number: str) -> dict[str, Any]:
    """Return a lot by the number on its label, and the hand-over of it that waits here. Raises NotFound."""
    lot = session.scalar(select(Lot).where(Lot.site_id == device.site_id, Lot.number == number))
    if lot is None:
        raise NotFound(f"There is no lot {number} at this site.", f"本工厂没有批次 {number}。")
    waiting = session.scalar(
        select(Handover.id).where(Handover.lot_id == lot.id, Handover.customer_id.in_(device.units),
                                  Handover.state.in_(WAITING)).order_by(Handover.id).limit(1))
    return {"id": lot.id, "number": lot.number, "item_id": lot.item_id, "quantity": lot.quantity,
            "handover_id": waiting}


def top_defects(session: Session, unit_id: int, item_id: int) -> list[dict[str, Any]]:
    """Return the three defects found most often on an item here in the last 90 days."""
    rows = session.execute(
        select(Rejection.defect_id, func.sum(Rejection.quantity).label("pieces"), func.count().label("times"))
        .where(Rejection.found_unit_id == unit_id, Rejection.item_id == item_id, Rejection.defect_id.is_not(None),
               Rejection.found_at > utc_now() - TOP_DAYS, Rejection.state != "void")
        .group_by(Rejection.defect_id).order_by(func.count().desc(), Rejection.defect_id).limit(3))
    return [{"defect_id": r.defect_id, "pieces": int(r.pieces), "times": r.times} for r in rows]


def _serves(device: KnownDevice, unit_id: int) -> None:
    if unit_id not in device.units:
        raise NotFound("This tablet does not serve this operation.", "该平板不服务于此工序。")


def _held_lots(session: Session, lot_ids: Sequence[int]) -> set[int]:
    """Return those lots that an open rejection holds; the lots they were made from are looked at on the card."""
    return {r for r in session.scalars(select(Rejection.lot_id).where(
        Rejection.lot_id.in_(lot_ids), Rejection.state.in_(OPEN))) if r is not None}


def _refused(session: Session, handover_ids: Sequence[int]) -> dict[int, int]:
    """Map hand-overs to the pieces that rejections already name on them."""
    rows = session.execute(select(Rejection.handover_id, func.sum(Rejection.quantity)).where(
        Rejection.handover_id.in_(handover_ids), Rejection.state != "void").group_by(Rejection.handover_id))
    return {handover: int(pieces) for handover, pieces in rows if handover is not None}


def _unit(unit: Any) -> dict[str, Any]:
    return {"id": unit.id, "code": unit.code, "name_zh": unit.name_zh, "name_en": unit.name_en}


def _line(row: Handover) -> dict[str, Any]:
    return {"id": row.id, "rev": row.rev, "number": row.number, "state": row.state, "quantity": row.quantity,
            "unit_id": row.customer_id, "lot": {"id": row.lot_id, "number": row.lot.number}, "item_id": row.item_id,
            "item": {"code": row.item.code, "name_zh": row.item.name_zh, "name_en": row.item.name_en},
            "supplier": _unit(row.supplier), "presented_at": rfc3339(row.presented_at),
            "presentation": row.presentation, "self_check": row.self_check, "rework": row.rework}


def _rejection(row: Rejection) -> dict[str, Any]:
    return {"id": row.id, "number": row.number, "state": row.state, "quantity": row.quantity,
            "defect_id": row.defect_id, "zone": row.zone, "found_unit_id": row.found_unit_id,
            "client_id": row.client_id, "found_at": rfc3339(row.found_at)}


def _form(session: Session, row: Handover) -> dict[str, Any] | None:
    """Return the check form that the standard asks for; None when none is in force."""
    standard = standard_of(session, row)
    if standard is None or standard.state == "recorded":
        return None
    lines = []
    for c in asked(session, standard.id):
        size = sample_size(c, row.quantity)
        asks = requirement(c.kind, c.lower, c.upper, c.unit)
        says = sample_words(c.sampling, c.sampling_value, c.confidence_percent, size, row.quantity)
        lines.append({
            "id": c.id, "name_zh": c.name_zh, "name_en": c.name_en, "kind": c.kind, "unit": c.unit,
            "lower": _text(c.lower), "upper": _text(c.upper), "target": _text(c.target), "special": c.special,
            "method": c.method, "gauge": c.gauge, "defect_id": c.defect_id, "pieces": size,
            "requirement_zh": asks.zh, "requirement_en": asks.en, "sample_zh": says.zh, "sample_en": says.en})
    return {"form_number": standard.form_number, "revision": standard.revision, "title_zh": standard.title_zh,
            "title_en": standard.title_en, "reaction_zh": standard.reaction_zh, "reaction_en": standard.reaction_en,
            "characteristics": lines}


def _text(value: Any) -> str | None:
    return None if value is None else format(value, "f")
