"""Holds three-no records, the quantity each holds, its containment, and what was said of its origin."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.acceptance import Handover
from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit

FILTERED = ("site_id", "state", "kind", "severity", "defect_id", "item_id", "lot_id", "found_unit_id",
            "origin_unit_id", "origin_state", "link_id", "import_id")
"""Columns by which the register filters. Each has an index in both orders of the register: received and found."""


class Rejection(Record):
    """A defect not accepted, not made or not passed on. Kinds, states and origin states are in rules.rejections."""

    __tablename__ = "rejections"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    client_id: Mapped[str | None] = mapped_column(String(36), unique=True, comment="UUID given by whoever recorded it")
    content_hash: Mapped[str | None] = mapped_column(
        String(64), comment="SHA-256 of what was sent under client_id; None without one")
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="held")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), comment="None: cannot be identified (R-02)")
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"), comment="None: lot unknown (R-02)")
    quantity: Mapped[int] = mapped_column(Integer, comment="nonconforming or suspect, in the item's unit")
    whole_lot: Mapped[bool] = mapped_column(default=False, comment="the whole lot is suspect (R-05)")
    for_review: Mapped[bool] = mapped_column(default=False, comment="held for the review board rather than refused")
    defect_id: Mapped[int | None] = mapped_column(ForeignKey("defects.id"), comment="None: not coded yet")
    zone: Mapped[str | None] = mapped_column(String(60))
    severity: Mapped[str] = mapped_column(String(2))
    requirement: Mapped[str | None] = mapped_column(String(500))
    actual: Mapped[str | None] = mapped_column(String(500))
    note: Mapped[str | None] = mapped_column(Text)
    found_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    origin_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="None: unknown")
    origin_state: Mapped[str] = mapped_column(String(20))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"))
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("handovers.id"), index=True)
    escape_steps: Mapped[int | None] = mapped_column(Integer, comment="hand-overs from origin to detection (k)")
    escape_class: Mapped[str] = mapped_column(String(10), default="unknown")
    found_at: Mapped[datetime] = mapped_column(UtcTime)
    received_at: Mapped[datetime] = mapped_column(UtcTime, comment="by the server: the legal time")
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    void_reason: Mapped[str | None] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(20), default="desk", comment="desk, station, api, import or demo")
    source_key: Mapped[str | None] = mapped_column(String(120), unique=True, comment="identity in the imported file")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    search_text: Mapped[str] = mapped_column(Text, default="")

    site: Mapped[Site] = relationship(viewonly=True)
    item: Mapped[Item | None] = relationship(viewonly=True)
    lot: Mapped[Lot | None] = relationship(viewonly=True)
    defect: Mapped[Defect | None] = relationship(viewonly=True)
    found_unit: Mapped[Unit] = relationship(foreign_keys=[found_unit_id], viewonly=True)
    origin_unit: Mapped[Unit | None] = relationship(foreign_keys=[origin_unit_id], viewonly=True)
    link: Mapped[Link | None] = relationship(viewonly=True)
    handover: Mapped[Handover | None] = relationship(viewonly=True)
    reported_by: Mapped[Person] = relationship(viewonly=True)
    holds: Mapped[list["Hold"]] = relationship(order_by="Hold.id", viewonly=True)
    containment: Mapped[list["ContainmentLine"]] = relationship(order_by="ContainmentLine.id", viewonly=True)
    statements: Mapped[list["OriginStatement"]] = relationship(order_by="OriginStatement.id", viewonly=True)
    passages: Mapped[list["Passage"]] = relationship(order_by="Passage.position", viewonly=True)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("state <> 'void' OR void_reason IS NOT NULL", name="void"),
        Index("ix_rejections_site_state", "site_id", "state", "id"),
        Index("ix_rejections_found_at", "found_at", "id"),
        Index("ix_rejections_reported_by", "reported_by_id", "id"),
        *(Index(f"ix_rejections_{column}", column, "id") for column in FILTERED),
        *(Index(f"ix_rejections_{column}_found", column, "found_at", "id") for column in FILTERED),
    )


class Hold(Record):
    """A quantity that must not be used, moved or shipped."""

    __tablename__ = "holds"

    rejection_id: Mapped[int] = mapped_column(ForeignKey("rejections.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"), comment="None: lot unknown")
    line_id: Mapped[int | None] = mapped_column(
        ForeignKey("containment_lines.id"), comment="containment line whose answer holds it; None: the report itself")
    split_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("holds.id"), comment="hold that this quantity was split off from; None: held as it was found")
    quantity: Mapped[int] = mapped_column(Integer)
    location: Mapped[str | None] = mapped_column(String(120))
    place_id: Mapped[int | None] = mapped_column(
        ForeignKey("quarantine_places.id"), index=True, comment="where it stands; None: not in quarantine")
    state: Mapped[str] = mapped_column(String(20), default="held")
    held_at: Mapped[datetime] = mapped_column(UtcTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), comment="grant that allowed the release")
    result: Mapped[str | None] = mapped_column(String(500), comment="what the re-inspection found")

    lot: Mapped[Lot | None] = relationship(viewonly=True)
    rejection: Mapped[Rejection] = relationship(viewonly=True)
    released_by: Mapped[Person | None] = relationship(viewonly=True)

    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"), Index("ix_holds_lot", "lot_id", "state"),
                      Index("ix_holds_state", "state", "id"))


class ContainmentLine(Record):
    """One place where suspect product may be. Its four quantities stay None until someone has answered."""

    __tablename__ = "containment_lines"

    rejection_id: Mapped[int] = mapped_column(ForeignKey("rejections.id"), index=True)
    place: Mapped[str] = mapped_column(String(20), comment="kind of location; kinds are in rules.rejections")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="the operation, for work in process")
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"), index=True)
    suspect: Mapped[int | None] = mapped_column(Integer)
    checked: Mapped[int | None] = mapped_column(Integer)
    nonconforming: Mapped[int | None] = mapped_column(Integer)
    good: Mapped[int | None] = mapped_column(Integer)
    method: Mapped[str | None] = mapped_column(String(200))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)

    unit: Mapped[Unit | None] = relationship(viewonly=True)
    lot: Mapped[Lot | None] = relationship(viewonly=True)
    answered_by: Mapped[Person | None] = relationship(viewonly=True)


class OriginStatement(Record):
    """One thing said of where the defect was made: assumed, confirmed, contested or decided, by whom and why."""

    __tablename__ = "origin_statements"

    rejection_id: Mapped[int] = mapped_column(ForeignKey("rejections.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    reason: Mapped[str | None] = mapped_column(String(1000))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))

    unit: Mapped[Unit | None] = relationship(viewonly=True)
    person: Mapped[Person] = relationship(viewonly=True)


class Passage(Record):
    """An operation that the defect passed between origin and detection."""

    __tablename__ = "passages"

    rejection_id: Mapped[int] = mapped_column(ForeignKey("rejections.id"), index=True)
    position: Mapped[int] = mapped_column(Integer, comment="hand-overs after the origin, from 1")
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    detectable: Mapped[bool] = mapped_column(comment="a standard there planned a check that finds this defect")
    active: Mapped[bool] = mapped_column(default=True, comment="False: no longer true of the origin as it stands now")

    unit: Mapped[Unit] = relationship(viewonly=True)
