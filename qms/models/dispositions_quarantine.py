"""Holds the places where held product stands apart, and the counts of what stands there."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Site, Unit
from qms.models.rejections import Hold


class QuarantinePlace(Record):
    """A marked place for held product."""

    __tablename__ = "quarantine_places"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="beside it; None: of the plant")
    locked: Mapped[bool] = mapped_column(default=False, comment="under lock, as for safety parts")
    used_since: Mapped[datetime] = mapped_column(UtcTime)
    counted_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="newest count; None: never counted")
    active: Mapped[bool] = mapped_column(default=True)

    site: Mapped[Site] = relationship(viewonly=True)
    unit: Mapped[Unit | None] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "code"),)


class QuarantineCount(Record):
    """One count of a place: what was found there against what is held there."""

    __tablename__ = "quarantine_counts"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("quarantine_places.id"))
    counted_at: Mapped[datetime] = mapped_column(UtcTime)
    counted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    differences: Mapped[int] = mapped_column(Integer, comment="lines whose two quantities differ")
    note: Mapped[str | None] = mapped_column(String(500))

    site: Mapped[Site] = relationship(viewonly=True)
    place: Mapped[QuarantinePlace] = relationship(viewonly=True)
    counted_by: Mapped[Person] = relationship(viewonly=True)
    lines: Mapped[list["QuarantineLine"]] = relationship(order_by="QuarantineLine.id", viewonly=True)

    __table_args__ = (Index("ix_quarantine_counts_place", "place_id", "counted_at"),)


class QuarantineLine(Record):
    """One hold of a counted place: what the system holds and what was found."""

    __tablename__ = "quarantine_lines"

    count_id: Mapped[int] = mapped_column(ForeignKey("quarantine_counts.id"), index=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"), comment="None: found there and held nowhere")
    found_as: Mapped[str | None] = mapped_column(String(200), comment="what was found, where no hold is known")
    expected: Mapped[int] = mapped_column(Integer)
    counted: Mapped[int] = mapped_column(Integer)
    explanation: Mapped[str | None] = mapped_column(String(500), comment="asked for where the two differ")

    hold: Mapped[Hold | None] = relationship(viewonly=True)

    __table_args__ = (CheckConstraint("counted >= 0 AND expected >= 0", name="pieces"),
                      CheckConstraint("counted = expected OR explanation IS NOT NULL", name="explained"))
