"""Holds what becomes of nonconforming product: board reviews, disposition lines, rework runs, scrap tickets."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Exact, Record, UtcTime
from qms.models.acceptance import Handover
from qms.models.accounts import Person
from qms.models.chain import Site
from qms.models.dispositions_concessions import Concession
from qms.models.rejections import Hold, Rejection
from qms.rules.dispositions import OPEN


class BoardReview(Record):
    """A question put to the material review board about one rejection. States are in rules.dispositions_board."""

    __tablename__ = "board_reviews"

    rejection_id: Mapped[int] = mapped_column(ForeignKey("rejections.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    proposal: Mapped[str | None] = mapped_column(String(1000), comment="what the board is asked to decide")
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    chair_id: Mapped[int] = mapped_column(ForeignKey("people.id"), comment="never the production owner (R-52)")
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    code: Mapped[str | None] = mapped_column(String(20), comment="disposition that the board agreed on")
    outcome: Mapped[str | None] = mapped_column(String(1000), comment="decision and its conditions, in words")
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))

    rejection: Mapped[Rejection] = relationship(viewonly=True)
    chair: Mapped[Person] = relationship(foreign_keys=[chair_id], viewonly=True)
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id], viewonly=True)
    votes: Mapped[list["BoardVote"]] = relationship(order_by="BoardVote.id", viewonly=True)


class BoardVote(Record):
    """What one member of the board said: the disposition they see, and whether they agree."""

    __tablename__ = "board_votes"

    review_id: Mapped[int] = mapped_column(ForeignKey("board_reviews.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    function: Mapped[str] = mapped_column(String(20), comment="for which the member speaks")
    vote: Mapped[str] = mapped_column(String(10), comment="agree, disagree or abstain")
    code: Mapped[str | None] = mapped_column(String(20), comment="disposition that the member prefers")
    note: Mapped[str | None] = mapped_column(String(1000))
    at: Mapped[datetime] = mapped_column(UtcTime)

    person: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("review_id", "person_id"),)


class Disposition(Record):
    """What is decided for a quantity of one hold. Codes, states and authority are in rules.dispositions."""

    __tablename__ = "dispositions"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    rejection_id: Mapped[int] = mapped_column(ForeignKey("rejections.id"))
    position: Mapped[int] = mapped_column(Integer, comment="of the rejection's lines, from 1")
    hold_id: Mapped[int] = mapped_column(ForeignKey("holds.id"), index=True, comment="hold that it disposes of")
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("dispositions.id"), index=True, comment="line whose work left this quantity; None: the hold itself")
    review_id: Mapped[int | None] = mapped_column(ForeignKey("board_reviews.id"), comment="board that decided it")
    code: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int] = mapped_column(Integer)
    justification: Mapped[str | None] = mapped_column(String(1000))
    value: Mapped[Decimal | None] = mapped_column(Exact, comment="of the quantity when decided; None: no rate known")
    currency: Mapped[str | None] = mapped_column(String(3))
    decided_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str | None] = mapped_column(String(40), comment="role by which the person decided (R-06)")
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), comment="grant that allowed the decision")
    concession_id: Mapped[int | None] = mapped_column(ForeignKey("concessions.id"), index=True)
    risk_ref: Mapped[str | None] = mapped_column(String(120), comment="risk analysis of rework or repair, a PFMEA line")
    risk_rev: Mapped[str | None] = mapped_column(String(20))
    risk_on: Mapped[date | None] = mapped_column(Date, comment="day of the risk analysis, before the decision (R-08)")
    customer_ref: Mapped[str | None] = mapped_column(String(120), comment="customer's approval of rework or re-grade")
    customer_approver: Mapped[str | None] = mapped_column(String(120))
    customer_approved_on: Mapped[date | None] = mapped_column(Date)
    supplier_claim: Mapped[str | None] = mapped_column(String(120), comment="claim to the supplier")
    rma: Mapped[str | None] = mapped_column(String(120), comment="supplier's return number")
    criteria_ref: Mapped[str | None] = mapped_column(String(120), comment="agreed criteria of no fault found (R-31)")
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    done_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="carried out, not yet verified")
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    result: Mapped[str | None] = mapped_column(String(1000), comment="what was done")
    verified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    verification: Mapped[str | None] = mapped_column(String(1000), comment="what the verification found")
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))

    site: Mapped[Site] = relationship(viewonly=True)
    rejection: Mapped[Rejection] = relationship(viewonly=True)
    hold: Mapped[Hold] = relationship(viewonly=True)
    review: Mapped[BoardReview | None] = relationship(viewonly=True)
    concession: Mapped[Concession | None] = relationship(viewonly=True)
    decided_by: Mapped[Person] = relationship(foreign_keys=[decided_by_id], viewonly=True)
    started_by: Mapped[Person | None] = relationship(foreign_keys=[started_by_id], viewonly=True)
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id], viewonly=True)
    verified_by: Mapped[Person | None] = relationship(foreign_keys=[verified_by_id], viewonly=True)
    runs: Mapped[list["Rework"]] = relationship(order_by="Rework.id", viewonly=True)
    ticket: Mapped["ScrapTicket | None"] = relationship(viewonly=True)

    __table_args__ = (
        UniqueConstraint("rejection_id", "position"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("state <> 'withdrawn' OR withdrawn_reason IS NOT NULL", name="withdrawn"),
        Index("ix_dispositions_site_state", "site_id", "state", "id"),
        Index("ix_dispositions_site_code", "site_id", "code", "id"),
    )


_STILL_OPEN = Disposition.state.in_(OPEN)
Index("uq_dispositions_open", Disposition.hold_id, unique=True, sqlite_where=_STILL_OPEN, postgresql_where=_STILL_OPEN)


class Rework(Record):
    """One run of rework, repair or sorting: what it was allowed by, who did it, what came out (R-07, R-08)."""

    __tablename__ = "reworks"

    disposition_id: Mapped[int] = mapped_column(ForeignKey("dispositions.id"), index=True)
    run: Mapped[int] = mapped_column(Integer, comment="how often this quantity has been worked over, from 1")
    instruction_ref: Mapped[str | None] = mapped_column(String(120))
    instruction_rev: Mapped[str | None] = mapped_column(String(20))
    instruction_on: Mapped[date | None] = mapped_column(Date, comment="day of its release, before the work")
    place: Mapped[str | None] = mapped_column(String(120))
    quantity: Mapped[int] = mapped_column(Integer, comment="pieces that went in")
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    worked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    hours: Mapped[Decimal | None] = mapped_column(Exact, comment="worked, for the costs")
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    inspected_at: Mapped[datetime | None] = mapped_column(UtcTime)
    inspected_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="not who worked on it (R-09)")
    good: Mapped[int | None] = mapped_column(Integer, comment="pieces; None: not inspected yet")
    scrapped: Mapped[int | None] = mapped_column(Integer, comment="pieces not good; left over are still open")
    findings: Mapped[str | None] = mapped_column(String(1000), comment="results per characteristic")
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("handovers.id"), comment="presented again as this")

    worked_by: Mapped[Person] = relationship(foreign_keys=[worked_by_id], viewonly=True)
    inspected_by: Mapped[Person | None] = relationship(foreign_keys=[inspected_by_id], viewonly=True)
    handover: Mapped[Handover | None] = relationship(viewonly=True)

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("good >= 0 AND scrapped >= 0 AND good + scrapped <= quantity", name="balance"),
    )


class ScrapTicket(Record):
    """Proof that scrap was made unusable before it left (R-14)."""

    __tablename__ = "scrap_tickets"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    disposition_id: Mapped[int] = mapped_column(ForeignKey("dispositions.id"), unique=True)
    segregated_at: Mapped[datetime] = mapped_column(UtcTime)
    segregated_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    place: Mapped[str] = mapped_column(String(120))
    method: Mapped[str | None] = mapped_column(String(20), comment="how it was made unusable")
    rendered_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="made unusable")
    rendered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    witnessed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    witnessed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="other than who did it")
    weight_kg: Mapped[Decimal | None] = mapped_column(Exact)
    certificate: Mapped[str | None] = mapped_column(String(120), comment="of the contractor that destroyed it")
    disposed_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="left the plant")

    segregated_by: Mapped[Person] = relationship(foreign_keys=[segregated_by_id], viewonly=True)
    rendered_by: Mapped[Person | None] = relationship(foreign_keys=[rendered_by_id], viewonly=True)
    witnessed_by: Mapped[Person | None] = relationship(foreign_keys=[witnessed_by_id], viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "year", "serial"),)
