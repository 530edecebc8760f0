"""Holds mails that are to be sent. They can be written again and are forgotten once sent: no records."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Base, Id, UtcTime
from qms.models.accounts import Person


class Mail(Base):
    """A mail to a person, in the language in which they read; written in the transaction that it tells of."""

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(String(200), comment="of the record's page")
    written_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    try_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="not before; None: sent or given up")
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)

    person: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (Index("ix_mails_try_at", "try_at", "id"),)
