"""How the photos of a record from a tablet are taken, before or after it, and put to its rejection. Knows no pixels."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.db.prepared import Prepared
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake, IntakePhoto
from qms.models.trail import Attachment
from qms.rules.devices import KnownDevice
from qms.rules.errors import Doubled, Invalid
from qms.rules.photos import Photo
from qms.rules.rejections_intake import MOST_PHOTOS, with_code
from qms.rules.rejections_intake_body import read
from qms.workflows.attachments_store import keep
from qms.workflows.rejections_intake_turns import take_turn

_RECORDS = Rejection.__tablename__
_CAME = Prepared(select(IntakePhoto.id).where(IntakePhoto.client_id == bindparam("client_id", type_=String)))


def check_slot(slot: int) -> None:
    """Raise Invalid for a place that no record has."""
    if not 1 <= slot <= MOST_PHOTOS:
        raise Invalid(f"A record has at most {MOST_PHOTOS} photos.", f"一条记录最多 {MOST_PHOTOS} 张照片。",
                      field="slot")


def taken_before(session: Session, client_id: str, slot: int, sent_sha256: str) -> IntakePhoto | None:
    """Return the photo that was taken in this slot. Raises Doubled when it is another one."""
    held = session.scalar(select(IntakePhoto).where(IntakePhoto.client_id == client_id, IntakePhoto.slot == slot))
    if held is not None and held.sent_sha256 != sent_sha256:
        raise Doubled("Another photo was taken in this place of the record.", "该记录的此序位已有另一张照片。",
                      field="slot")
    return held


def receive_photo(session: Session, device: KnownDevice, client_id: str, slot: int, photo: Photo,
                  folder: Path) -> tuple[IntakePhoto, bool]:
    """Take a photo of a record that may have come or may still come. Returns it and whether it is new.

    Raises Doubled when another photo has this slot.
    """
    check_slot(slot)
    take_turn(session, client_id)
    held = taken_before(session, client_id, slot, photo.sent_sha256)
    if held is not None:
        return held, False
    keep(folder, photo.sha256, photo.content)
    taken = IntakePhoto(client_id=client_id, slot=slot, sent_sha256=photo.sent_sha256, sha256=photo.sha256,
                        content_type=photo.content_type, size=len(photo.content), width=photo.width,
                        height=photo.height, device_id=device.id, received_at=now(session))
    intake = session.scalar(select(Intake).where(Intake.client_id == client_id).with_for_update())
    if intake is not None:
        taken.attachment_id = _attached(session, session.get_one(Rejection, intake.rejection_id), taken)
        if not _is_listed(taken, read(intake.body, client_id).photos):
            intake.review = with_code(intake.review, "other_photo")
            intake.reviewed_at = intake.reviewed_by_id = None
    session.add(taken)
    session.flush()
    return taken, True


def attach_those_of(session: Session, rejection: Rejection, client_id: str, listed: Mapping[int, str]) -> bool:
    """Put the photos that came before their record to its rejection; tell whether they are those it lists."""
    if not _CAME.rows(session.connection(), {"client_id": client_id}):
        return True
    early = session.scalars(select(IntakePhoto).where(IntakePhoto.client_id == client_id).order_by(IntakePhoto.slot))
    good = True
    for taken in early.all():
        taken.attachment_id = _attached(session, rejection, taken)
        good = good and _is_listed(taken, listed)
    session.flush()
    return good


def missing_photos(session: Session, intake: Intake) -> int:
    """Return how many photos of a record have not come."""
    came = session.scalar(select(func.count()).where(IntakePhoto.client_id == intake.client_id)) or 0
    return max(0, intake.photos - came)


def _is_listed(taken: IntakePhoto, listed: Mapping[int, str]) -> bool:
    """Tell whether a photo is the one that the record lists in its place; a hash that cannot be read fits none."""
    return listed.get(taken.slot) == taken.sent_sha256


def _attached(session: Session, rejection: Rejection, taken: IntakePhoto) -> int:
    """Return the photo as part of the rejection; the same photo in two places is one."""
    same = session.scalar(select(Attachment.id).where(
        Attachment.entity == _RECORDS, Attachment.entity_id == rejection.id,
        Attachment.sent_sha256 == taken.sent_sha256).limit(1))
    if same is not None:
        return same
    made = Attachment(
        entity=_RECORDS, entity_id=rejection.id, name=f"tablet-{taken.slot}.webp", content_type=taken.content_type,
        size=taken.size, sha256=taken.sha256, sent_sha256=taken.sent_sha256, width=taken.width, height=taken.height,
        added_by_id=rejection.reported_by_id, added_at=taken.received_at)
    session.add(made)
    session.flush()
    return made.id
