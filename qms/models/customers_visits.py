"""Holds planned visits and calls to outside customers and to units inside, and the log of what was said."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Site, Unit


class CustomerVisit(Record):
    """One visit or call. States are in rules.customers_visits."""

    __tablename__ = "customer_visits"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), comment="outside customer or unit inside")
    kind: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(20))
    planned_on: Mapped[date] = mapped_column(Date, comment="day of the site")
    goer_id: Mapped[int] = mapped_column(ForeignKey("people.id"), comment="who goes or calls")
    best_time: Mapped[str | None] = mapped_column(String(200), comment="when they are best met; None: not told")
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    planned_at: Mapped[datetime] = mapped_column(UtcTime)
    previous_id: Mapped[int | None] = mapped_column(
        ForeignKey("customer_visits.id"), index=True, comment="visit at which this one was agreed; None: planned alone")
    times_moved: Mapped[int] = mapped_column(Integer, default=0)
    move_reason: Mapped[str | None] = mapped_column(String(500), comment="of the last move; None: never moved")
    done_on: Mapped[date | None] = mapped_column(Date)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="who recorded it")
    said: Mapped[str | None] = mapped_column(Text, comment="what was said; None: not made")
    satisfied: Mapped[int | None] = mapped_column(Integer, comment="1 to 5; None: not said, not the same as satisfied")
    off_reason: Mapped[str | None] = mapped_column(String(500), comment="why called off")
    correction: Mapped[str | None] = mapped_column(String(500), comment="why the log was corrected last; None: never")
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), comment="grant of the last step")

    site: Mapped[Site] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)
    goer: Mapped[Person] = relationship(foreign_keys=[goer_id], viewonly=True)
    planned_by: Mapped[Person] = relationship(foreign_keys=[planned_by_id], viewonly=True)
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id], viewonly=True)
    previous: Mapped["CustomerVisit | None"] = relationship(remote_side="CustomerVisit.id", viewonly=True)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        CheckConstraint("satisfied IS NULL OR satisfied BETWEEN 1 AND 5", name="satisfied"),
        CheckConstraint("state <> 'done' OR (done_on IS NOT NULL AND said IS NOT NULL)", name="done"),
        CheckConstraint("state <> 'called_off' OR off_reason IS NOT NULL", name="called_off"),
        Index("ix_customer_visits_unit", "unit_id", "planned_on"),
        Index("ix_customer_visits_state", "state", "planned_on"),
        Index("ix_customer_visits_site", "site_id", "state", "planned_on"),
    )
