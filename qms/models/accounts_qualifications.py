"""Holds what people were trained for and until when that holds (R-51)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person


class Qualification(Record):
    """Somebody's training for a kind of work. Kinds are in rules.accounts_qualifications."""

    __tablename__ = "qualifications"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(20))
    trained_on: Mapped[date] = mapped_column(Date)
    trainer: Mapped[str] = mapped_column(String(120), comment="who trained, as the certificate names them")
    evidence_ref: Mapped[str | None] = mapped_column(String(120), comment="number of the certificate or test")
    valid_to: Mapped[date | None] = mapped_column(Date, comment="last day; None: does not run out")
    given_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: not taken back")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None] = mapped_column(String(500), comment="why it ended")

    person: Mapped[Person] = relationship(foreign_keys=[person_id], viewonly=True)
    given_by: Mapped[Person] = relationship(foreign_keys=[given_by_id], viewonly=True)

    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= trained_on", name="dates"),
                      CheckConstraint("ended_at IS NULL OR reason IS NOT NULL", name="reason"),
                      Index("ix_qualifications_person", "person_id", "kind"),
                      Index("ix_qualifications_valid_to", "valid_to"))
