"""What the page of a record from a tablet shows: what was sent, what was made of it, who made it and when."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db.ledger import ledger
from qms.models.acceptance import Handover
from qms.models.chain import Defect, Item, Lot, Unit
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake, IntakePhoto
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.rejections_intake_body import Sent, as_object, read, visible
from qms.workflows.rejections_intake_steps import REVIEW, is_unconfirmed, waits
from qms.workflows.rejections_records import sees

_PEOPLE = (Intake.device, Intake.author, Intake.confirmed_by, Intake.reviewed_by)
_REFERRED = {"found_unit_id": Unit, "lot_id": Lot, "item_id": Item, "defect_id": Defect, "handover_id": Handover}
FIELDS = ("kind", "found_unit_id", "lot_id", "item_id", "defect_id", "handover_id", "zone", "quantity", "whole_lot",
          "note")


class Field(NamedTuple):
    """One field: what was sent, and what was made of it. Ids of records are those records, where they are known."""

    name: str
    sent: Any
    made: Any
    differs: bool


class PhotoPlace(NamedTuple):
    """A place for a photo: the hash that the record lists (empty: none), and the photo that came."""

    slot: int
    listed: str
    came: IntakePhoto | None


class Whole(NamedTuple):
    """A record from a tablet with everything that its page shows."""

    intake: Intake
    rejection: Rejection
    sent: Sent
    fields: list[Field]
    photos: list[PhotoPlace]
    late_by: timedelta | None
    steps: tuple[str, ...]


def whole(session: Session, person: Actor, intake_id: int) -> Whole:
    """Return a record from a tablet. Raises NotFound."""
    intake = session.get(Intake, intake_id, options=[
        *(joinedload(part) for part in _PEOPLE),
        joinedload(Intake.rejection).options(
            joinedload(Rejection.item), joinedload(Rejection.lot), joinedload(Rejection.defect),
            joinedload(Rejection.found_unit), joinedload(Rejection.site))])
    if intake is None or not sees(person, intake.rejection.site_id):
        raise NotFound
    sent = read(intake.body, intake.client_id)
    late_by = intake.received_at - intake.rejection.found_at
    return Whole(intake, intake.rejection, sent, _fields(session, intake), photos_of(session, intake, sent),
                 late_by if late_by > timedelta(minutes=1) else None, _steps(person, intake))


def id_of(session: Session, person: Actor, client_id: str) -> int:
    """Return the record that was taken under an id. Raises NotFound."""
    row = session.execute(select(Intake.id, Rejection.site_id).join(Rejection, Rejection.id == Intake.rejection_id)
                          .where(Intake.client_id == client_id)).first()
    if row is None or not sees(person, row.site_id):
        raise NotFound
    return int(row.id)


def on_record(session: Session, rejection_id: int) -> tuple[Intake, list[PhotoPlace]] | None:
    """Return the record that a rejection was made of and its photos; None when it did not come from a tablet."""
    intake = session.scalar(select(Intake).where(Intake.rejection_id == rejection_id)
                            .options(*(joinedload(part) for part in _PEOPLE)))
    if intake is None:
        return None
    return intake, photos_of(session, intake, read(intake.body, intake.client_id))


def photos_of(session: Session, intake: Intake, sent: Sent) -> list[PhotoPlace]:
    """Return the places of a record's photos: those it lists and those that came."""
    came = {photo.slot: photo for photo in session.scalars(
        select(IntakePhoto).where(IntakePhoto.client_id == intake.client_id))}
    return [PhotoPlace(slot, sent.photos.get(slot, ""), came.get(slot)) for slot in sorted({*sent.photos, *came})]


def missing(photos: Sequence[PhotoPlace]) -> int:
    """Return how many photos have not come."""
    return sum(place.came is None for place in photos)


def _fields(session: Session, intake: Intake) -> list[Field]:
    """Return each field as it was sent and as it went into the rejection at once, whatever was corrected since."""
    entry = session.execute(select(ledger.c.entry).where(
        ledger.c.entity == Rejection.__tablename__, ledger.c.entity_id == intake.rejection_id,
        ledger.c.entity_rev == 1)).scalar_one()
    made, site_id = orjson.loads(entry)["after"], intake.rejection.site_id
    said = as_object(intake.body).get("fields")
    raw = said if isinstance(said, dict) else {}
    fields = []
    for name in FIELDS:
        given = (raw.get("lot_number") if name == "lot_id" else None) or raw.get(name)
        shown = _record(session, site_id, name, made[name])
        asked = _asked(_record(session, site_id, name, given))
        fields.append(Field(name, asked, shown, _differs(name, given, made[name], shown)))
    return fields


def _asked(known: Any) -> Any:
    """Return what was sent as it can be shown: a record, yes or no, or text."""
    return known if known is None or isinstance(known, (bool, *_REFERRED.values())) else visible(known)


def _record(session: Session, site_id: int, name: str, value: Any) -> Any:
    """Return the record of the site that an id names; the id itself where there is none."""
    cls: Any = _REFERRED.get(name)
    if cls is None or not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**18:
        return value
    found = session.get(cls, value)
    return value if found is None or found.site_id != site_id else found


def _differs(name: str, given: Any, made: Any, shown: Any) -> bool:
    """Tell whether something else was made of a field than was sent; what was only filled in does not count."""
    if given is None or given is False or given == "":
        return False
    if name == "lot_id" and isinstance(given, str):
        return not isinstance(shown, Lot) or shown.number != given
    return bool(given != made)


def _steps(person: Actor, intake: Intake) -> tuple[str, ...]:
    """Name what this person may do with a record now."""
    rejection = intake.rejection
    may = person.may(REVIEW, site_id=rejection.site_id, unit_path=rejection.found_unit.path)
    own = intake.author_id == person.id and is_unconfirmed(intake)
    offered = {"confirm": own, "not-mine": own, "review": may and waits(intake),
               "countersign": may and is_unconfirmed(intake) and not own}
    return tuple(name for name, is_offered in offered.items() if is_offered)


