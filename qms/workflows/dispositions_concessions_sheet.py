"""What the sheet of a concession tells, in plain values for a document. Changes nothing, knows no file."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.models.dispositions_concessions import Concession
from qms.rules.accounts import Actor
from qms.workflows.attachments import photos_of
from qms.workflows.dispositions_concessions_records import VIEW
from qms.workflows.dispositions_concessions_shown import uses_of, whole
from qms.workflows.exports_plain import coded, named, person, plain
from qms.workflows.trail_signatures import signatures_of

Row = dict[str, Any]


def sheet(session: Session, reader: Actor, concession_id: int) -> Row:
    """Return what is told of a concession: facts, uses, photos, signatures. Times are local to the site.

    Raises NotFound, NotAllowed.
    """
    held = whole(session, reader, concession_id)
    for permission in (VIEW, "exports.run"):
        reader.need(permission, site_id=held.site_id)
    zone = ZoneInfo(held.site.time_zone)
    return {"case": _case(held, zone), "number": held.number, "title": held.characteristic, "state": held.state,
            "site": named(held.site), "zone": zone.key, "demo": held.site.demo,
            "uses": [plain(one.use, zone, by=person(one.use.by), rejection=one.rejection.number, position=one.position)
                     for one in uses_of(session, held)],
            "photos": [plain(photo, zone, rejection=held.number)
                       for photo in photos_of(session, reader, "concessions", held.id)],
            "signatures": signatures_of(session, "concessions", [held.id], zone.key)}


def _case(held: Concession, zone: ZoneInfo) -> Row:
    return plain(held, zone, item=coded(held.item), lot=held.lot.number if held.lot else None,
                 defect=coded(held.defect), customer=coded(held.customer),
                 rejection=held.rejection.number if held.rejection else None, drafted_by=person(held.drafted_by),
                 approved_by=person(held.approved_by))
