"""What a record from a tablet refers to, looked up and repaired so that a rejection can be made of it. Refuses nothing.

What is not known here is left out and named by a code; what is out of use is taken and named. Everything is read in one
statement: a whole shift may send at once.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from qms.db import Id
from qms.db.prepared import Prepared
from qms.models.acceptance import Handover
from qms.models.accounts_devices import Device, DeviceUnit
from qms.models.chain import Defect, Item, Lot, Unit
from qms.rules.devices import KnownDevice
from qms.rules.errors import NotFound
from qms.rules.rejections_intake_body import LONGEST_NOTE, Sent


@dataclass(frozen=True, slots=True)
class Repaired:
    """The fields of the report that can be made of a record, the path of where it was found, and the codes."""

    fields: dict[str, Any]
    found_path: str
    codes: frozenset[str]


class _Known(NamedTuple):
    """What is known at the tablet's site of what a record refers to; None where it is not.

    `by_number_id` is the lot with the number that was scanned, `own_active` the state of the lot's own item.
    """

    unit_id: int | None
    unit_path: str | None
    unit_active: bool | None
    lot_id: int | None
    lot_number: str | None
    lot_item_id: int | None
    by_number_id: int | None
    by_number_item_id: int | None
    item_id: int | None
    item_active: bool | None
    defect_id: int | None
    defect_active: bool | None
    handover_id: int | None
    handover_lot_id: int | None
    handover_item_id: int | None
    own_active: bool | None


class _Lot(NamedTuple):
    """A lot and its item."""

    id: int
    item_id: int


_BY_NUMBER, _OWN = aliased(Lot), aliased(Item)


def _at_site(cls: Any, name: str) -> Any:
    return (cls.id == bindparam(name, type_=Id)) & (cls.site_id == Device.site_id)


_KNOWN = Prepared(
    select(Unit.id, Unit.path, Unit.active, Lot.id, Lot.number, Lot.item_id, _BY_NUMBER.id, _BY_NUMBER.item_id, Item.id,
           Item.active, Defect.id, Defect.active, Handover.id, Handover.lot_id, Handover.item_id, _OWN.active)
    .select_from(Device).outerjoin(Unit, _at_site(Unit, "unit")).outerjoin(Lot, _at_site(Lot, "lot"))
    .outerjoin(_BY_NUMBER, (_BY_NUMBER.site_id == Device.site_id)
               & (_BY_NUMBER.number == bindparam("lot_number", type_=String)))
    .outerjoin(Item, _at_site(Item, "item")).outerjoin(Defect, _at_site(Defect, "defect"))
    .outerjoin(Handover, _at_site(Handover, "handover"))
    .outerjoin(_OWN, _OWN.id == func.coalesce(Lot.item_id, _BY_NUMBER.item_id, Handover.item_id))
    .where(Device.id == bindparam("device", type_=Id)))


def repaired(session: Session, device: KnownDevice, sent: Sent) -> Repaired:
    """Return what can be reported of a record. Raises NotFound only where the site has no unit at all."""
    codes = set(sent.codes)
    known = _Known(*_KNOWN.rows(session.connection(), {
        "device": device.id, "unit": sent.found_unit_id, "lot": sent.lot_id, "lot_number": sent.lot_number,
        "item": sent.item_id, "defect": sent.defect_id, "handover": sent.handover_id})[0])
    unit_id, path, is_in_use = _unit(session, device, known, codes)
    lot = _lot(sent, known, codes)
    handover_id = _handover(sent, known, lot, codes)
    if lot is None and handover_id is not None and known.handover_lot_id and known.handover_item_id:
        lot = _Lot(known.handover_lot_id, known.handover_item_id)
    item_id = _item(sent, known, lot, codes)
    if sent.defect_id is not None and known.defect_id is None:
        codes.add("unknown_defect")
    if False in {is_in_use, known.own_active if lot else known.item_active, known.defect_active}:
        codes.add("retired")
    fields = {
        "kind": sent.kind or ("not_made" if handover_id is None else "not_accepted"), "found_unit_id": unit_id,
        "quantity": sent.quantity, "lot_id": lot.id if lot else None, "item_id": item_id, "defect_id": known.defect_id,
        "handover_id": handover_id, "zone": sent.zone, "whole_lot": sent.whole_lot,
        "note": _note(sent) if lot is None else sent.note}
    return Repaired(fields, path, frozenset(codes))


def _unit(session: Session, device: KnownDevice, known: _Known, codes: set[str]) -> tuple[int, str, bool | None]:
    """Return where it was found; the tablet's own operation where the one named is not known."""
    if known.unit_id is not None and known.unit_path is not None:
        if known.unit_id not in device.units:
            codes.add("other_unit")
        return known.unit_id, known.unit_path, known.unit_active
    codes.add("unknown_unit")
    served = select(Unit).join(DeviceUnit, DeviceUnit.unit_id == Unit.id).where(DeviceUnit.device_id == device.id)
    own = (session.scalar(served.order_by(DeviceUnit.active.desc(), DeviceUnit.id).limit(1))
           or session.scalar(select(Unit).where(Unit.site_id == device.site_id).order_by(Unit.id).limit(1)))
    if own is None:
        raise NotFound("This site has no unit.", "该工厂没有单元。")
    return own.id, own.path, own.active


def _lot(sent: Sent, known: _Known, codes: set[str]) -> _Lot | None:
    """Return the lot by its id, or by the number that was scanned; the number wins where both were given and differ."""
    found = None
    if known.lot_id and known.lot_item_id and sent.lot_number in {None, known.lot_number}:
        found = _Lot(known.lot_id, known.lot_item_id)
    elif known.by_number_id and known.by_number_item_id:
        found = _Lot(known.by_number_id, known.by_number_item_id)
    if found is None and (sent.lot_id is not None or sent.lot_number):
        codes.add("unknown_lot")
    return found


def _handover(sent: Sent, known: _Known, lot: _Lot | None, codes: set[str]) -> int | None:
    """Return the hand-over, if it is one of the lot that was named."""
    if sent.handover_id is None:
        return None
    is_named = sent.lot_id is not None or bool(sent.lot_number)
    if known.handover_id is None or (is_named and (lot is None or lot.id != known.handover_lot_id)):
        codes.add("unknown_handover")
        return None
    return known.handover_id


def _item(sent: Sent, known: _Known, lot: _Lot | None, codes: set[str]) -> int | None:
    """Return the item; that of the lot where the lot is known."""
    if sent.item_id is not None and known.item_id is None:
        codes.add("unknown_item")
    if lot is None:
        return known.item_id
    if known.item_id not in {None, lot.item_id}:
        codes.add("mismatch")
    return lot.item_id


def _note(sent: Sent) -> str | None:
    """Return the note, with the number of a lot that is not known: it is all that leads to the parts."""
    if not sent.lot_number:
        return sent.note
    said = f"批次 Lot: {sent.lot_number}"
    return said if sent.note is None else f"{said}\n{sent.note}"[:LONGEST_NOTE]
