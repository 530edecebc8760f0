"""Holds what poor quality costs: rates by revision, cost lines by PAF class, and closed months (R-54)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Exact, Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Item, Site, Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions import Disposition
from qms.models.rejections import Rejection


class CostRate(Record):
    """One revision of a rate: standard cost of an item at an operation, or cost of an hour or minute there."""

    __tablename__ = "cost_rates"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str] = mapped_column(String(20), comment="kinds and their measure are in rules.dispositions_costs")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), comment="None: any item")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="None: any operation")
    revision: Mapped[int] = mapped_column(Integer)
    rate: Mapped[Decimal] = mapped_column(Exact)
    currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date, comment="last day; None: until replaced")
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    item: Mapped[Item | None] = relationship(viewonly=True)
    unit: Mapped[Unit | None] = relationship(viewonly=True)
    set_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (Index("ix_cost_rates_found", "site_id", "kind", "item_id", "unit_id", "valid_from"),)


class CostLine(Record):
    """One amount, of one PAF class and element, posted to a month."""

    __tablename__ = "cost_lines"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    rejection_id: Mapped[int | None] = mapped_column(ForeignKey("rejections.id"), index=True)
    disposition_id: Mapped[int | None] = mapped_column(ForeignKey("dispositions.id"), index=True)
    stop_id: Mapped[int | None] = mapped_column(ForeignKey("stops.id"), index=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("customer_complaints.id"), index=True,
                                                     comment="complaint of an outside customer")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="operation it is counted for")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    category: Mapped[str] = mapped_column(String(20), comment="PAF class")
    element: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[Decimal] = mapped_column(Exact)
    measure: Mapped[str] = mapped_column(String(20), comment="unit of the quantity")
    rate: Mapped[Decimal] = mapped_column(Exact)
    rate_id: Mapped[int | None] = mapped_column(ForeignKey("cost_rates.id"), comment="None: an amount that was typed")
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal] = mapped_column(Exact)
    period: Mapped[str] = mapped_column(String(7), comment="month it is posted to, as 2026-11")
    posted_at: Mapped[datetime] = mapped_column(UtcTime)
    posted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    source: Mapped[str] = mapped_column(String(10), comment="records, complaint or by hand")
    note: Mapped[str | None] = mapped_column(String(500))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("cost_lines.id"), comment="line that is taken back")
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="by finance; None: an estimate")
    approved_at: Mapped[datetime | None] = mapped_column(UtcTime)

    site: Mapped[Site] = relationship(viewonly=True)
    rejection: Mapped[Rejection | None] = relationship(viewonly=True)
    disposition: Mapped[Disposition | None] = relationship(viewonly=True)
    complaint: Mapped[CustomerComplaint | None] = relationship(viewonly=True)
    unit: Mapped[Unit | None] = relationship(viewonly=True)
    item: Mapped[Item | None] = relationship(viewonly=True)
    posted_by: Mapped[Person] = relationship(foreign_keys=[posted_by_id], viewonly=True)
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id], viewonly=True)

    __table_args__ = (Index("ix_cost_lines_period", "site_id", "period", "category", "id"),)


class CostMonth(Record):
    """A month that is closed: its amounts are frozen, and what comes late goes to the next open one (R-54)."""

    __tablename__ = "cost_months"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    period: Mapped[str] = mapped_column(String(7))
    currency: Mapped[str] = mapped_column(String(3))
    prevention: Mapped[Decimal] = mapped_column(Exact)
    appraisal: Mapped[Decimal] = mapped_column(Exact)
    internal_failure: Mapped[Decimal] = mapped_column(Exact)
    external_failure: Mapped[Decimal] = mapped_column(Exact)
    lines: Mapped[int] = mapped_column(Integer, comment="cost lines in it")
    content_hash: Mapped[str] = mapped_column(String(64), comment="SHA-256 over its lines")
    closed_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))

    closed_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "period"), CheckConstraint("length(period) = 7", name="period"))
