"""Holds outside customers: who they are, plants, contacts, targets, and what they ask for beyond the standards.

The unit of the chain is the customer's head: every `customer_id` here is a unit of the outside-customer kind.
"""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record
from qms.db.types import Exact
from qms.models.chain import Item, Site, Unit


class Customer(Record):
    """What is kept of an outside customer beside its unit. Class and grade follow rules.customers."""

    __tablename__ = "customers"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), unique=True, comment="one customer, one unit")
    share_percent: Mapped[int | None] = mapped_column(Integer, comment="of the site's sales; None: not known")
    strategic: Mapped[bool] = mapped_column(default=False, comment="chosen for growth, technology or name")
    risk: Mapped[str | None] = mapped_column(String(10), comment="of what it buys; None: not judged yet")
    sales_class: Mapped[int | None] = mapped_column(Integer, comment="1 to 3 by the rule; None: not known")
    grade: Mapped[str | None] = mapped_column(String(1), comment="A to C as it holds now; None: cannot be told")
    portal_url: Mapped[str | None] = mapped_column(String(300))
    portal_note: Mapped[str | None] = mapped_column(String(500), comment="what is read there; never a password")
    written_in: Mapped[str] = mapped_column(String(2), default="zh", comment="language in which it is written to")
    note: Mapped[str | None] = mapped_column(String(2000))
    active: Mapped[bool] = mapped_column(default=True)

    site: Mapped[Site] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)

    __table_args__ = (CheckConstraint("share_percent IS NULL OR share_percent BETWEEN 0 AND 100", name="share"),
                      Index("ix_customers_site", "site_id", "active", "grade"))


class CustomerPlant(Record):
    """A plant of a customer to which we deliver."""

    __tablename__ = "customer_plants"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(300))
    active: Mapped[bool] = mapped_column(default=True)

    customer: Mapped[Unit] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("customer_id", "code"),)


class CustomerContact(Record):
    """Somebody at a customer whom we speak to."""

    __tablename__ = "customer_contacts"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    plant_id: Mapped[int | None] = mapped_column(ForeignKey("customer_plants.id"), comment="None: for all plants")
    name: Mapped[str] = mapped_column(String(120))
    function: Mapped[str] = mapped_column(String(20))
    phone: Mapped[str | None] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(200))
    written_in: Mapped[str] = mapped_column(String(2), default="zh")
    active: Mapped[bool] = mapped_column(default=True, comment="False: left, or no longer answers for this")

    plant: Mapped[CustomerPlant | None] = relationship(viewonly=True)


class CustomerTarget(Record):
    """What a customer expects by one metric, from a day on."""

    __tablename__ = "customer_targets"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    metric: Mapped[str] = mapped_column(String(30))
    value: Mapped[Decimal] = mapped_column(Exact)
    valid_from: Mapped[date] = mapped_column(Date, comment="in force until a later target of this metric begins")
    source_doc: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True, comment="False: entered by mistake")

    __table_args__ = (Index("ix_customer_targets_metric", "customer_id", "metric", "valid_from"),)


class CustomerRequirement(Record):
    """A customer-specific requirement (CSR), shown on the forms that it concerns."""

    __tablename__ = "customer_requirements"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), comment="None: for all of its items")
    kind: Mapped[str] = mapped_column(String(30))
    hours: Mapped[int | None] = mapped_column(Integer, comment="real hours within which it is to be done")
    text_zh: Mapped[str] = mapped_column(String(1000))
    text_en: Mapped[str] = mapped_column(String(1000))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date, comment="last day; None: in force")
    source_doc: Mapped[str | None] = mapped_column(String(200), comment="document of the customer, with its edition")
    active: Mapped[bool] = mapped_column(default=True, comment="False: entered by mistake")

    item: Mapped[Item | None] = relationship(viewonly=True)
    customer: Mapped[Unit] = relationship(viewonly=True)

    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),
                      Index("ix_customer_requirements_customer", "customer_id", "item_id"))
