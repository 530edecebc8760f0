"""Holds internal complaints (质量互投), every step taken on them, and what a person should look at."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Defect, Link, Lot, Site, Unit


class InternalComplaint(Record):
    """A complaint of one unit on another. States, sides and sources are in rules.service_complaints."""

    __tablename__ = "internal_complaints"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    complaining_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    accused_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(20), comment="of customer, as links have it")
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"), comment="None: no link between the two")
    source_kind: Mapped[str] = mapped_column(String(20), comment="table of the record it is about; free: none")
    record_id: Mapped[int | None] = mapped_column(Integer)
    source_ref: Mapped[str | None] = mapped_column(String(120), comment="number of that record, as people read it")
    defect_id: Mapped[int | None] = mapped_column(ForeignKey("defects.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    repeat_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("internal_complaints.id"), comment="same pair, defect and lot: counts once")
    standard_ref: Mapped[str | None] = mapped_column(String(200), comment="commitment or standard that was not kept")
    matter: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[str | None] = mapped_column(Text)
    impact: Mapped[str | None] = mapped_column(String(500))
    expectation: Mapped[str | None] = mapped_column(String(500))
    filed_at: Mapped[datetime] = mapped_column(UtcTime)
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    due_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="of the next step; None: no clock runs")
    rungs: Mapped[int] = mapped_column(Integer, default=0, comment="rungs climbed since the next step is overdue")
    escalated_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="when it last climbed")
    acknowledge_due_at: Mapped[datetime] = mapped_column(UtcTime)
    answer_due_at: Mapped[datetime] = mapped_column(UtcTime)
    plan_due_at: Mapped[datetime] = mapped_column(UtcTime)
    solve_due_at: Mapped[datetime] = mapped_column(UtcTime)
    confirm_due_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="then it closes without answer")
    appeal_until: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: no decision to appeal against")
    frozen_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="an appeal is open; None: none is")
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answer: Mapped[str | None] = mapped_column(String(500), comment="why it was accepted or not")
    cause: Mapped[str | None] = mapped_column(String(500))
    plan: Mapped[str | None] = mapped_column(Text)
    plan_owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    planned_at: Mapped[datetime | None] = mapped_column(UtcTime)
    promised_on: Mapped[date | None] = mapped_column(Date, comment="day the plan is to be done")
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    result: Mapped[str | None] = mapped_column(Text, comment="what was done")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    satisfied: Mapped[int | None] = mapped_column(Integer, comment="1 to 5, by the complaining unit; None: not said")
    confirmation: Mapped[str | None] = mapped_column(String(500))
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reopened: Mapped[int] = mapped_column(Integer, default=0, comment="how often")

    site: Mapped[Site] = relationship(viewonly=True)
    complaining: Mapped[Unit] = relationship(foreign_keys=[complaining_id], viewonly=True)
    accused: Mapped[Unit] = relationship(foreign_keys=[accused_id], viewonly=True)
    link: Mapped[Link | None] = relationship(viewonly=True)
    defect: Mapped[Defect | None] = relationship(viewonly=True)
    lot: Mapped[Lot | None] = relationship(viewonly=True)
    repeat_of: Mapped["InternalComplaint | None"] = relationship(remote_side="InternalComplaint.id", viewonly=True)
    filed_by: Mapped[Person] = relationship(foreign_keys=[filed_by_id], viewonly=True)
    plan_owner: Mapped[Person | None] = relationship(foreign_keys=[plan_owner_id], viewonly=True)
    steps: Mapped[list["ComplaintStep"]] = relationship(order_by="ComplaintStep.id", viewonly=True)
    flags: Mapped[list["ComplaintFlag"]] = relationship(order_by="ComplaintFlag.id", viewonly=True)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        CheckConstraint("complaining_id <> accused_id", name="two_units"),
        CheckConstraint("satisfied IS NULL OR satisfied BETWEEN 1 AND 5", name="satisfied"),
        Index("ix_internal_complaints_site_state", "site_id", "state", "id"),
        Index("ix_internal_complaints_due", "due_at", "id"),
        Index("ix_internal_complaints_accused", "accused_id", "filed_at"),
        Index("ix_internal_complaints_complaining", "complaining_id", "filed_at"),
        Index("ix_internal_complaints_source", "source_kind", "record_id"),
    )


class ComplaintStep(Record):
    """One step on an internal complaint: what, for which side, by whom, and what was said."""

    __tablename__ = "complaint_steps"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("internal_complaints.id"), index=True)
    step: Mapped[str] = mapped_column(String(30))
    side: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    said: Mapped[str | None] = mapped_column(Text)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))

    by: Mapped[Person] = relationship(viewonly=True)


class ComplaintFlag(Record):
    """What a person should look at before a complaint is judged: noticed by the system, decided by people only."""

    __tablename__ = "complaint_flags"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("internal_complaints.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), comment="swap or flood")
    noticed_at: Mapped[datetime] = mapped_column(UtcTime)
    conclusion: Mapped[str | None] = mapped_column(String(20), comment="None: nobody has looked yet")
    note: Mapped[str | None] = mapped_column(String(500))
    looked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    complaint: Mapped[InternalComplaint] = relationship(viewonly=True)
    looked_by: Mapped[Person | None] = relationship(viewonly=True)

    __table_args__ = (Index("ix_complaint_flags_conclusion", "conclusion", "id"),)
