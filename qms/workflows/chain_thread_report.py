"""What of a lot's thread goes into a document or an answer by JSON: plain values, times in the site's zone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.rules.accounts import Actor
from qms.rules.chain_thread import KINDS, Entry
from qms.rules.words import Words
from qms.workflows.chain_thread import Thread, thread
from qms.workflows.chain_thread_lots import Family


def report(session: Session, person: Actor, lot_id: int) -> dict[str, Any]:
    """Return the whole thread of a lot as it is printed. Raises NotFound."""
    held = thread(session, person, lot_id)
    lot, site, zone = held.lot, held.site, ZoneInfo(held.site.time_zone)
    return {
        "number": lot.number, "title": f"{lot.item.code} {lot.item.name_zh} / {lot.item.name_en}",
        "site": Words(f"{site.code} {site.name_en}", f"{site.code} {site.name_zh}"), "zone": site.time_zone,
        "demo": site.demo, "state": held.state, "photos": [], "balance": held.balance, "unit": lot.item.unit,
        "gaps": held.gaps, "is_cut": held.is_cut, "hidden": [KINDS[kind] for kind in KINDS if kind in held.hidden],
        "lots": [(other.number, relation(held.family, other.id), other.item.code, other.quantity,
                  _local(other.made_at, zone)) for other in held.family.lots.values()],
        "entries": [(_local(e.at, zone), KINDS[e.kind], e.title, lot_of(held, e), e.state and e.state.words, e.text,
                     held.people.get(e.who_id or 0, ""), ", ".join(e.rules), [gap.words for gap in e.gaps],
                     ", ".join(dict.fromkeys(gap.rule for gap in e.gaps if gap.rule))) for e in held.entries],
    }


def relation(held: Family, lot_id: int) -> Words:
    """Say how a lot is related to the one whose thread it is."""
    distance = held.distance[lot_id]
    if distance == 0:
        return Words("this lot", "本批次")
    if distance < 0:
        return Words(f"made from, generation {-distance}", f"来源, 上 {-distance} 代")
    return Words(f"went into, generation {distance}", f"去向, 下 {distance} 代")


def lot_of(held: Thread, entry: Entry) -> str:
    """Return the number of the lot that an entry is about; of one without a lot, nothing."""
    lot = held.family.lots.get(entry.lot_id or 0)
    return lot.number if lot is not None else ""


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at and at.astimezone(zone).replace(tzinfo=None, microsecond=0)
