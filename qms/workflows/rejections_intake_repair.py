"""What a record from a tablet refers to, looked up and repaired so that a rejection can be made of it. Refuses nothing.

What is not known here is left out and named by a code; what is out of use is taken and named.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.acceptance import Handover
from qms.models.accounts_devices import DeviceUnit
from qms.models.chain import Defect, Item, Lot, Unit
from qms.rules.devices import KnownDevice
from qms.rules.errors import NotFound
from qms.rules.rejections_intake_body import LONGEST_NOTE, Sent


@dataclass(frozen=True, slots=True)
class Repaired:
    """The fields of the report that can be made of a record, where it was found, and the codes of what was wrong."""

    fields: dict[str, Any]
    found: Unit
    codes: frozenset[str]


def repaired(session: Session, device: KnownDevice, sent: Sent) -> Repaired:
    """Return what can be reported of a record. Raises NotFound only where the site has no unit at all."""
    codes = set(sent.codes)
    found = _unit(session, device, sent, codes)
    handover = _known(session, Handover, device, sent.handover_id, "unknown_handover", codes)
    lot = _lot(session, device, sent, codes)
    if handover is not None and (sent.lot_id is not None or sent.lot_number):
        if lot is None or handover.lot_id != lot.id:
            handover = None
            codes.add("unknown_handover")
    elif handover is not None:
        lot = session.get_one(Lot, handover.lot_id)
    item = _item(session, device, sent, lot, codes)
    defect = _known(session, Defect, device, sent.defect_id, "unknown_defect", codes)
    if any(record is not None and not record.active for record in (found, item, defect)):
        codes.add("retired")
    fields = {
        "kind": sent.kind or ("not_made" if handover is None else "not_accepted"),
        "found_unit_id": found.id, "quantity": sent.quantity, "lot_id": lot.id if lot else None,
        "item_id": item.id if item else None, "defect_id": defect.id if defect else None,
        "handover_id": handover.id if handover else None, "zone": sent.zone, "whole_lot": sent.whole_lot,
        "note": _note(sent) if lot is None else sent.note}
    return Repaired(fields, found, frozenset(codes))


def _unit(session: Session, device: KnownDevice, sent: Sent, codes: set[str]) -> Unit:
    """Return where it was found; the tablet's own operation where the one named is not known."""
    given = session.get(Unit, sent.found_unit_id) if sent.found_unit_id else None
    if given is not None and given.site_id == device.site_id:
        if given.id not in device.units:
            codes.add("other_unit")
        return given
    codes.add("unknown_unit")
    served = select(Unit).join(DeviceUnit, DeviceUnit.unit_id == Unit.id).where(DeviceUnit.device_id == device.id)
    own = (session.scalar(served.order_by(DeviceUnit.active.desc(), DeviceUnit.id).limit(1))
           or session.scalar(select(Unit).where(Unit.site_id == device.site_id).order_by(Unit.id).limit(1)))
    if own is None:
        raise NotFound("This site has no unit.", "该工厂没有单元。")
    return own


def _lot(session: Session, device: KnownDevice, sent: Sent, codes: set[str]) -> Lot | None:
    """Return the lot by its id, or by the number that was scanned; the number wins where both were given and differ."""
    by_id = session.get(Lot, sent.lot_id) if sent.lot_id else None
    if by_id is not None and (by_id.site_id != device.site_id or sent.lot_number not in {None, by_id.number}):
        by_id = None
    found = by_id
    if found is None and sent.lot_number:
        found = session.scalar(select(Lot).where(Lot.site_id == device.site_id, Lot.number == sent.lot_number))
    if found is None and (sent.lot_id is not None or sent.lot_number):
        codes.add("unknown_lot")
    return found


def _item(session: Session, device: KnownDevice, sent: Sent, lot: Lot | None, codes: set[str]) -> Item | None:
    """Return the item; that of the lot where the lot is known."""
    given: Item | None = _known(session, Item, device, sent.item_id, "unknown_item", codes)
    if lot is None:
        return given
    if given is not None and given.id != lot.item_id:
        codes.add("mismatch")
    return session.get_one(Item, lot.item_id)


def _known(session: Session, cls: Any, device: KnownDevice, record_id: int | None, code: str, codes: set[str]) -> Any:
    """Return a record of the tablet's site; None with a code for one that is not known there."""
    if record_id is None:
        return None
    found = session.get(cls, record_id) if record_id else None
    if found is None or found.site_id != device.site_id:
        codes.add(code)
        return None
    return found


def _note(sent: Sent) -> str | None:
    """Return the note, with the number of a lot that is not known: it is all that leads to the parts."""
    if not sent.lot_number:
        return sent.note
    said = f"批次 Lot: {sent.lot_number}"
    return said if sent.note is None else f"{said}\n{sent.note}"[:LONGEST_NOTE]
