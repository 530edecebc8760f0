"""Holds when a plant works and who is on duty: shifts, days that differ from the week, and rosters."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record
from qms.models.accounts import Person
from qms.models.chain import Site, Unit


class Shift(Record):
    """A shift of a site, in the site's own time. One that ends before it starts runs past midnight."""

    __tablename__ = "shifts"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str] = mapped_column(String(20))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    starts: Mapped[str] = mapped_column(String(5), comment="as '06:00'")
    ends: Mapped[str] = mapped_column(String(5))
    weekdays: Mapped[str] = mapped_column(String(7), default="1111100", comment="Monday first, 1: works")
    active: Mapped[bool] = mapped_column(default=True)

    site: Mapped[Site] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "code"),)


class CalendarDay(Record):
    """A day of a site that differs from the week: a holiday, or a free day that is worked."""

    __tablename__ = "calendar_days"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    day: Mapped[date] = mapped_column(Date)
    works: Mapped[bool] = mapped_column(comment="True: every shift works on it")
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    active: Mapped[bool] = mapped_column(default=True, comment="False: as the week has it again")

    __table_args__ = (UniqueConstraint("site_id", "day"),)


class RosterLine(Record):
    """Who stands for a role in a unit and everything below it, in a shift, from a day to a day."""

    __tablename__ = "roster_lines"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="None: the whole site")
    role: Mapped[str] = mapped_column(String(40), comment="roles are in rules.accounts")
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shifts.id"), comment="None: every shift")
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date, comment="last day; None: until further notice")
    active: Mapped[bool] = mapped_column(default=True, comment="False: entered by mistake")

    unit: Mapped[Unit | None] = relationship(viewonly=True)
    shift: Mapped[Shift | None] = relationship(viewonly=True)
    person: Mapped[Person] = relationship(foreign_keys=[person_id], viewonly=True)
    deputy: Mapped[Person | None] = relationship(foreign_keys=[deputy_id], viewonly=True)

    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),
                      Index("ix_roster_lines_role", "site_id", "role", "starts_on"))
