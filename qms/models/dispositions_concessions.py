"""Holds concessions and deviation permits, their uses, and notices to customers of shipped suspect product."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Lot, Site, Unit
from qms.models.rejections import Rejection


class Concession(Record):
    """A customer's leave to accept product with a stated deviation. States are in rules.dispositions_concessions."""

    __tablename__ = "concessions"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20), comment="concession, or deviation permit before making")
    state: Mapped[str] = mapped_column(String(20))
    originator: Mapped[str] = mapped_column(String(20), comment="own or supplier")
    rejection_id: Mapped[int | None] = mapped_column(ForeignKey("rejections.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    drawing_rev: Mapped[str] = mapped_column(String(20), default="")
    defect_id: Mapped[int | None] = mapped_column(
        ForeignKey("defects.id"), comment="permitted; None: only the fault of its rejection")
    lot_id: Mapped[int | None] = mapped_column(
        ForeignKey("lots.id"), index=True, comment="lot it covers; None: any lot")
    characteristic: Mapped[str] = mapped_column(String(200))
    deviation: Mapped[str] = mapped_column(String(1000), comment="what is permitted")
    operations: Mapped[str | None] = mapped_column(String(200))
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    customer_ref: Mapped[str | None] = mapped_column(String(120), comment="customer's number")
    customer_approver: Mapped[str | None] = mapped_column(String(120))
    customer_approver_role: Mapped[str | None] = mapped_column(String(120))
    customer_decided_on: Mapped[date | None] = mapped_column(Date)
    quantity_authorised: Mapped[int | None] = mapped_column(Integer, comment="None: until it expires")
    quantity_used: Mapped[int] = mapped_column(Integer, default=0, comment="sum of its uses")
    starts_on: Mapped[date | None] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date, comment="last day; None: until the quantity is used up")
    sub_components: Mapped[bool] = mapped_column(default=False, comment="sub-components are used again")
    customer_told: Mapped[bool] = mapped_column(default=False, comment="customer was told of reused sub-components")
    label_text: Mapped[str | None] = mapped_column(String(200), comment="on each container, beside the number")
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    drafted_at: Mapped[datetime] = mapped_column(UtcTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="inside, before the customer")
    approved_at: Mapped[datetime | None] = mapped_column(UtcTime)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))
    refused_reason: Mapped[str | None] = mapped_column(String(500))
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="used up, expired or withdrawn")
    back_to_spec_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="confirmed: made to specification again")
    back_to_spec_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    site: Mapped[Site] = relationship(viewonly=True)
    rejection: Mapped[Rejection | None] = relationship(viewonly=True)
    item: Mapped[Item] = relationship(viewonly=True)
    defect: Mapped[Defect | None] = relationship(viewonly=True)
    lot: Mapped[Lot | None] = relationship(viewonly=True)
    customer: Mapped[Unit] = relationship(viewonly=True)
    drafted_by: Mapped[Person] = relationship(foreign_keys=[drafted_by_id], viewonly=True)
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id], viewonly=True)
    back_to_spec_by: Mapped[Person | None] = relationship(foreign_keys=[back_to_spec_by_id], viewonly=True)
    uses: Mapped[list["ConcessionUse"]] = relationship(order_by="ConcessionUse.id", viewonly=True)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        CheckConstraint("quantity_used >= 0", name="used"),
        CheckConstraint("state <> 'withdrawn' OR withdrawn_reason IS NOT NULL", name="withdrawn"),
        CheckConstraint("quantity_authorised IS NULL OR quantity_used <= quantity_authorised", name="authorised"),
        Index("ix_concessions_site_state", "site_id", "state", "id"),
    )


class ConcessionUse(Record):
    """A quantity that was accepted under a concession, and the containers that carry its number (R-13)."""

    __tablename__ = "concession_uses"

    concession_id: Mapped[int] = mapped_column(ForeignKey("concessions.id"), index=True)
    disposition_id: Mapped[int] = mapped_column(ForeignKey("dispositions.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)
    containers: Mapped[str] = mapped_column(String(500), comment="container numbers, separated by commas")
    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    active: Mapped[bool] = mapped_column(default=True, comment="False: its disposition was withdrawn")

    by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)


class CustomerNotice(Record):
    """A customer to be told that suspect product was shipped (R-16). States are in rules.dispositions_notices."""

    __tablename__ = "customer_notices"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    rejection_id: Mapped[int] = mapped_column(ForeignKey("rejections.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("units.id"), index=True, comment="None: not known when it was opened")
    state: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int] = mapped_column(Integer, comment="suspect pieces shipped, as known when it was opened")
    shipments: Mapped[str | None] = mapped_column(String(500), comment="delivery notes and lots")
    known_at: Mapped[datetime] = mapped_column(UtcTime)
    due_at: Mapped[datetime] = mapped_column(UtcTime, comment="customer is to be told by then")
    told_at: Mapped[datetime | None] = mapped_column(UtcTime)
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    channel: Mapped[str | None] = mapped_column(String(60))
    person_told: Mapped[str | None] = mapped_column(String(120))
    notice: Mapped[str | None] = mapped_column(String(2000), comment="what was said first")
    followed_up_at: Mapped[datetime | None] = mapped_column(UtcTime)
    followed_up_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    follow_up: Mapped[str | None] = mapped_column(String(2000), comment="detail sent afterwards")
    answer: Mapped[str | None] = mapped_column(String(2000), comment="what the customer answered")
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    void_reason: Mapped[str | None] = mapped_column(String(500))

    site: Mapped[Site] = relationship(viewonly=True)
    rejection: Mapped[Rejection] = relationship(viewonly=True)
    customer: Mapped[Unit | None] = relationship(viewonly=True)
    told_by: Mapped[Person | None] = relationship(foreign_keys=[told_by_id], viewonly=True)
    followed_up_by: Mapped[Person | None] = relationship(foreign_keys=[followed_up_by_id], viewonly=True)
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id], viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "year", "serial"),
                      CheckConstraint("state <> 'void' OR void_reason IS NOT NULL", name="void"),
                      Index("ix_customer_notices_site_state", "site_id", "state", "due_at"))
