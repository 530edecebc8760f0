"""Holds the follow-up visits (回访) after a solved internal complaint."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.service_complaints import InternalComplaint


class ComplaintFollowUp(Record):
    """One look, days after the confirmation: did it come back, is the complaining unit satisfied."""

    __tablename__ = "complaint_follow_ups"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("internal_complaints.id"), index=True)
    days_after: Mapped[int] = mapped_column(Integer, comment="after the confirmation")
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(String(20), comment="planned, made, or dropped as the complaint was reopened")
    visited_at: Mapped[datetime | None] = mapped_column(UtcTime)
    visited_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    channel: Mapped[str | None] = mapped_column(String(20))
    recurred: Mapped[bool | None] = mapped_column(comment="None: not looked at yet")
    satisfied: Mapped[int | None] = mapped_column(Integer, comment="1 to 5; None: not said")
    note: Mapped[str | None] = mapped_column(String(500))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))

    complaint: Mapped[InternalComplaint] = relationship(viewonly=True)
    visited_by: Mapped[Person | None] = relationship(viewonly=True)

    __table_args__ = (CheckConstraint("satisfied IS NULL OR satisfied BETWEEN 1 AND 5", name="satisfied"),
                      Index("ix_complaint_follow_ups_due", "state", "due_at"))
