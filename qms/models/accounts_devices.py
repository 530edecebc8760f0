"""Holds enrolled tablets: what each serves, when it was last heard of, and what went wrong with it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Base, Id, Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Site, Unit


class Device(Record):
    """A tablet or board enrolled for a site and some of its operations."""

    __tablename__ = "devices"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    name: Mapped[str] = mapped_column(String(60), comment="what is written on it, as 'T-07'")
    public_id: Mapped[str] = mapped_column(String(36), unique=True, comment="UUID by which it names itself")
    enrolled_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    enrolled_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: in use")
    revoke_reason: Mapped[str | None] = mapped_column(String(500))

    site: Mapped[Site] = relationship(viewonly=True)
    enrolled_by: Mapped[Person] = relationship(foreign_keys=[enrolled_by_id], viewonly=True)
    units: Mapped[list["DeviceUnit"]] = relationship(order_by="DeviceUnit.id", viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "name"),)


class DeviceUnit(Record):
    """An operation that a tablet serves."""

    __tablename__ = "device_units"

    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True, comment="False: it serves it no more")

    unit: Mapped[Unit] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("device_id", "unit_id"),)


class DeviceIncident(Record):
    """Something about a tablet that a person has to look at. Kinds are in rules.devices."""

    __tablename__ = "device_incidents"

    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    first_seq: Mapped[int | None] = mapped_column(Integer, comment="first number concerned; None: no numbers")
    last_seq: Mapped[int | None] = mapped_column(Integer)
    count: Mapped[int | None] = mapped_column(Integer, comment="records concerned; None: unknown")
    detail: Mapped[str | None] = mapped_column(String(500))
    noticed_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: open")
    closed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id"), comment="None and closed: it settled itself, as when the numbers came in")
    closed_reason: Mapped[str | None] = mapped_column(String(500))

    device: Mapped[Device] = relationship(viewonly=True)
    closed_by: Mapped[Person | None] = relationship(viewonly=True)

    __table_args__ = (Index("ix_device_incidents_open", "closed_at", "id"),)


class DeviceKey(Base):
    """The hash of a credential that a tablet holds. A new one replaces it; the old one works until that was used."""

    __tablename__ = "device_keys"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class DeviceContact(Base):
    """What a tablet said of itself when it was last heard of; overwritten at each contact."""

    __tablename__ = "device_contacts"

    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    last_seq: Mapped[int] = mapped_column(Integer, default=0, comment="highest number it ever gave a record")
    waiting: Mapped[int] = mapped_column(Integer, default=0, comment="records in its outbox")
    attention: Mapped[int] = mapped_column(Integer, default=0, comment="of those, refused by the server and kept")
    refused: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, comment="those as {id, status, error}, at most 100")
    waiting_seqs: Mapped[list[int]] = mapped_column(JSON, default=list, comment="their numbers, the lowest 500")
    oldest_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="when the oldest waiting one was saved")
    persisted: Mapped[bool | None] = mapped_column(comment="storage is safe from eviction; None: not said")
    installed: Mapped[bool | None] = mapped_column(comment="runs as an installed app; None: not said")
    quota_percent: Mapped[int | None] = mapped_column(Integer)
    skew_ms: Mapped[int | None] = mapped_column(Id, comment="its clock minus ours")
    app_version: Mapped[str | None] = mapped_column(String(40))
    agent: Mapped[str | None] = mapped_column(String(300))
    head_size: Mapped[int | None] = mapped_column(Id, comment="end of the trail that it saw last")
    head_hash: Mapped[str | None] = mapped_column(String(64))


class Enrolment(Base):
    """A code, shown once as QR, by which a tablet may be enrolled."""

    __tablename__ = "enrolments"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(String(60))
    unit_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    device_id: Mapped[int | None] = mapped_column(
        ForeignKey("devices.id"), comment="tablet that is enrolled again; None: a new one")
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)
