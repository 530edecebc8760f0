"""Holds reviews of the trail: who looked through which part of it, and what they found (R-46)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Id, Record, UtcTime
from qms.models.accounts import Person


class TrailReview(Record):
    """Somebody reviewed the trail of some days. Findings are in rules.trail_reviews."""

    __tablename__ = "trail_reviews"

    reviewed_at: Mapped[datetime] = mapped_column(UtcTime)
    reviewed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))
    first_on: Mapped[date] = mapped_column(Date, comment="first day that was reviewed, in the zone")
    last_on: Mapped[date] = mapped_column(Date)
    time_zone: Mapped[str] = mapped_column(String(60), comment="of the days")
    filters: Mapped[str] = mapped_column(String(500), comment="as a query string; empty: every entry of these days")
    entries: Mapped[int] = mapped_column(Integer, comment="that the days and the filter held")
    last_seq: Mapped[int] = mapped_column(Id, comment="entry at which the trail ended then")
    last_hash: Mapped[str] = mapped_column(String(64), comment="of that entry")
    finding: Mapped[str] = mapped_column(String(10))
    said: Mapped[str | None] = mapped_column(Text, comment="what was found, and what becomes of it")
    next_due_on: Mapped[date] = mapped_column(Date, index=True)

    reviewed_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (CheckConstraint("last_on >= first_on", name="days"),
                      Index("ix_trail_reviews_last_on", "last_on"))
