"""Holds people, their grants, badges and sign-in sessions, and what throttles guessing."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Base, Id, Record, UtcTime

if TYPE_CHECKING:
    from qms.models.accounts_devices import Device
    from qms.models.chain import Site, Unit


class Person(Record):
    """Someone who may sign in, or a program that acts (`password_hash` None: cannot sign in)."""

    __tablename__ = "people"

    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2), default="zh")
    email: Mapped[str | None] = mapped_column(String(254), comment="None: is mailed nothing")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="where they work")
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (CheckConstraint("language IN ('zh', 'en')", name="language"),)


class PasswordHash(Base):
    """A person's password, hashed; kept out of the trail, which can never forget."""

    __tablename__ = "password_hashes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class Grant(Record):
    """A role given to a person in a scope, from a day to a day."""

    __tablename__ = "grants"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"), comment="None: every site")
    unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("units.id"), comment="None: every unit of the site; else it and those below it")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(
        Date, comment="last day; None: until further notice; before the first: withdrawn")
    delegated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    delegated_grant_id: Mapped[int | None] = mapped_column(
        ForeignKey("grants.id"), index=True, comment="grant of whoever delegated it; it ends no later")
    reason: Mapped[str | None] = mapped_column(String(500))

    person: Mapped[Person] = relationship(foreign_keys=[person_id], viewonly=True)
    delegated_by: Mapped[Person | None] = relationship(foreign_keys=[delegated_by_id], viewonly=True)
    site: Mapped["Site | None"] = relationship(viewonly=True)
    unit: Mapped["Unit | None"] = relationship(viewonly=True)


class SignIn(Base):
    """A server-side session. Only the hash of its token is kept."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, comment="names it on screens and in the trail")
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    address: Mapped[str | None] = mapped_column(String(60))
    agent: Mapped[str | None] = mapped_column(String(300))
    method: Mapped[str] = mapped_column(String(20), default="password", comment="password or pin (badge and PIN)")
    device_id: Mapped[int | None] = mapped_column(
        ForeignKey("devices.id"), index=True, comment="enrolled tablet it is bound to; None: a desk")

    device: Mapped["Device | None"] = relationship(viewonly=True)


class Badge(Record):
    """A badge given to a person. It says who someone is; it never signs for them."""

    __tablename__ = "badges"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_sha256: Mapped[str] = mapped_column(String(64), unique=True, comment="of the code printed on it")
    issued_at: Mapped[datetime] = mapped_column(UtcTime)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: in use")
    reason: Mapped[str | None] = mapped_column(String(500), comment="why it ended")

    person: Mapped[Person] = relationship(foreign_keys=[person_id], viewonly=True)


class PinHash(Base):
    """A person's six-digit PIN, hashed; of use only together with a badge at an enrolled tablet."""

    __tablename__ = "pin_hashes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class Attempt(Base):
    """One failed sign-in, for throttling by login, by address and by tablet."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(60))
    address: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcTime)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"), comment="tablet it was tried at")

    __table_args__ = (Index("ix_attempts_login_at", "login", "at"), Index("ix_attempts_address_at", "address", "at"),
                      Index("ix_attempts_device_at", "device_id", "at"))
