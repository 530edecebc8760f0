"""What an internal complaint takes over from the record that it is about. Knows no page."""

from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from qms.models.acceptance import Handover
from qms.models.rejections import Rejection
from qms.models.stops import Stop
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound


class Source(NamedTuple):
    """A record as a complaint refers to it; None: it does not tell."""

    kind: str
    record_id: int
    ref: str
    site_id: int
    complaining_id: int | None
    accused_id: int | None
    defect_id: int | None = None
    lot_id: int | None = None


def source_of(session: Session, person: Actor, kind: str, record_id: int | None) -> Source | None:
    """Return what a record tells; None for a complaint without a record of ours. Raises Invalid, NotFound."""
    if kind in {"free", "other"} or record_id is None:
        if kind not in {"free", "other"}:
            raise Invalid("Say which record it is.", "请指明关联记录。", field="record_id")
        return None
    found: Source
    if kind == "rejections":
        r = _seen(session, person, Rejection, record_id, "rejections.view")
        found = Source(kind, r.id, r.number, r.site_id, r.found_unit_id, _other(r.origin_unit_id, r.found_unit_id),
                       r.defect_id, r.lot_id)
    elif kind == "stops":
        s = _seen(session, person, Stop, record_id, "stops.view")
        found = Source(kind, s.id, s.number, s.site_id, s.customer_id or s.unit_id, _stopped_for(session, s), None,
                       s.lot_id)
    elif kind == "handovers":
        h = _seen(session, person, Handover, record_id, "acceptance.view")
        found = Source(kind, h.id, h.number, h.site_id, h.customer_id, h.supplier_id, None, h.lot_id)
    else:
        raise Invalid("There is no such kind of record.", "没有这种记录。", field="source_kind")
    return found


def _stopped_for(session: Session, stop: Stop) -> int | None:
    """Return whose fault a stop is said to be: the line that its customer stopped, else where the piece came from."""
    if stop.customer_id is not None:
        return stop.unit_id
    rejection = session.get(Rejection, stop.rejection_id) if stop.rejection_id is not None else None
    return _other(rejection.origin_unit_id, stop.unit_id) if rejection is not None else None


def _other(unit_id: int | None, complaining_id: int) -> int | None:
    """Return a unit that may be complained of; None for the complaining unit itself."""
    return None if unit_id == complaining_id else unit_id


def _seen(session: Session, person: Actor, cls: type[Any], record_id: int, permission: str) -> Any:
    found = session.get(cls, record_id)
    sites = person.sites(permission)
    if found is None or (sites is not None and found.site_id not in sites):
        raise NotFound
    return found
