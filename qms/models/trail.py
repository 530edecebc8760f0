"""Holds what belongs to every record: files attached to it, signatures, exports, and number series."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Base, Id, Record, UtcTime
from qms.models.accounts import Person


class Attachment(Record):
    """A photo or file linked to a record; its bytes lie in the photo store under `sha256`."""

    __tablename__ = "attachments"

    entity: Mapped[str] = mapped_column(String(40), comment="table of the record it belongs to")
    entity_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer, comment="bytes, as stored")
    sha256: Mapped[str] = mapped_column(String(64), comment="of the stored bytes")
    sent_sha256: Mapped[str] = mapped_column(String(64), comment="of the bytes as they were sent")
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(UtcTime)

    added_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (Index("ix_attachments_entity", "entity", "entity_id"),)


class Export(Record):
    """One export that left the system: who, when, which filter, how many rows, which bytes (R-53)."""

    __tablename__ = "exports"

    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    filters: Mapped[str] = mapped_column(String(1000), comment="as a query string")
    rows: Mapped[int] = mapped_column(Integer)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))


class Signature(Record):
    """One signature: who signed which version of a record, with what meaning (R-45)."""

    __tablename__ = "signatures"

    entity: Mapped[str] = mapped_column(String(40), comment="table of the record that was signed")
    entity_id: Mapped[int] = mapped_column(Id)
    entity_rev: Mapped[int] = mapped_column(Integer, comment="version of the record that was signed")
    meaning: Mapped[str] = mapped_column(String(40), comment="what the signature says")
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    printed_name: Mapped[str] = mapped_column(String(120), comment="as it was when signing")
    role: Mapped[str | None] = mapped_column(String(40), comment="by which the person signed; None: it needed none")
    method: Mapped[str] = mapped_column(String(20), comment="how the person proved again who they are")
    proved_at: Mapped[datetime] = mapped_column(UtcTime)
    statement: Mapped[str] = mapped_column(String(500), comment="shown before signing, in the signer's language")
    signed_at: Mapped[datetime] = mapped_column(UtcTime)
    content_hash: Mapped[str] = mapped_column(String(64), comment="SHA-256 of what was signed")

    person: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (Index("ix_signatures_entity", "entity", "entity_id"),)


class NumberSeries(Base):
    """The last number given of a kind in a site and year. The records themselves prove that there are no gaps."""

    __tablename__ = "number_series"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)
