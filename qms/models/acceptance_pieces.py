"""Holds first-piece and patrol inspections of an operation: when they fall due, and what was found."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Exact, Record, UtcTime
from qms.models.acceptance import Characteristic, Standard
from qms.models.accounts import Person
from qms.models.chain import Item, Lot, Site, Unit
from qms.models.stops import Stop

FILTERED = ("site_id", "unit_id", "state", "item_id", "lot_id", "stop_id")
"""Columns by which the register filters and other pages look. Each has an index in the order of the register."""


class PieceCheck(Record):
    """A first-piece or patrol inspection. States, reasons and the order of its verdicts are in rules.acceptance_pieces.

    The operator judges first (self), the team leader next (mutual), the inspector last (dedicated).
    """

    __tablename__ = "piece_checks"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(20), comment="first_piece or patrol")
    reason: Mapped[str] = mapped_column(String(20), comment="why it fell due")
    state: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    source_key: Mapped[str | None] = mapped_column(
        String(120), unique=True, comment="what asked for it, so that it is asked for once; None: a person")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    standard_id: Mapped[int | None] = mapped_column(ForeignKey("standards.id"), comment="revision it was judged by")
    stop_id: Mapped[int | None] = mapped_column(ForeignKey("stops.id"), comment="restart that asked for it")
    pieces: Mapped[int | None] = mapped_column(Integer, comment="pieces looked at; None: not done yet")
    nonconforming: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(String(500))
    self_good: Mapped[bool | None] = mapped_column(comment="None: not judged yet")
    self_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    self_at: Mapped[datetime | None] = mapped_column(UtcTime)
    mutual_good: Mapped[bool | None] = mapped_column()
    mutual_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    mutual_at: Mapped[datetime | None] = mapped_column(UtcTime)
    dedicated_good: Mapped[bool | None] = mapped_column()
    dedicated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    dedicated_at: Mapped[datetime | None] = mapped_column(UtcTime)

    site: Mapped[Site] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)
    item: Mapped[Item | None] = relationship(viewonly=True)
    lot: Mapped[Lot | None] = relationship(viewonly=True)
    standard: Mapped[Standard | None] = relationship(viewonly=True)
    stop: Mapped[Stop | None] = relationship(viewonly=True)
    self_by: Mapped[Person | None] = relationship(foreign_keys=[self_by_id], viewonly=True)
    mutual_by: Mapped[Person | None] = relationship(foreign_keys=[mutual_by_id], viewonly=True)
    dedicated_by: Mapped[Person | None] = relationship(foreign_keys=[dedicated_by_id], viewonly=True)
    readings: Mapped[list["PieceReading"]] = relationship(order_by="PieceReading.id", viewonly=True)

    __table_args__ = (Index("ix_piece_checks_due", "due_at", "id"),
                      Index("ix_piece_checks_open", "unit_id", "state", "due_at"),
                      *(Index(f"ix_piece_checks_{column}", column, "due_at", "id") for column in FILTERED))


class PieceReading(Record):
    """What was found for one characteristic on one piece of a first-piece or patrol inspection."""

    __tablename__ = "piece_readings"

    check_id: Mapped[int] = mapped_column(ForeignKey("piece_checks.id"))
    verdict: Mapped[str] = mapped_column(String(10), comment="self, mutual or dedicated: by whom it was found")
    characteristic_id: Mapped[int] = mapped_column(ForeignKey("characteristics.id"))
    piece: Mapped[int] = mapped_column(Integer, comment="from 1")
    value: Mapped[Decimal | None] = mapped_column(Exact, comment="measured or counted; None for an attribute")
    good: Mapped[bool] = mapped_column()

    characteristic: Mapped[Characteristic] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("check_id", "verdict", "characteristic_id", "piece"),)


class PatrolPlan(Record):
    """How often an operation is to be patrolled while a shift runs."""

    __tablename__ = "patrol_plans"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), unique=True)
    every_min: Mapped[int] = mapped_column(Integer, comment="minutes between patrols")
    first_piece: Mapped[bool] = mapped_column(default=True, comment="a first piece is asked for at each shift start")
    active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit] = relationship(viewonly=True)
