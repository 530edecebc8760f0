"""What a tablet knows of its plant while the network is away: units, links, items, lots, defect codes, pictures.

Reads only. Nothing here names a person.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from qms.models.acceptance import Handover
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit
from qms.models.chain_pictures import Picture
from qms.models.rejections import Rejection
from qms.rules.acceptance_pieces import CHANGES
from qms.rules.acceptance_pieces import REASONS as PIECE_REASONS
from qms.rules.clock import utc_now
from qms.rules.devices import KnownDevice
from qms.rules.rejections import KIND_HINTS, KINDS
from qms.rules.stops import REASONS, WINDOW
from qms.rules.words import Words

COUNTED_DAYS = timedelta(days=90)
LOT_DAYS = timedelta(days=30)
MOST_LOTS = 400
MOST_ITEMS = 2_000
MOST_DEFECTS = 1_000


def reference(session: Session, device: KnownDevice) -> dict[str, Any]:
    """Return everything that a tablet may show offline."""
    site = session.get_one(Site, device.site_id)
    units = session.scalars(select(Unit).where(Unit.id.in_(device.units)).order_by(Unit.code)).all()
    pictures = _pictures(session, device.site_id)
    return {
        "site": {"id": site.id, "code": site.code, **_names(site), "time_zone": site.time_zone, "demo": site.demo},
        "units": [_unit(unit) | {"links": _links(session, unit.id)} for unit in units],
        "items": [_item(item, pictures) for item in session.scalars(
            select(Item).where(Item.site_id == site.id, Item.active).order_by(Item.code).limit(MOST_ITEMS))],
        "defects": _defects(session, device, pictures),
        "lots": _lots(session, device),
        "kinds": [{"code": code, **_words(words), "hint": _words(KIND_HINTS[code])} for code, words in KINDS.items()],
        "stop_reasons": [{"code": code, **_words(words)} for code, words in REASONS.items()],
        "changes": [{"code": code, **_words(PIECE_REASONS[code])} for code in CHANGES],
        "call_window_s": int(WINDOW.total_seconds()),
    }


def _names(record: Any) -> dict[str, str]:
    return {"name_zh": record.name_zh, "name_en": record.name_en}


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _unit(unit: Unit) -> dict[str, Any]:
    return {"id": unit.id, "code": unit.code, **_names(unit), "inspects": unit.inspects}


def _links(session: Session, unit_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return whom the operation receives from and whom it hands over to, each with the link between them."""
    rows = session.execute(
        select(Link, Unit).join(Unit, Unit.id == Link.supplier_id + Link.customer_id - unit_id)
        .where(or_(Link.supplier_id == unit_id, Link.customer_id == unit_id), Link.active,
               Link.kind == "operation", Unit.active).order_by(Unit.code, Link.id))
    found: dict[str, list[dict[str, Any]]] = {"suppliers": [], "customers": []}
    for link, other in rows:
        found["customers" if link.supplier_id == unit_id else "suppliers"].append(_unit(other) | {"link_id": link.id})
    return found


def _pictures(session: Session, site_id: int) -> list[Picture]:
    return list(session.scalars(
        select(Picture).where(Picture.site_id == site_id, Picture.active)
        .options(selectinload(Picture.zones)).order_by(Picture.id)))


def _picture(picture: Picture) -> dict[str, Any]:
    zones = [{"id": z.id, **_names(z), "x": z.x, "y": z.y, "width": z.width, "height": z.height}
             for z in picture.zones if z.active]
    return {"id": picture.id, "role": picture.role, "width": picture.width, "height": picture.height, "zones": zones,
            "item_id": picture.item_id, "defect_id": picture.defect_id}


def _item(item: Item, pictures: Iterable[Picture]) -> dict[str, Any]:
    own = [p for p in pictures if p.item_id == item.id and p.defect_id is None and p.role == "item"]
    return {"id": item.id, "code": item.code, **_names(item), "initials": item.initials, "unit": item.unit,
            "picture": _picture(own[0]) if own else None}


def _defects(session: Session, device: KnownDevice, pictures: Iterable[Picture]) -> list[dict[str, Any]]:
    """Return the defect codes, those found most often here first."""
    since = utc_now() - COUNTED_DAYS
    counts = session.execute(
        select(Rejection.defect_id, Rejection.item_id, func.count()).where(
            Rejection.found_unit_id.in_(device.units), Rejection.found_at >= since, Rejection.state != "void",
            Rejection.defect_id.is_not(None)).group_by(Rejection.defect_id, Rejection.item_id)).all()
    used: dict[int, dict[str, int]] = {}
    for defect_id, item_id, times in counts:
        if defect_id is not None:
            used.setdefault(defect_id, {})[str(item_id or 0)] = times
    shown: dict[int, list[dict[str, Any]]] = {}
    for picture in pictures:
        if picture.defect_id is not None:
            shown.setdefault(picture.defect_id, []).append(_picture(picture))
    defects = session.scalars(select(Defect).where(Defect.site_id == device.site_id, Defect.active)
                              .order_by(Defect.code).limit(MOST_DEFECTS)).all()
    listed = [{
        "id": d.id, "code": d.code, **_names(d), "initials": d.initials, "severity": d.severity, "zone": d.zone,
        "requirement_zh": d.requirement_zh, "requirement_en": d.requirement_en, "used": used.get(d.id, {}),
        "pictures": shown.get(d.id, []),
    } for d in defects]
    return sorted(listed, key=lambda d: (-sum(d["used"].values()), d["code"]))


def _lots(session: Session, device: KnownDevice) -> list[dict[str, Any]]:
    """Return the lots that passed these operations of late, the newest first."""
    since = utc_now() - LOT_DAYS
    last = func.max(Handover.presented_at)
    rows = session.execute(
        select(Lot.id, Lot.number, Lot.item_id, Lot.quantity).join(Handover, Handover.lot_id == Lot.id)
        .where(or_(Handover.customer_id.in_(device.units), Handover.supplier_id.in_(device.units)),
               Handover.presented_at >= since)
        .group_by(Lot.id, Lot.number, Lot.item_id, Lot.quantity).order_by(last.desc(), Lot.id.desc()).limit(MOST_LOTS))
    return [{"id": r.id, "number": r.number, "item_id": r.item_id, "quantity": r.quantity} for r in rows]
