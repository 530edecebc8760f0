"""Holds acceptance standards, the hand-overs they judge, and the checks and readings of each."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Exact, Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit

FILTERED = ("site_id", "state", "link_id", "supplier_id", "customer_id", "item_id", "lot_id", "import_id")
"""Columns by which the register filters. Each has an index in the order of the register."""


class Standard(Record):
    """One revision of the criteria by which the customer of a link accepts. States are in rules.acceptance."""

    __tablename__ = "standards"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), comment="None: every item of the link")
    form_number: Mapped[str] = mapped_column(String(40), comment="the form's number in the document system")
    revision: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    reaction_zh: Mapped[str | None] = mapped_column(String(1000), comment="what to do when it fails")
    reaction_en: Mapped[str | None] = mapped_column(String(1000))
    valid_from: Mapped[date | None] = mapped_column(Date, comment="first day in force; None while a draft")
    valid_to: Mapped[date | None] = mapped_column(Date, comment="last day in force; None: until superseded")
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), comment="who changed the draft last")
    edits: Mapped[int] = mapped_column(Integer, default=0, comment="of its characteristics: its version covers them")
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcTime)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), comment="grant that allowed the approval")

    link: Mapped[Link] = relationship(viewonly=True)
    item: Mapped[Item | None] = relationship(viewonly=True)
    drafted_by: Mapped[Person] = relationship(foreign_keys=[drafted_by_id], viewonly=True)
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id], viewonly=True)
    characteristics: Mapped[list["Characteristic"]] = relationship(order_by="Characteristic.position", viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "form_number", "revision"),
                      Index("ix_standards_link", "link_id", "item_id", "state"))


class Characteristic(Record):
    """One thing a standard asks to be checked. Kinds and sampling rules are in rules.acceptance."""

    __tablename__ = "characteristics"

    standard_id: Mapped[int] = mapped_column(ForeignKey("standards.id"), index=True)
    position: Mapped[int] = mapped_column(Integer, comment="from 1; 0: struck out of the draft")
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str | None] = mapped_column(String(20))
    lower: Mapped[Decimal | None] = mapped_column(Exact, comment="lower limit, in `unit`; on the limit is good")
    upper: Mapped[Decimal | None] = mapped_column(Exact, comment="upper limit, in `unit`; most allowed for a count")
    target: Mapped[Decimal | None] = mapped_column(Exact)
    special: Mapped[str] = mapped_column(String(2), default="", comment="class of special characteristic")
    method: Mapped[str | None] = mapped_column(String(200))
    gauge: Mapped[str | None] = mapped_column(String(60))
    sampling: Mapped[str] = mapped_column(String(20), default="all")
    sampling_value: Mapped[int | None] = mapped_column(
        Integer, comment="k of every k-th; for zero acceptance the nonconforming per mille to be found")
    confidence_percent: Mapped[int] = mapped_column(Integer, default=95, comment="of zero-acceptance sampling")
    accept_number: Mapped[int] = mapped_column(Integer, default=0, comment="nonconforming pieces allowed in a sample")
    defect_id: Mapped[int | None] = mapped_column(ForeignKey("defects.id"), comment="defect when it fails")
    detectable: Mapped[bool] = mapped_column(default=True, comment="this check can find the defect here")

    defect: Mapped[Defect | None] = relationship(viewonly=True)

    __table_args__ = (Index("ix_characteristics_defect", "defect_id"),)


class Handover(Record):
    """A quantity of a lot handed from a unit to its customer. States are in rules.acceptance."""

    __tablename__ = "handovers"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    quantity: Mapped[int] = mapped_column(Integer, comment="presented, in the item's unit")
    standard_id: Mapped[int | None] = mapped_column(
        ForeignKey("standards.id"), comment="revision in force when presented")
    presentation: Mapped[int] = mapped_column(Integer, default=1, comment="1 is first; n+1 after a rejection")
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("handovers.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="presented")
    self_check: Mapped[str] = mapped_column(String(10), comment="ok, ng or none")
    presented_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    presented_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), comment="grant that allowed the decision")
    accepted: Mapped[int] = mapped_column(Integer, default=0, comment="pieces")
    rejected: Mapped[int] = mapped_column(Integer, default=0, comment="pieces")
    for_review: Mapped[int] = mapped_column(Integer, default=0, comment="pieces held for the review board (MRB)")
    rework: Mapped[bool] = mapped_column(default=False)
    remark: Mapped[str | None] = mapped_column(String(1000))
    source: Mapped[str] = mapped_column(String(20), default="desk", comment="desk, station, api, import or demo")
    source_key: Mapped[str | None] = mapped_column(String(120), unique=True, comment="identity in the imported file")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    search_text: Mapped[str] = mapped_column(Text, default="")

    site: Mapped[Site] = relationship(viewonly=True)
    link: Mapped[Link] = relationship(viewonly=True)
    supplier: Mapped[Unit] = relationship(foreign_keys=[supplier_id], viewonly=True)
    customer: Mapped[Unit] = relationship(foreign_keys=[customer_id], viewonly=True)
    item: Mapped[Item] = relationship(viewonly=True)
    lot: Mapped[Lot] = relationship(viewonly=True)
    standard: Mapped[Standard | None] = relationship(viewonly=True)
    presented_by: Mapped[Person] = relationship(foreign_keys=[presented_by_id], viewonly=True)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id], viewonly=True)
    checks: Mapped[list["Check"]] = relationship(order_by="Check.id", viewonly=True)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("accepted >= 0 AND rejected >= 0 AND for_review >= 0", name="parts"),
        CheckConstraint("accepted + rejected + for_review <= quantity", name="sum"),
        CheckConstraint("state NOT IN ('accepted', 'partly_accepted', 'rejected') OR decided_at IS NOT NULL",
                        name="decided"),
        Index("ix_handovers_presented", "presented_at", "id"),
        *(Index(f"ix_handovers_{column}", column, "presented_at", "id") for column in FILTERED),
    )


Index("ix_handovers_again", Handover.presented_at, Handover.id, sqlite_where=Handover.presentation > 1,
      postgresql_where=Handover.presentation > 1)


class Check(Record):
    """One inspection of a hand-over: self, mutual, dedicated, first piece or patrol."""

    __tablename__ = "checks"

    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    sample: Mapped[int] = mapped_column(Integer, comment="pieces inspected")
    nonconforming: Mapped[int] = mapped_column(Integer, default=0, comment="pieces")
    good: Mapped[bool] = mapped_column(comment="the check's verdict")
    note: Mapped[str | None] = mapped_column(String(1000))

    person: Mapped[Person] = relationship(viewonly=True)
    readings: Mapped[list["Reading"]] = relationship(order_by="Reading.id", viewonly=True)


class Reading(Record):
    """What was found for one characteristic on one piece, exactly as measured."""

    __tablename__ = "readings"

    check_id: Mapped[int] = mapped_column(ForeignKey("checks.id"), index=True)
    characteristic_id: Mapped[int] = mapped_column(ForeignKey("characteristics.id"))
    piece: Mapped[int] = mapped_column(Integer, default=1, comment="piece of the sample, from 1")
    pieces: Mapped[int] = mapped_column(Integer, default=1, comment="pieces this line speaks for; 1 when measured")
    nonconforming: Mapped[int] = mapped_column(Integer, default=0, comment="of those pieces")
    value: Mapped[Decimal | None] = mapped_column(Exact, comment="measured or counted; None for an attribute")
    unit: Mapped[str | None] = mapped_column(String(20))
    good: Mapped[bool] = mapped_column()

    characteristic: Mapped[Characteristic] = relationship(viewonly=True)
