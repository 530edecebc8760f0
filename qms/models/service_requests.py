"""Holds what units ask of each other: requests with their pauses, hand-overs and reopenings."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Site, Unit
from qms.models.service_commitments import Commitment


class ServiceRequest(Record):
    """What one unit asks of another through a commitment. States are in rules.service_requests."""

    __tablename__ = "service_requests"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"),
                                                      comment="revision in force when asked; None: imported")
    asker_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("units.id"), comment="who serves it now")
    first_provider_id: Mapped[int] = mapped_column(ForeignKey("units.id"), comment="who was asked first")
    title: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    due_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="in plant hours; None: no time, or it stands")
    taken_at: Mapped[datetime | None] = mapped_column(UtcTime)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    done_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="newest time that it was done")
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str | None] = mapped_column(String(1000), comment="what was done")
    spent_minutes: Mapped[int | None] = mapped_column(Integer, comment="plant minutes until done, without pauses")
    kept: Mapped[bool | None] = mapped_column(comment="promise kept; None: not judged")
    judged: Mapped[str | None] = mapped_column(String(10), comment="who says whether it was kept")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    rating: Mapped[int | None] = mapped_column(Integer, comment="1 to 5, by who asked; None: nobody rated")
    rating_words: Mapped[str | None] = mapped_column(String(1000))
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reason: Mapped[str | None] = mapped_column(String(500), comment="why refused or withdrawn")
    passed: Mapped[int] = mapped_column(Integer, default=0, comment="hand-overs to another provider")
    reopened: Mapped[int] = mapped_column(Integer, default=0, comment="times that who asked reopened it")
    rungs: Mapped[int] = mapped_column(Integer, default=0, comment="rungs climbed since it is late")
    escalated_at: Mapped[datetime | None] = mapped_column(UtcTime)
    source: Mapped[str] = mapped_column(String(10), default="web")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
    source_key: Mapped[str | None] = mapped_column(String(120), comment="number in the file it was imported from")
    search_text: Mapped[str] = mapped_column(Text, default="")

    site: Mapped[Site] = relationship(viewonly=True)
    commitment: Mapped[Commitment | None] = relationship(viewonly=True)
    asker: Mapped[Unit] = relationship(foreign_keys=[asker_id], viewonly=True)
    provider: Mapped[Unit] = relationship(foreign_keys=[provider_id], viewonly=True)
    first_provider: Mapped[Unit] = relationship(foreign_keys=[first_provider_id], viewonly=True)
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id], viewonly=True)
    taken_by: Mapped[Person | None] = relationship(foreign_keys=[taken_by_id], viewonly=True)
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id], viewonly=True)
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id], viewonly=True)
    pauses: Mapped[list["ServicePause"]] = relationship(order_by="ServicePause.id", viewonly=True)
    passes: Mapped[list["ServicePass"]] = relationship(order_by="ServicePass.id", viewonly=True)
    reopenings: Mapped[list["ServiceReopening"]] = relationship(order_by="ServiceReopening.id", viewonly=True)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        UniqueConstraint("site_id", "source_key"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("commitment_id IS NOT NULL OR source = 'import'", name="promised"),
        Index("ix_service_requests_site", "site_id", "state", "id"),
        Index("ix_service_requests_provider", "provider_id", "state", "id"),
        Index("ix_service_requests_asker", "asker_id", "state", "id"),
        Index("ix_service_requests_commitment", "commitment_id", "asked_at"),
        Index("ix_service_requests_asked", "site_id", "asked_at"),
        Index("ix_service_requests_clock", "state", "due_at"),
    )


class ServicePause(Record):
    """A stretch in which the clock of a request stood."""

    __tablename__ = "service_pauses"

    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    pause: Mapped[str] = mapped_column(String(20), comment="what was waited for")
    note: Mapped[str | None] = mapped_column(String(500))
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    started_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: it stands now")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    started_by: Mapped[Person] = relationship(foreign_keys=[started_by_id], viewonly=True)
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id], viewonly=True)


class ServicePass(Record):
    """A hand-over of a request to another provider; its clock runs on."""

    __tablename__ = "service_passes"

    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(500))

    origin: Mapped[Unit] = relationship(foreign_keys=[from_id], viewonly=True)
    target: Mapped[Unit] = relationship(foreign_keys=[to_id], viewonly=True)
    by: Mapped[Person] = relationship(viewonly=True)


class ServiceReopening(Record):
    """That who asked took back what was said to be done: what had been done by then, and why it was not."""

    __tablename__ = "service_reopenings"

    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(500))
    done_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="when it had been said to be done")
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str | None] = mapped_column(String(1000))

    by: Mapped[Person] = relationship(foreign_keys=[by_id], viewonly=True)
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id], viewonly=True)
