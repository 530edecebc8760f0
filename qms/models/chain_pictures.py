"""Holds the pictures by which people on the floor know items and defects, and the zones drawn on them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Defect, Item


class Picture(Record):
    """A picture of an item, or of what is good (OK) or not good (NG) about a defect; its bytes lie in the photo store.

    Roles are in rules.pictures.
    """

    __tablename__ = "pictures"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), index=True,
                                                comment="None: of the defect on any item")
    defect_id: Mapped[int | None] = mapped_column(ForeignKey("defects.id"), index=True, comment="None: of the item")
    role: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64), comment="of the stored bytes")
    sent_sha256: Mapped[str] = mapped_column(String(64), comment="of the bytes as they were sent")
    content_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(Integer, comment="bytes, as stored")
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(default=True, comment="False: replaced or taken away")
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(UtcTime)

    item: Mapped[Item | None] = relationship(viewonly=True)
    defect: Mapped[Defect | None] = relationship(viewonly=True)
    added_by: Mapped[Person] = relationship(viewonly=True)
    zones: Mapped[list["PictureZone"]] = relationship(order_by="PictureZone.id", viewonly=True)

    __table_args__ = (CheckConstraint("item_id IS NOT NULL OR defect_id IS NOT NULL", name="of_something"),)


class PictureZone(Record):
    """A named rectangle on an item's picture, in thousandths of its width and height."""

    __tablename__ = "picture_zones"

    picture_id: Mapped[int] = mapped_column(ForeignKey("pictures.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    x: Mapped[int] = mapped_column(Integer)
    y: Mapped[int] = mapped_column(Integer)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        CheckConstraint("x >= 0 AND y >= 0 AND width > 0 AND height > 0 AND x + width <= 1000 AND y + height <= 1000",
                        name="inside"),)
