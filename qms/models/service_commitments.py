"""Holds what units promise each other in public, revision by revision."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Link, Site, Unit


class Commitment(Record):
    """One revision of a public commitment of a unit (R-50). States are in rules.service_commitments."""

    __tablename__ = "commitments"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), comment="the same for every revision")
    revision: Mapped[int] = mapped_column(Integer, comment="from 1")
    state: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="None: any other unit")
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"), comment="chain link that it belongs to")
    service_zh: Mapped[str] = mapped_column(String(200))
    service_en: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10), comment="what is promised: a time or a quality")
    within_minutes: Mapped[int | None] = mapped_column(Integer, comment="plant minutes; None: a quality")
    standard_zh: Mapped[str | None] = mapped_column(String(500), comment="what counts as kept, in words")
    standard_en: Mapped[str | None] = mapped_column(String(500))
    target_percent: Mapped[int] = mapped_column(Integer, comment="share of requests that is to be kept")
    source_zh: Mapped[str | None] = mapped_column(String(300), comment="where it is measured from")
    source_en: Mapped[str | None] = mapped_column(String(300))
    exclusions_zh: Mapped[str | None] = mapped_column(String(500))
    exclusions_en: Mapped[str | None] = mapped_column(String(500))
    remedy_zh: Mapped[str | None] = mapped_column(String(500), comment="what follows when it is not kept")
    remedy_en: Mapped[str | None] = mapped_column(String(500))
    pausable: Mapped[bool] = mapped_column(default=False, comment="the clock may stand for a listed reason")
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), comment="head of the unit who answers for it")
    published_from: Mapped[date | None] = mapped_column(Date, comment="first day; None: a draft")
    valid_to: Mapped[date | None] = mapped_column(Date, comment="last day; None: in force")
    next_review_on: Mapped[date | None] = mapped_column(Date)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    drafted_at: Mapped[datetime] = mapped_column(UtcTime)
    change: Mapped[str | None] = mapped_column(String(500), comment="why this revision; None: the first")
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))

    site: Mapped[Site] = relationship(viewonly=True)
    provider: Mapped[Unit] = relationship(foreign_keys=[provider_id], viewonly=True)
    customer: Mapped[Unit | None] = relationship(foreign_keys=[customer_id], viewonly=True)
    link: Mapped[Link | None] = relationship(viewonly=True)
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id], viewonly=True)
    drafted_by: Mapped[Person] = relationship(foreign_keys=[drafted_by_id], viewonly=True)
    published_by: Mapped[Person | None] = relationship(foreign_keys=[published_by_id], viewonly=True)
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id], viewonly=True)

    __table_args__ = (
        UniqueConstraint("number", "revision"),
        CheckConstraint("customer_id IS NULL OR customer_id <> provider_id", name="two_units"),
        CheckConstraint("(kind = 'time') = (within_minutes IS NOT NULL)", name="measurable"),
        CheckConstraint("target_percent BETWEEN 1 AND 100", name="target"),
        Index("ix_commitments_provider", "provider_id", "state"),
        Index("ix_commitments_site", "site_id", "state", "number"),
    )
