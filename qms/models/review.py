"""Holds management-review packs: period, people, inputs with what was frozen of them, decisions; and objectives."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.db.types import Exact
from qms.models.accounts import Person
from qms.models.chain import Link, Site, Unit


class Review(Record):
    """One management review. States are in rules.review."""

    __tablename__ = "reviews"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), comment="that gives the number and the time zone")
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    profile: Mapped[str] = mapped_column(String(4), comment="which inputs must be answered")
    title: Mapped[str] = mapped_column(String(200))
    first_on: Mapped[date] = mapped_column(Date, comment="first day of the period, at the site")
    last_on: Mapped[date] = mapped_column(Date)
    before_first_on: Mapped[date] = mapped_column(Date, comment="first day of the comparison period")
    before_last_on: Mapped[date] = mapped_column(Date)
    meeting_on: Mapped[date | None] = mapped_column(Date)
    place: Mapped[str | None] = mapped_column(String(200))
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    prepared_at: Mapped[datetime] = mapped_column(UtcTime)
    assembled_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="when the figures were counted last")
    frozen_at: Mapped[datetime | None] = mapped_column(UtcTime)
    content_hash: Mapped[str | None] = mapped_column(String(64), comment="SHA-256 over all frozen snapshots")
    compared_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="when live data was compared last")
    missed: Mapped[str | None] = mapped_column(Text, comment="missed customer targets when frozen, canonical JSON")
    conclusion: Mapped[str | None] = mapped_column(Text, comment="suitable, adequate, effective: in words")
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))
    void_reason: Mapped[str | None] = mapped_column(String(500))

    site: Mapped[Site] = relationship(viewonly=True)
    prepared_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (
        CheckConstraint("first_on <= last_on AND before_first_on <= before_last_on AND before_last_on < first_on",
                        name="periods"),
        Index("ix_reviews_site", "site_id", "id"),
    )


class ReviewSite(Record):
    """A further site that a review covers besides the one that gave it its number."""

    __tablename__ = "review_sites"

    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    active: Mapped[bool] = mapped_column(default=True)

    site: Mapped[Site] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("review_id", "site_id"),)


class ReviewAttendee(Record):
    """Somebody who takes part in a review, and as what."""

    __tablename__ = "review_attendees"

    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="None: has no account")
    name: Mapped[str] = mapped_column(String(120), comment="as printed")
    role: Mapped[str] = mapped_column(String(20))
    was_there: Mapped[bool | None] = mapped_column(comment="None: not said yet")
    active: Mapped[bool] = mapped_column(default=True, comment="False: taken off again")


class ReviewInput(Record):
    """One input of a review: its state, what was typed, what the records gave, what was said in the meeting."""

    __tablename__ = "review_inputs"

    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    code: Mapped[str] = mapped_column(String(40), comment="of rules.review_inputs")
    state: Mapped[str] = mapped_column(String(20))
    body: Mapped[str | None] = mapped_column(Text, comment="typed; None: nothing")
    reason: Mapped[str | None] = mapped_column(String(500), comment="why it is not applicable")
    snapshot: Mapped[str | None] = mapped_column(Text, comment="counted figures, canonical JSON; None: none counted")
    snapshot_sha256: Mapped[str | None] = mapped_column(String(64))
    counted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    imported: Mapped[str | None] = mapped_column(Text, comment="table read from a file, canonical JSON; None: none")
    imported_name: Mapped[str | None] = mapped_column(String(200), comment="of that file")
    imported_sha256: Mapped[str | None] = mapped_column(String(64), comment="of that file")
    moved: Mapped[int | None] = mapped_column(Integer, comment="figures that live data gives otherwise by now")
    live: Mapped[str | None] = mapped_column(Text, comment="live snapshot at the last comparison, where it moved")
    note: Mapped[str | None] = mapped_column(Text, comment="what was said in the meeting")

    __table_args__ = (UniqueConstraint("review_id", "code"),
                      CheckConstraint("state IN ('missing', 'filled', 'not_applicable')", name="state"))


class ReviewDecision(Record):
    """What a review decided: an action with owner and due day, carried into the next review with its result."""

    __tablename__ = "review_decisions"

    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    place: Mapped[int] = mapped_column(Integer, comment="its number within the review, from 1")
    input_code: Mapped[str | None] = mapped_column(String(40), comment="input that it answers; None: the whole")
    output: Mapped[str] = mapped_column(String(20), comment="kind of output")
    missed: Mapped[str | None] = mapped_column(String(60), comment="missed customer target that it plans against")
    body: Mapped[str] = mapped_column(Text)
    resource: Mapped[str | None] = mapped_column(String(500), comment="what it takes; None: nothing further")
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(20))
    result: Mapped[str | None] = mapped_column(Text, comment="what came of it, or why it was dropped")
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    review: Mapped[Review] = relationship(viewonly=True)
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id], viewonly=True)
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id], viewonly=True)

    __table_args__ = (UniqueConstraint("review_id", "place"),
                      CheckConstraint("(output = 'target') = (missed IS NOT NULL)", name="target"),
                      Index("ix_review_decisions_owner", "owner_id", "state", "due_on"),
                      Index("ix_review_decisions_site", "site_id", "state", "due_on"))


class Objective(Record):
    """A quality objective: what a measure is to reach, for a whole site or one of its parts, from a day on."""

    __tablename__ = "objectives"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    measure: Mapped[str] = mapped_column(String(30), comment="of rules.review_measures")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="unit or outside customer")
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"))
    target: Mapped[Decimal] = mapped_column(Exact)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date, comment="last day; None: in force")
    why: Mapped[str | None] = mapped_column(String(500), comment="where the target comes from")
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(UtcTime)

    unit: Mapped[Unit | None] = relationship(viewonly=True)
    link: Mapped[Link | None] = relationship(viewonly=True)
    set_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (CheckConstraint("unit_id IS NULL OR link_id IS NULL", name="one_part"),
                      Index("ix_objectives_site", "site_id", "valid_to"))


class ReviewPairing(Record):
    """Which internal measure is held beside which measure of an outside customer, and at which lag, said beforehand."""

    __tablename__ = "review_pairings"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    inner: Mapped[str] = mapped_column(String(30), comment="internal measure, over the links that lead to the customer")
    outer: Mapped[str] = mapped_column(String(30), comment="measure of the outside customer")
    lag: Mapped[int] = mapped_column(Integer, comment="months by which the internal measure leads")
    also: Mapped[str] = mapped_column(String(40), comment="other lags to be shown, paid for by correction", default="")
    why: Mapped[str] = mapped_column(String(500), comment="why this lag: lead time, stock")
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(UtcTime)
    active: Mapped[bool] = mapped_column(default=True, comment="False: ended")
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended_why: Mapped[str | None] = mapped_column(String(500))

    site: Mapped[Site] = relationship(viewonly=True)
    customer: Mapped[Unit] = relationship(viewonly=True)
    set_by: Mapped[Person] = relationship(foreign_keys=[set_by_id], viewonly=True)
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id], viewonly=True)

    __table_args__ = (CheckConstraint("lag BETWEEN 0 AND 12", name="lag"),
                      CheckConstraint("active = (ended_at IS NULL)", name="ended"))
