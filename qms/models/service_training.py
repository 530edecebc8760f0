"""Holds sessions on internal service with attendance per unit, and notices with who opened them, to be counted."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Site, Unit


class Training(Record):
    """One session on internal service."""

    __tablename__ = "trainings"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    topic: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date] = mapped_column(Date)
    trainer: Mapped[str] = mapped_column(String(120), comment="may come from outside")
    material_ref: Mapped[str | None] = mapped_column(String(120))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)

    site: Mapped[Site] = relationship(viewonly=True)
    attendances: Mapped[list["TrainingUnit"]] = relationship(order_by="TrainingUnit.id", viewonly=True)

    __table_args__ = (Index("ix_trainings_site", "site_id", "id"),)


class TrainingUnit(Record):
    """How many of a unit were expected at a session, and how many came."""

    __tablename__ = "training_units"

    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    expected: Mapped[int] = mapped_column(Integer)
    attended: Mapped[int] = mapped_column(Integer)

    training: Mapped[Training] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("training_id", "unit_id"),
                      CheckConstraint("attended BETWEEN 0 AND expected", name="attended"))


class ServiceNotice(Record):
    """A notice on internal service in both languages, to all units or to one and what is below it."""

    __tablename__ = "service_notices"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="None: to the whole site")
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime] = mapped_column(UtcTime)
    posted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    site: Mapped[Site] = relationship(viewonly=True)
    unit: Mapped[Unit | None] = relationship(viewonly=True)
    posted_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (Index("ix_service_notices_site", "site_id", "id"),)


class NoticeRead(Record):
    """Somebody opened a notice: only ever counted."""

    __tablename__ = "notice_reads"

    notice_id: Mapped[int] = mapped_column(ForeignKey("service_notices.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("notice_id", "by_id"),)
