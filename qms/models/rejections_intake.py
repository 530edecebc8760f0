"""Holds what tablets sent (protocol A): each record as it came, its photos, and what could not be taken as it was."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Base, Id, Record, UtcTime, Verbatim
from qms.models.accounts import Person
from qms.models.accounts_devices import Device
from qms.models.rejections import Rejection
from qms.rules.rejections_intake import NOTHING_ASKED


class Intake(Record):
    """One record from a tablet, byte for byte, and the rejection made of it in the same commit."""

    __tablename__ = "intakes"

    client_id: Mapped[str] = mapped_column(String(36), unique=True, comment="UUID given by the tablet")
    sha256: Mapped[str] = mapped_column(String(64), comment="of the body")
    body: Mapped[str] = mapped_column(Verbatim, comment="JSON as it came")
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    device_seq: Mapped[int] = mapped_column(Integer, comment="the tablet's own count of records")
    version: Mapped[int] = mapped_column(Integer, comment="of the body's form")
    app_version: Mapped[str | None] = mapped_column(String(40))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="None: the badge is not known")
    author_auth: Mapped[str] = mapped_column(String(20), comment="kinds are in rules.rejections_intake")
    device_time: Mapped[datetime | None] = mapped_column(UtcTime, comment="the tablet's clock; None: unreadable")
    received_at: Mapped[datetime] = mapped_column(UtcTime, comment="by the server: the legal time (R-48)")
    skew_ms: Mapped[int | None] = mapped_column(Id, comment="tablet's clock minus ours; None: never measured")
    photos: Mapped[int] = mapped_column(Integer, default=0, comment="photos that belong to it")
    review: Mapped[str] = mapped_column(String(300), default="", comment="why a person must look at it, as codes")
    rejection_id: Mapped[int] = mapped_column(ForeignKey("rejections.id"), unique=True)
    confirmed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id"), comment="the author later, or the leader who countersigned; None: needs nobody yet")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcTime)

    device: Mapped[Device] = relationship(viewonly=True)
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id], viewonly=True)
    rejection: Mapped[Rejection] = relationship(viewonly=True)
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id], viewonly=True)
    reviewed_by: Mapped[Person | None] = relationship(foreign_keys=[reviewed_by_id], viewonly=True)

    __table_args__ = (
        Index("ix_intakes_device_seq", "device_id", "device_seq"),
        Index("ix_intakes_device", "device_id", "received_at", "id"),
        Index("ix_intakes_received", "received_at", "id"),
        Index("ix_intakes_author", "author_id", "author_auth", "confirmed_at"),
    )


_ASKS = Intake.review.not_in([literal_column(f"'{codes}'") for codes in NOTHING_ASKED])
TO_REVIEW = _ASKS & Intake.reviewed_at.is_(None)
_OFFLINE = Intake.author_auth == literal_column("'offline-badge'")
TO_CONFIRM = _OFFLINE & Intake.author_id.is_not(None) & Intake.confirmed_at.is_(None)
LATE = Intake.review.like(literal_column("'%late'"))
"""Parts of the register. Each has an index of its own, which serves it only when it is asked for in these words."""

Index("ix_intakes_to_review", Intake.received_at, Intake.id, sqlite_where=TO_REVIEW, postgresql_where=TO_REVIEW)
Index("ix_intakes_to_confirm", Intake.received_at, Intake.id, sqlite_where=TO_CONFIRM, postgresql_where=TO_CONFIRM)
Index("ix_intakes_late", Intake.received_at, Intake.id, sqlite_where=LATE, postgresql_where=LATE)


class IntakePhoto(Record):
    """A photo sent for a record, which may come before or after it."""

    __tablename__ = "intake_photos"

    client_id: Mapped[str] = mapped_column(String(36), comment="of the record it belongs to")
    slot: Mapped[int] = mapped_column(Integer, comment="place in the record, from 1")
    sent_sha256: Mapped[str] = mapped_column(String(64), comment="of the bytes as they were sent")
    sha256: Mapped[str] = mapped_column(String(64), comment="of the stored bytes")
    content_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(Integer, comment="bytes, as stored")
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    attachment_id: Mapped[int | None] = mapped_column(
        ForeignKey("attachments.id"), comment="None: the record itself has not come yet")

    __table_args__ = (UniqueConstraint("client_id", "slot"),)


class IntakeConflict(Record):
    """Another body under an id that was taken before; kept beside the first until a person has compared them."""

    __tablename__ = "intake_conflicts"

    client_id: Mapped[str] = mapped_column(String(36))
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Verbatim)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: open")
    resolution: Mapped[str | None] = mapped_column(String(500))

    device: Mapped[Device] = relationship(viewonly=True)
    resolved_by: Mapped[Person | None] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("client_id", "sha256"),)


class IntakeDiscard(Record):
    """A record that a tablet keeps because the server cannot take it, given up by a quality engineer with a reason."""

    __tablename__ = "intake_discards"

    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="when the tablet said that it let go of it")

    device: Mapped[Device] = relationship(viewonly=True)
    person: Mapped[Person] = relationship(viewonly=True)


class IntakeUnparsed(Base):
    """Bytes from a tablet that could not be read as a record, kept as they came; at most 64 KiB of each."""

    __tablename__ = "intake_unparsed"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    sha256: Mapped[str] = mapped_column(String(64), comment="of all the bytes that came")
    body: Mapped[bytes] = mapped_column(LargeBinary)
    error: Mapped[str] = mapped_column(String(500))
    received_at: Mapped[datetime] = mapped_column(UtcTime)

    device: Mapped[Device] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("device_id", "sha256"),
                      Index("ix_intake_unparsed_device", "device_id", "received_at"))


class Thanks(Record):
    """A word of thanks to whoever reported: it tells them that somebody acted on it."""

    __tablename__ = "thanks"

    rejection_id: Mapped[int] = mapped_column(ForeignKey("rejections.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), comment="who thanks")
    at: Mapped[datetime] = mapped_column(UtcTime)
    note: Mapped[str | None] = mapped_column(String(300))

    person: Mapped[Person] = relationship(viewonly=True)
