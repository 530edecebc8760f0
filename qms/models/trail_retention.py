"""Holds how long a site keeps its records, what is held back from disposal, proposals of it, and tombstones (R-44)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Id, Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Site


class RetentionSetting(Record):
    """For how many years a site keeps a class of records; a class without one keeps what the table of classes says."""

    __tablename__ = "retention_settings"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    class_code: Mapped[str] = mapped_column(String(20))
    years: Mapped[int] = mapped_column(Integer)
    special_years: Mapped[int | None] = mapped_column(
        Integer, comment="where a special characteristic is concerned; None: the same")
    reason: Mapped[str] = mapped_column(String(500))
    set_at: Mapped[datetime] = mapped_column(UtcTime)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    set_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "class_code"), CheckConstraint("years > 0", name="years"))


class LegalHold(Record):
    """Records that are not disposed of until the hold is lifted, whatever their time. Kinds are in rules."""

    __tablename__ = "legal_holds"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    entity: Mapped[str | None] = mapped_column(String(40), comment="table of the held record; of kind record only")
    record_id: Mapped[int | None] = mapped_column(Id, comment="record, lot, item or customer; None: a period")
    named: Mapped[str] = mapped_column(String(120), comment="what is held, as people read it")
    first_on: Mapped[date | None] = mapped_column(Date)
    last_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(500))
    put_at: Mapped[datetime] = mapped_column(UtcTime)
    put_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    lift_reason: Mapped[str | None] = mapped_column(String(500))

    put_by: Mapped[Person] = relationship(foreign_keys=[put_by_id], viewonly=True)
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=[lifted_by_id], viewonly=True)

    __table_args__ = (
        CheckConstraint("kind = 'period' OR record_id IS NOT NULL", name="record"),
        CheckConstraint("kind <> 'period' OR first_on <= last_on", name="period"),
        CheckConstraint("lifted_at IS NULL OR lift_reason IS NOT NULL", name="lifted"),
    )


class Disposal(Record):
    """A list of records that somebody proposes to dispose of, and what became of it."""

    __tablename__ = "disposals"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    class_code: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="not who proposed it")
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), comment="grant that allowed the decision")
    refused_reason: Mapped[str | None] = mapped_column(String(500))
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    disposed: Mapped[int] = mapped_column(Integer, default=0, comment="records that are gone")
    held_back: Mapped[int] = mapped_column(Integer, default=0, comment="records that something held back at the end")

    site: Mapped[Site] = relationship(viewonly=True)
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id], viewonly=True)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id], viewonly=True)
    lines: Mapped[list["DisposalLine"]] = relationship(order_by="DisposalLine.id", viewonly=True)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name="two_people"),
        CheckConstraint("state <> 'refused' OR refused_reason IS NOT NULL", name="refused"),
        Index("ix_disposals_site_state", "site_id", "state", "id"),
    )


class DisposalLine(Record):
    """One record that a proposal names; all that belongs to it goes with it."""

    __tablename__ = "disposal_lines"

    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposals.id"))
    entity: Mapped[str] = mapped_column(String(40), comment="table of the record")
    entity_id: Mapped[int] = mapped_column(Id)
    entity_rev: Mapped[int] = mapped_column(Integer, comment="version that was proposed; a later one stays")
    named: Mapped[str] = mapped_column(String(80), comment="as people read it")
    started_on: Mapped[date] = mapped_column(Date, comment="day from which its time counts")
    due_on: Mapped[date] = mapped_column(Date)
    records: Mapped[int] = mapped_column(Integer, comment="records that go: it and all that belongs to it")

    __table_args__ = (UniqueConstraint("disposal_id", "entity", "entity_id"),)


class Tombstone(Record):
    """What is left of a record that was disposed of: what it was, by which rule and by whom it went, its last hash."""

    __tablename__ = "tombstones"

    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposals.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("disposal_lines.id"), comment="proposed record it belonged to")
    entity: Mapped[str] = mapped_column(String(40), comment="table of the record")
    entity_id: Mapped[int] = mapped_column(Id)
    named: Mapped[str] = mapped_column(String(80), comment="number, where it had one")
    class_code: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(20), comment="kind of retention rule")
    years: Mapped[int] = mapped_column(Integer)
    started_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    disposed_at: Mapped[datetime] = mapped_column(UtcTime)
    versions: Mapped[int] = mapped_column(Integer, comment="versions that it had, each an entry of the trail")
    content_hash: Mapped[str] = mapped_column(String(64), comment="SHA-256 leaf of its last entry")
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"), comment="of its number; None: it had none")
    year: Mapped[int | None] = mapped_column(Integer)
    serial: Mapped[int | None] = mapped_column(Integer)

    approved_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("entity", "entity_id"),)
