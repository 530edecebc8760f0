"""Holds complaints of outside customers: what they said, the clocks, the answers, origin and escape path."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Lot, Site, Unit
from qms.models.customers import CustomerPlant
from qms.models.rejections import Rejection

FILTERED = ("customer_id", "state", "kind", "item_id", "import_id")
"""Columns by which the register filters, each with an index in the order of the register."""


class CustomerComplaint(Record):
    """What an outside customer complained of. States are in rules.customers_complaints."""

    __tablename__ = "customer_complaints"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"), comment="outside customer")
    plant_id: Mapped[int | None] = mapped_column(ForeignKey("customer_plants.id"), comment="None: not known")
    customer_ref: Mapped[str | None] = mapped_column(String(120), comment="customer's number")
    kind: Mapped[str] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(2))
    place: Mapped[str | None] = mapped_column(String(20), comment="0 km or field; None: not a matter of product")
    state: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime] = mapped_column(UtcTime, comment="by us: the clocks start here")
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    item_text: Mapped[str | None] = mapped_column(String(200), comment="product in the customer's words")
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"), index=True)
    lots_text: Mapped[str | None] = mapped_column(String(500), comment="lots, serials and delivery notes as told")
    defect_id: Mapped[int | None] = mapped_column(ForeignKey("defects.id"))
    description: Mapped[str] = mapped_column(Text)
    quantity_claimed: Mapped[int | None] = mapped_column(Integer, comment="None: not told")
    quantity_confirmed: Mapped[int | None] = mapped_column(Integer, comment="None: not found out yet")
    responsibility: Mapped[str] = mapped_column(String(10), default="open")
    share_percent: Mapped[int | None] = mapped_column(Integer, comment="of ours, where it is shared")
    d3_due_at: Mapped[datetime] = mapped_column(UtcTime, comment="containment to be at the customer")
    d5_due_at: Mapped[datetime] = mapped_column(UtcTime)
    d8_due_at: Mapped[datetime] = mapped_column(UtcTime)
    d3_sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    d5_sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    d8_sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    containment: Mapped[str | None] = mapped_column(Text)
    return_received_on: Mapped[date | None] = mapped_column(Date, comment="None: no part came back")
    return_quantity: Mapped[int | None] = mapped_column(Integer)
    analysis: Mapped[str | None] = mapped_column(Text, comment="of parts and process, with its result")
    no_fault_found: Mapped[bool] = mapped_column(default=False)
    criteria_ref: Mapped[str | None] = mapped_column(String(120), comment="criteria of no fault found agreed (R-31)")
    origin_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True, comment="None: not named")
    escape_steps: Mapped[int | None] = mapped_column(Integer, comment="hand-overs from the origin; None: unknown")
    unknown_reason: Mapped[str | None] = mapped_column(String(1000), comment="why origin or path is unknown")
    rejection_id: Mapped[int | None] = mapped_column(ForeignKey("rejections.id"), index=True)
    no_action_reason: Mapped[str | None] = mapped_column(String(1000), comment="why no 8D; None: not said")
    reply: Mapped[str | None] = mapped_column(Text)
    told_inside: Mapped[str | None] = mapped_column(String(500), comment="who inside got the answer")
    accepted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    accepted_by: Mapped[str | None] = mapped_column(String(120), comment="at the customer")
    silence_reason: Mapped[str | None] = mapped_column(String(500), comment="why closed without the customer's word")
    reopened_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="last time")
    reopen_reason: Mapped[str | None] = mapped_column(String(1000))
    times_reopened: Mapped[int] = mapped_column(Integer, default=0)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    void_reason: Mapped[str | None] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(20), default="desk", comment="desk, api, import or demo")
    source_key: Mapped[str | None] = mapped_column(String(120), unique=True, comment="identity in the imported file")
    source_fields: Mapped[str | None] = mapped_column(Text, comment="fields of the imported line as JSON, verbatim")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    disputed: Mapped[bool | None] = mapped_column(comment="by the customer, as an imported file says; None: not said")
    answered_in_time: Mapped[bool | None] = mapped_column(comment="as an imported file says; None: not said")

    site: Mapped[Site] = relationship(viewonly=True)
    customer: Mapped[Unit] = relationship(foreign_keys=[customer_id], viewonly=True)
    plant: Mapped[CustomerPlant | None] = relationship(viewonly=True)
    item: Mapped[Item | None] = relationship(viewonly=True)
    lot: Mapped[Lot | None] = relationship(viewonly=True)
    defect: Mapped[Defect | None] = relationship(viewonly=True)
    origin_unit: Mapped[Unit | None] = relationship(foreign_keys=[origin_unit_id], viewonly=True)
    rejection: Mapped[Rejection | None] = relationship(viewonly=True)
    recorded_by: Mapped[Person] = relationship(foreign_keys=[recorded_by_id], viewonly=True)
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id], viewonly=True)
    passages: Mapped[list["CustomerComplaintPassage"]] = relationship(
        order_by="CustomerComplaintPassage.position", viewonly=True)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        CheckConstraint("state <> 'void' OR void_reason IS NOT NULL", name="void"),
        CheckConstraint("state <> 'lapsed' OR silence_reason IS NOT NULL", name="lapsed"),
        CheckConstraint("NOT no_fault_found OR criteria_ref IS NOT NULL", name="criteria"),
        Index("ix_customer_complaints_site_state", "site_id", "state", "id"),
        Index("ix_customer_complaints_received", "customer_id", "received_at"),
        *(Index(f"ix_customer_complaints_{column}", column, "id") for column in FILTERED),
    )


class CustomerComplaintPassage(Record):
    """An operation that let the defect pass on its way from the origin to the customer."""

    __tablename__ = "customer_complaint_passages"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("customer_complaints.id"), index=True)
    position: Mapped[int] = mapped_column(Integer, comment="hand-overs after the origin, from 1")
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    detectable: Mapped[bool] = mapped_column(comment="a standard there planned a check that finds this defect")
    active: Mapped[bool] = mapped_column(default=True, comment="False: no longer true of the origin as it stands now")

    unit: Mapped[Unit] = relationship(viewonly=True)
