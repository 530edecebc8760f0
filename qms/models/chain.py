"""Holds the plant's chain of internal customers: sites, units, links, items, lots, routings and defect codes."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.db.types import Exact
from qms.rules.dispositions_authority import SCRAP_LIMIT
from qms.rules.dispositions_notices import MOST_NOTICE_HOURS, NOTICE_HOURS


class Site(Record):
    """A plant. Its time zone is the one that its screens and days use."""

    __tablename__ = "sites"

    code: Mapped[str] = mapped_column(String(20), unique=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    time_zone: Mapped[str] = mapped_column(String(60), default="Asia/Shanghai")
    profile: Mapped[str] = mapped_column(String(4), default="iatf", comment="which level of each rule holds here")
    demo: Mapped[bool] = mapped_column(default=False, comment="everything of this site is made up")
    qualification: Mapped[str] = mapped_column(String(5), default="off", comment="what a missing one leads to (R-51)")
    scrap_limit: Mapped[Decimal] = mapped_column(
        Exact, default=SCRAP_LIMIT, comment="value above which scrap is decided higher up (R-06), in its own currency")
    notice_hours: Mapped[int] = mapped_column(
        Integer, default=NOTICE_HOURS, comment="within how long a customer is told of shipped suspect product (R-16)")

    __table_args__ = (CheckConstraint("profile IN ('iatf', 'iso')", name="profile"),
                      CheckConstraint("qualification IN ('off', 'warn', 'block')", name="qualification"),
                      CheckConstraint(f"notice_hours BETWEEN 1 AND {MOST_NOTICE_HOURS}", name="notice_hours"))


class Unit(Record):
    """Anything that can be a supplier or a customer in the chain. Kinds are in rules.chain."""

    __tablename__ = "units"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    path: Mapped[str] = mapped_column(String(200), comment="ids from the top to this unit, as '3.17.'")
    line: Mapped[str | None] = mapped_column(String(60), comment="production line")
    inspects: Mapped[bool] = mapped_column(default=False, comment="only inspects: never the origin of a defect")
    final: Mapped[bool] = mapped_column(default=False, comment="final or outgoing audit: finding here is class F")
    initials: Mapped[str] = mapped_column(String(120), default="", comment="pinyin initials of the Chinese name")
    active: Mapped[bool] = mapped_column(default=True)
    purpose: Mapped[str | None] = mapped_column(Text, comment="procedure sheet: why the unit is there")
    scope: Mapped[str | None] = mapped_column(Text)
    responsibilities: Mapped[str | None] = mapped_column(Text)
    steps: Mapped[str | None] = mapped_column(Text)
    records_used: Mapped[str | None] = mapped_column(Text)

    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id", viewonly=True)
    site: Mapped[Site] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "code"), Index("ix_units_kind", "site_id", "kind"))


class Link(Record):
    """This unit provides this output to that unit. Kinds are in rules.chain."""

    __tablename__ = "links"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    output_zh: Mapped[str] = mapped_column(String(200))
    output_en: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(20), default="hand", comment="made by hand, workbook, routing or log")
    proposed: Mapped[bool] = mapped_column(default=False, comment="observed, not yet confirmed by a person")
    observed: Mapped[int] = mapped_column(Integer, default=0, comment="hand-overs counted when it was derived")
    active: Mapped[bool] = mapped_column(default=True)

    supplier: Mapped[Unit] = relationship(foreign_keys=[supplier_id], viewonly=True)
    customer: Mapped[Unit] = relationship(foreign_keys=[customer_id], viewonly=True)
    site: Mapped[Site] = relationship(viewonly=True)

    __table_args__ = (
        UniqueConstraint("supplier_id", "customer_id", "kind", "output_en"),
        CheckConstraint("supplier_id <> customer_id", name="two_units"),
        Index("ix_links_site", "site_id", "kind"),
    )


class Item(Record):
    """A part or product, at a drawing revision."""

    __tablename__ = "items"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str] = mapped_column(String(60))
    drawing_rev: Mapped[str] = mapped_column(String(20), default="")
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20), default="pcs", comment="unit of measure of quantities")
    special: Mapped[str] = mapped_column(String(2), default="", comment="class of special characteristic")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="outside customer it goes to")
    initials: Mapped[str] = mapped_column(String(200), default="", comment="pinyin initials of the Chinese name")
    active: Mapped[bool] = mapped_column(default=True)

    customer: Mapped[Unit | None] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "code"),
                      CheckConstraint("special IN ('', 'CC', 'SC')", name="special"))


class Defect(Record):
    """A defect code."""

    __tablename__ = "defects"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    severity: Mapped[str] = mapped_column(String(2))
    zone: Mapped[str | None] = mapped_column(String(60), comment="where on the item it usually shows")
    requirement_zh: Mapped[str | None] = mapped_column(String(500))
    requirement_en: Mapped[str | None] = mapped_column(String(500))
    initials: Mapped[str] = mapped_column(String(120), default="", comment="pinyin initials of the Chinese name")
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("site_id", "code"),
                      CheckConstraint("severity IN ('CR', 'MA', 'MI')", name="severity"))


class Lot(Record):
    """A lot, batch, work order or serial number of an item."""

    __tablename__ = "lots"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    number: Mapped[str] = mapped_column(String(80))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer, comment="pieces, in the item's unit")
    made_at: Mapped[datetime | None] = mapped_column(UtcTime)

    item: Mapped[Item] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "number"),
                      CheckConstraint("quantity >= 0", name="quantity"))


class LotSource(Record):
    """Genealogy: this lot was made from, split off or merged out of that one."""

    __tablename__ = "lot_sources"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    quantity: Mapped[int | None] = mapped_column(Integer, comment="pieces taken from the source; None: unknown")
    active: Mapped[bool] = mapped_column(default=True, comment="False: recorded by mistake")

    source: Mapped[Lot] = relationship(foreign_keys=[source_id], viewonly=True)
    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id], viewonly=True)

    __table_args__ = (UniqueConstraint("lot_id", "source_id"),
                      CheckConstraint("lot_id <> source_id", name="two_lots"))


class Routing(Record):
    """The operations an item passes, in order, valid from a day (R-50)."""

    __tablename__ = "routings"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    revision: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date, comment="last day; None: in force")
    source: Mapped[str] = mapped_column(String(20), default="hand")
    proposed: Mapped[bool] = mapped_column(default=False, comment="observed, not yet confirmed by a person")
    observed: Mapped[int] = mapped_column(Integer, default=0, comment="lots that went exactly this way")
    active: Mapped[bool] = mapped_column(default=True, comment="False: proposed, then set aside by a person")

    item: Mapped[Item] = relationship(viewonly=True)
    steps: Mapped[list["RoutingStep"]] = relationship(order_by="RoutingStep.position", viewonly=True)

    __table_args__ = (UniqueConstraint("item_id", "revision"),)


class RoutingStep(Record):
    """One operation of a routing."""

    __tablename__ = "routing_steps"

    routing_id: Mapped[int] = mapped_column(ForeignKey("routings.id"))
    position: Mapped[int] = mapped_column(Integer, comment="from 1")
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)

    unit: Mapped[Unit] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("routing_id", "position"),)

