"""Holds what customers' scorecards said month by month, and special status with the day the certifier was told."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.db.types import Exact
from qms.models.accounts import Person
from qms.models.actions import Action
from qms.models.chain import Unit
from qms.models.customers import CustomerPlant


class ScoreReading(Record):
    """One value of a customer's scorecard: a metric in a month, for one plant or for all of them."""

    __tablename__ = "score_readings"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    plant_id: Mapped[int | None] = mapped_column(ForeignKey("customer_plants.id"), comment="None: all plants together")
    month: Mapped[date] = mapped_column(Date, comment="its first day")
    metric: Mapped[str] = mapped_column(String(30))
    value: Mapped[Decimal] = mapped_column(Exact)
    target: Mapped[Decimal | None] = mapped_column(Exact, comment="in force at the month's end; None: none agreed")
    colour: Mapped[str] = mapped_column(String(10), comment="by the rule when it was entered")
    note: Mapped[str | None] = mapped_column(String(500), comment="why a value off target needs no action")
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"), comment="action on a value off target")
    read_on: Mapped[date] = mapped_column(Date, comment="when it was read at the customer's portal")
    read_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcTime)
    correction: Mapped[str | None] = mapped_column(String(500), comment="why it was corrected last; None: never")

    customer: Mapped[Unit] = relationship(viewonly=True)
    plant: Mapped[CustomerPlant | None] = relationship(viewonly=True)
    action: Mapped[Action | None] = relationship(viewonly=True)
    read_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (CheckConstraint("colour IN ('green', 'yellow', 'red', 'none')", name="colour"),)


Index("uq_score_readings_plant", ScoreReading.customer_id, ScoreReading.plant_id, ScoreReading.month,
      ScoreReading.metric, unique=True, sqlite_where=ScoreReading.plant_id.is_not(None),
      postgresql_where=ScoreReading.plant_id.is_not(None))
Index("uq_score_readings_all", ScoreReading.customer_id, ScoreReading.month, ScoreReading.metric, unique=True,
      sqlite_where=ScoreReading.plant_id.is_(None), postgresql_where=ScoreReading.plant_id.is_(None))
Index("ix_score_readings_month", ScoreReading.customer_id, ScoreReading.month)


class SpecialStatus(Record):
    """A special status that a customer put us under (R-42)."""

    __tablename__ = "special_statuses"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    plant_id: Mapped[int | None] = mapped_column(ForeignKey("customer_plants.id"), comment="None: all plants")
    kind: Mapped[str] = mapped_column(String(30))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date, comment="last day; None: in force")
    cause: Mapped[str] = mapped_column(String(1000), comment="why the customer did so")
    exit_criteria: Mapped[str] = mapped_column(String(1000))
    body_told_on: Mapped[date | None] = mapped_column(Date, comment="certification body told on; None: not yet")
    body_ref: Mapped[str | None] = mapped_column(String(200), comment="how the certification body was told")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcTime)

    customer: Mapped[Unit] = relationship(viewonly=True)
    plant: Mapped[CustomerPlant | None] = relationship(viewonly=True)
    entered_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (CheckConstraint("to_on IS NULL OR to_on >= from_on", name="days"),)
