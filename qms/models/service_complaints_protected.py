"""Holds protected reports and every look at one. Read only through workflows that ask for service.protect (R-35)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Site


class ProtectedReport(Record):
    """A report of retaliation or pressure. Kinds and states are in rules.service_complaints_protected."""

    __tablename__ = "protected_reports"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(Text, comment="what happened, in the reporter's words")
    about_ref: Mapped[str | None] = mapped_column(String(120), comment="record that it follows, as people read it")
    filed_at: Mapped[datetime] = mapped_column(UtcTime)
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reply: Mapped[str | None] = mapped_column(Text, comment="what the reporter is told")
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)

    site: Mapped[Site] = relationship(viewonly=True)
    filed_by: Mapped[Person] = relationship(foreign_keys=[filed_by_id], viewonly=True)
    handled_by: Mapped[Person | None] = relationship(foreign_keys=[handled_by_id], viewonly=True)
    looks: Mapped[list["ProtectedLook"]] = relationship(order_by="ProtectedLook.id", viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "year", "serial"),
                      Index("ix_protected_reports_site_state", "site_id", "state", "id"))


class ProtectedLook(Record):
    """Somebody read a protected report."""

    __tablename__ = "protected_looks"

    report_id: Mapped[int] = mapped_column(ForeignKey("protected_reports.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))

    by: Mapped[Person] = relationship(viewonly=True)
