"""Holds the internal prices at which process links are settled, by revision."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Exact, Record
from qms.models.accounts import Person
from qms.models.chain import Item, Link, Site


class SettlementSwitch(Record):
    """Whether the process links of a site are settled; a site without one does not settle."""

    __tablename__ = "settlement_switches"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), unique=True)
    settles: Mapped[bool] = mapped_column()

    site: Mapped[Site] = relationship(viewonly=True)


class LinkPrice(Record):
    """One revision of what a piece of an item costs the customer on a link; the next revision ends it."""

    __tablename__ = "link_prices"

    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), comment="None: any item on this link")
    revision: Mapped[int] = mapped_column(Integer)
    price: Mapped[Decimal] = mapped_column(Exact, comment="per piece")
    currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date, comment="last day; None: until replaced")
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    link: Mapped[Link] = relationship(viewonly=True)
    item: Mapped[Item | None] = relationship(viewonly=True)
    set_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (Index("ix_link_prices_found", "link_id", "item_id", "valid_from"),)
