"""Holds looks at personal data: who saw whose, when, on which page (R-35)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person


class Look(Record):
    """Somebody looked at personal data. Pages are in rules.accounts_looks."""

    __tablename__ = "looks"

    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    page: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id"), comment="whose data; None: of several, or of people outside")
    people: Mapped[int] = mapped_column(Integer, comment="how many people's data were shown")
    address: Mapped[str] = mapped_column(String(300), comment="of the page, with its filter")
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), comment="first grant of whoever looked")

    by: Mapped[Person] = relationship(foreign_keys=[by_id], viewonly=True)
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id], viewonly=True)

    __table_args__ = (Index("ix_looks_person", "person_id", "id"), Index("ix_looks_by", "by_id", "id"),
                      Index("ix_looks_at", "at"))
