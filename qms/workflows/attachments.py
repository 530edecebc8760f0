"""How photos are put to a record and got back; must not know how a photo is cleaned or shown, or where it lies."""

from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.actions import Action
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_scores import ScoreReading
from qms.models.dispositions_concessions import Concession, CustomerNotice
from qms.models.rejections import Rejection
from qms.models.trail import Attachment
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.files import FILE_TYPES
from qms.rules.photos import MOST_PHOTOS, Photo
from qms.workflows.attachments_store import keep, kept


class Owner(NamedTuple):
    """A kind of record that photos are put to, and what it takes to see them and to add one."""

    model: type[Any]
    view: str
    add: str


OWNERS = {
    "actions": Owner(Action, "actions.view", "actions.work"),
    "rejections": Owner(Rejection, "rejections.view", "rejections.report"),
    "concessions": Owner(Concession, "dispositions.view", "dispositions.concede"),
    "customer_complaints": Owner(CustomerComplaint, "customers.view", "customers.complain"),
    "score_readings": Owner(ScoreReading, "customers.view", "customers.score"),
    "customer_notices": Owner(CustomerNotice, "dispositions.view", "dispositions.notify"),
}


def attach(session: Session, person: Actor, entity: str, entity_id: int, *, name: str, photo: Photo,
           folder: Path) -> Attachment:
    """Put a photo to a record; sending the same again gives the one that is there.

    Raises NotFound, NotAllowed, and Invalid (field `photo`) when the record has 20 photos already.
    """
    _owner(session, person, entity, entity_id, adding=True)
    held = photos_of(session, person, entity, entity_id)
    same = next((one for one in held if photo.sent_sha256 == one.sent_sha256), None)
    if same is not None:
        return same
    if len(held) >= MOST_PHOTOS:
        raise Invalid(f"A record holds at most {MOST_PHOTOS} photos.", f"一条记录最多 {MOST_PHOTOS} 张照片。",
                      field="photo")
    keep(folder, photo.sha256, photo.content)
    attachment = Attachment(
        entity=entity, entity_id=entity_id, name=_plain(name), content_type=photo.content_type,
        size=len(photo.content), sha256=photo.sha256, sent_sha256=photo.sent_sha256, width=photo.width,
        height=photo.height, added_by_id=person.id, added_at=now(session))
    session.add(attachment)
    session.flush()
    return attachment


def photos_of(session: Session, person: Actor, entity: str, entity_id: int) -> list[Attachment]:
    """Return the photos of a record in the order they came. Raises NotFound, NotAllowed."""
    _owner(session, person, entity, entity_id)
    return list(session.scalars(
        select(Attachment).where(Attachment.entity == entity, Attachment.entity_id == entity_id,
                                 Attachment.content_type.not_in(FILE_TYPES))
        .options(joinedload(Attachment.added_by)).order_by(Attachment.id)))


def photo_bytes(session: Session, person: Actor, attachment_id: int,
                folder: Path) -> tuple[Attachment, bytes]:
    """Return a photo and its bytes. Raises NotFound also when the bytes are gone or were changed on disk."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.content_type in FILE_TYPES:
        raise NotFound
    _owner(session, person, attachment.entity, attachment.entity_id)
    return attachment, kept(folder, attachment.sha256)


def _owner(session: Session, person: Actor, entity: str, entity_id: int, *, adding: bool = False) -> None:
    """Check that the record is there and that this person may see it, or add to it."""
    owner = OWNERS.get(entity)
    record = session.get(owner.model, entity_id) if owner else None
    if owner is None or record is None:
        raise NotFound
    sites = person.sites(owner.view)
    if sites is not None and record.site_id not in sites:
        raise NotFound
    if adding:
        person.need(owner.add, site_id=record.site_id)


def _plain(name: str) -> str:
    """Return the last part of a file name without control characters, at most 200 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:200] or "photo"
