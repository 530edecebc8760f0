"""Holds andon calls and line stops: the signal, the people it reached, and what had to be good before the restart."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.accounts_devices import Device
from qms.models.chain import Item, Lot, Site, Unit
from qms.models.rejections import Rejection


class Stop(Record):
    """One call (yellow) or stop (red) at an operation. States and reasons are in rules.stops.

    Who called is known to the trail and never shown in a chart.
    """

    __tablename__ = "stops"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    client_id: Mapped[str | None] = mapped_column(String(36), unique=True, comment="UUID given by whoever sent it")
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), comment="operation that called")
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(500))
    product_affecting: Mapped[bool] = mapped_column(default=False, comment="product may be wrong: quality restarts")
    critical: Mapped[bool] = mapped_column(default=False, comment="safety or notified customer: engineer restarts")
    from_upstream: Mapped[bool] = mapped_column(default=False, comment="what came in was wrong")
    rejection_id: Mapped[int | None] = mapped_column(ForeignKey("rejections.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("units.id"), comment="receiving operation that stopped the line; its consent is needed (R-19)")
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"), comment="None: called from a desk")
    called_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    called_at: Mapped[datetime] = mapped_column(UtcTime)
    window_ends_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="a call becomes a stop then; None: a stop")
    stopped_at: Mapped[datetime | None] = mapped_column(UtcTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcTime)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    arrived_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="the clock of the rungs ends here (R-18)")
    arrived_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="owns the problem from here on")
    contained_at: Mapped[datetime | None] = mapped_column(UtcTime)
    containment: Mapped[str | None] = mapped_column(String(500), comment="what was done, and the clean point")
    measure: Mapped[str | None] = mapped_column(String(500), comment="temporary measure")
    cause_known: Mapped[bool | None] = mapped_column()
    extra_checks: Mapped[int | None] = mapped_column(Integer, comment="pieces to be inspected more after the restart")
    requested_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="restart asked for")
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    consented_at: Mapped[datetime | None] = mapped_column(UtcTime)
    consented_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    restarted_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="running again, or the call resolved")
    restarted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), comment="grant that allowed the restart")
    lost_units: Mapped[int | None] = mapped_column(Integer, comment="pieces not made meanwhile; None: not told")
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    review_note: Mapped[str | None] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(20), default="desk", comment="desk, station, api or demo")

    site: Mapped[Site] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id], viewonly=True)
    customer: Mapped[Unit | None] = relationship(foreign_keys=[customer_id], viewonly=True)
    rejection: Mapped[Rejection | None] = relationship(viewonly=True)
    item: Mapped[Item | None] = relationship(viewonly=True)
    lot: Mapped[Lot | None] = relationship(viewonly=True)
    device: Mapped[Device | None] = relationship(viewonly=True)
    acknowledged_by: Mapped[Person | None] = relationship(foreign_keys=[acknowledged_by_id], viewonly=True)
    arrived_by: Mapped[Person | None] = relationship(foreign_keys=[arrived_by_id], viewonly=True)
    consented_by: Mapped[Person | None] = relationship(foreign_keys=[consented_by_id], viewonly=True)
    restarted_by: Mapped[Person | None] = relationship(foreign_keys=[restarted_by_id], viewonly=True)
    reviewed_by: Mapped[Person | None] = relationship(foreign_keys=[reviewed_by_id], viewonly=True)
    rungs: Mapped[list["Rung"]] = relationship(order_by="Rung.position", viewonly=True)
    checks: Mapped[list["RestartCheck"]] = relationship(order_by="RestartCheck.id", viewonly=True)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        Index("ix_stops_site", "site_id", "id"),
        Index("ix_stops_called", "site_id", "called_at", "id"),
        Index("ix_stops_site_state", "site_id", "state", "id"),
        Index("ix_stops_lot", "lot_id"),
        Index("ix_stops_unit", "unit_id", "called_at", "id"),
        CheckConstraint("state <> 'restarted' OR restarted_by_id IS NOT NULL", name="restarted"),
    )


Index("ix_stops_open", Stop.site_id, Stop.id, sqlite_where=Stop.restarted_at.is_(None),
      postgresql_where=Stop.restarted_at.is_(None))
"""What boards, tablets and the clock ask for every few seconds: the few stops that are open."""


class Rung(Record):
    """One rung of the ladder that a stop climbs until somebody arrives (R-18). Rungs are in rules.stops."""

    __tablename__ = "rungs"

    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id"))
    position: Mapped[int] = mapped_column(Integer, comment="from 0")
    roles: Mapped[str] = mapped_column(String(200), comment="roles told, separated by commas")
    people: Mapped[str] = mapped_column(String(1000), default="", comment="ids of those on the roster, as '3,17'")
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    raised_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: not reached")
    seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    seen_by: Mapped[Person | None] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("stop_id", "position"), Index("ix_rungs_due", "raised_at", "due_at"))


class RestartCheck(Record):
    """One check that a restart asks for (R-19): containment, temporary measure, first piece."""

    __tablename__ = "restart_checks"

    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    good: Mapped[bool] = mapped_column()
    pieces: Mapped[int | None] = mapped_column(Integer, comment="pieces looked at; None: not a check of pieces")
    nonconforming: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(String(500))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)

    person: Mapped[Person] = relationship(viewonly=True)
