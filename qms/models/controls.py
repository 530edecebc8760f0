"""Holds primary process controls: error-proofing devices, their tests, approved alternates, and bypasses in use."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Lot, Site, Unit
from qms.models.rejections import Rejection


class Control(Record):
    """A control of a process that may fail or be bypassed: an error-proofing device, a gauge, a check."""

    __tablename__ = "controls"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), comment="prevents, detects, or another primary control")
    pfmea_ref: Mapped[str | None] = mapped_column(String(120))
    severity: Mapped[int | None] = mapped_column(Integer, comment="of what it guards against, 1 to 10 as in PFMEA")
    test_every_hours: Mapped[int | None] = mapped_column(Integer, comment="None: it is not tested by failure")
    challenge_part: Mapped[str | None] = mapped_column(String(120), comment="known-bad part it is tested with")
    challenge_valid_to: Mapped[date | None] = mapped_column(Date)
    reaction_zh: Mapped[str | None] = mapped_column(String(500), comment="what to do when a test fails")
    reaction_en: Mapped[str | None] = mapped_column(String(500))
    used_since: Mapped[datetime] = mapped_column(UtcTime, comment="nothing made earlier depends on it")
    tested_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="newest test; None: never tested")
    test_good: Mapped[bool | None] = mapped_column(comment="verdict of the newest test; None: never tested")
    test_due_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="in plant hours; None: not tested by failure")
    active: Mapped[bool] = mapped_column(default=True)

    site: Mapped[Site] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)
    alternates: Mapped[list["Alternate"]] = relationship(order_by="Alternate.id", viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "code"),
                      CheckConstraint("severity IS NULL OR severity BETWEEN 1 AND 10", name="severity"),
                      Index("ix_controls_due", "site_id", "test_due_at"))


class ControlTest(Record):
    """One test of a device by failure or simulated failure. A bad one makes all since the last good one suspect."""

    __tablename__ = "control_tests"

    control_id: Mapped[int] = mapped_column(ForeignKey("controls.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    good: Mapped[bool] = mapped_column()
    challenge_part: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(String(500))
    suspect_since: Mapped[datetime | None] = mapped_column(UtcTime, comment="last good test; None: the test was good")

    control: Mapped[Control] = relationship(viewonly=True)
    by: Mapped[Person] = relationship(viewonly=True)
    suspects: Mapped[list["ControlSuspect"]] = relationship(order_by="ControlSuspect.id", viewonly=True)

    __table_args__ = (Index("ix_control_tests_control", "control_id", "at"),)


class ControlSuspect(Record):
    """A rejection that a failed test opened for a lot made since the last good test (R-20)."""

    __tablename__ = "control_suspects"

    test_id: Mapped[int] = mapped_column(ForeignKey("control_tests.id"), index=True)
    rejection_id: Mapped[int] = mapped_column(ForeignKey("rejections.id"), index=True)

    test: Mapped[ControlTest] = relationship(viewonly=True)
    rejection: Mapped[Rejection] = relationship(viewonly=True)


class Alternate(Record):
    """A method approved to stand in for a control (R-21)."""

    __tablename__ = "alternates"

    control_id: Mapped[int] = mapped_column(ForeignKey("controls.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    instruction_ref: Mapped[str] = mapped_column(String(120))
    instruction_rev: Mapped[str] = mapped_column(String(20))
    risk_ref: Mapped[str] = mapped_column(String(120), comment="risk analysis it was approved on")
    customer_needed: Mapped[bool] = mapped_column(default=False, comment="customer approves before shipping")
    verify_pieces: Mapped[int] = mapped_column(Integer, comment="to be inspected after the control is back")
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="None: not to be used yet")
    approved_at: Mapped[datetime | None] = mapped_column(UtcTime)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))
    reviewed_on: Mapped[date | None] = mapped_column(Date, comment="list last looked through")
    active: Mapped[bool] = mapped_column(default=True)

    control: Mapped[Control] = relationship(viewonly=True)
    drafted_by: Mapped[Person] = relationship(foreign_keys=[drafted_by_id], viewonly=True)
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id], viewonly=True)


class Bypass(Record):
    """A time in which an approved alternate stands in for a control. States are in rules.controls."""

    __tablename__ = "bypasses"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    control_id: Mapped[int] = mapped_column(ForeignKey("controls.id"), index=True)
    alternate_id: Mapped[int] = mapped_column(ForeignKey("alternates.id"))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    started_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    planned_end_at: Mapped[datetime] = mapped_column(UtcTime)
    customer_ref: Mapped[str | None] = mapped_column(String(120), comment="customer's approval before shipping")
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="control is back")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="restart verified")
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    verified_pieces: Mapped[int | None] = mapped_column(Integer)
    verification: Mapped[str | None] = mapped_column(String(500))

    site: Mapped[Site] = relationship(viewonly=True)
    control: Mapped[Control] = relationship(viewonly=True)
    alternate: Mapped[Alternate] = relationship(viewonly=True)
    started_by: Mapped[Person] = relationship(foreign_keys=[started_by_id], viewonly=True)
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id], viewonly=True)
    verified_by: Mapped[Person | None] = relationship(foreign_keys=[verified_by_id], viewonly=True)
    reviews: Mapped[list["BypassReview"]] = relationship(order_by="BypassReview.reviewed_on", viewonly=True)
    misses: Mapped[list["BypassMiss"]] = relationship(order_by="BypassMiss.missed_on", viewonly=True)
    lots: Mapped[list["BypassLot"]] = relationship(order_by="BypassLot.id", viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "year", "serial"),
                      Index("ix_bypasses_site_state", "site_id", "state", "id"))


class BypassReview(Record):
    """The daily look at a bypass, with the aim to end it."""

    __tablename__ = "bypass_reviews"

    bypass_id: Mapped[int] = mapped_column(ForeignKey("bypasses.id"))
    reviewed_on: Mapped[date] = mapped_column(Date, comment="day of the site")
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    note: Mapped[str] = mapped_column(String(500))

    by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("bypass_id", "reviewed_on"),)


class BypassMiss(Record):
    """A day on which nobody looked at a bypass that was in use: noticed by the clock, and never taken back."""

    __tablename__ = "bypass_misses"

    bypass_id: Mapped[int] = mapped_column(ForeignKey("bypasses.id"))
    missed_on: Mapped[date] = mapped_column(Date, comment="day of the site")
    noticed_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("bypass_id", "missed_on"),)


class BypassLot(Record):
    """A lot made while the alternate stood in: it is tagged, and its first and last piece are kept."""

    __tablename__ = "bypass_lots"

    bypass_id: Mapped[int] = mapped_column(ForeignKey("bypasses.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    first_piece: Mapped[str | None] = mapped_column(String(120))
    last_piece: Mapped[str | None] = mapped_column(String(120))
    tagged_at: Mapped[datetime] = mapped_column(UtcTime)
    tagged_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: not to be accepted yet (R-55)")
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    bypass: Mapped[Bypass] = relationship(viewonly=True)
    lot: Mapped[Lot] = relationship(viewonly=True)
    reviewed_by: Mapped[Person | None] = relationship(foreign_keys=[reviewed_by_id], viewonly=True)

    __table_args__ = (UniqueConstraint("bypass_id", "lot_id"),)


Index("ix_bypass_lots_open", BypassLot.lot_id, sqlite_where=BypassLot.reviewed_at.is_(None),
      postgresql_where=BypassLot.reviewed_at.is_(None))
"""What every acceptance asks for: the few tags that nobody has reviewed."""
