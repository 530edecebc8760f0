"""Holds appeals against the answer to an internal complaint."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Site
from qms.models.service_complaints import InternalComplaint


class Appeal(Record):
    """An appeal of either party, decided by someone uninvolved. States are in rules.service_appeals."""

    __tablename__ = "appeals"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("internal_complaints.id"))
    appeal_level: Mapped[int] = mapped_column(Integer, comment="1: against the answer; 2: against the first appeal")
    side: Mapped[str] = mapped_column(String(20), comment="of who appeals")
    against: Mapped[str] = mapped_column(String(20), comment="state of the complaint that is appealed against")
    state: Mapped[str] = mapped_column(String(20))
    grounds: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(UtcTime)
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    due_at: Mapped[datetime] = mapped_column(UtcTime, comment="to be decided by")
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reasons: Mapped[str | None] = mapped_column(Text)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))

    site: Mapped[Site] = relationship(viewonly=True)
    complaint: Mapped[InternalComplaint] = relationship(viewonly=True)
    filed_by: Mapped[Person] = relationship(foreign_keys=[filed_by_id], viewonly=True)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id], viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "year", "serial"), UniqueConstraint("complaint_id", "appeal_level"),
                      Index("ix_appeals_site_state", "site_id", "state", "id"))
