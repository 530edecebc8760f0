"""Holds the plan by which an action is proven effective, and each time that the figures were judged by it."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Exact, Record, UtcTime
from qms.models.accounts import Person
from qms.models.actions import Action, ActionSource
from qms.models.chain import Defect, Item, Link, Unit
from qms.models.rejections import Rejection


class EffectivenessPlan(Record):
    """What has to be seen before a cause is called gone (R-26). States are in rules.actions_effectiveness."""

    __tablename__ = "effectiveness_plans"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    metric: Mapped[str] = mapped_column(String(20), comment="counts per shift, or share of what was handed over")
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), comment="None: any item")
    defect_id: Mapped[int | None] = mapped_column(ForeignKey("defects.id"), comment="None: any defect")
    origin_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="None: any origin")
    in_use: Mapped[bool] = mapped_column(
        default=False, comment="a shift counts only if something of the scope was handed over in it")
    baseline_from: Mapped[datetime] = mapped_column(UtcTime)
    baseline_to: Mapped[datetime] = mapped_column(UtcTime)
    baseline_count: Mapped[int] = mapped_column(Integer, comment="rejections, or pieces rejected")
    baseline_exposure: Mapped[int] = mapped_column(Integer, comment="shifts worked, or pieces handed over")
    most: Mapped[int] = mapped_column(Integer, default=0, comment="so many are allowed in the window")
    needed: Mapped[int] = mapped_column(Integer, comment="shifts, or pieces, to be watched")
    starts_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="clean point of the last action; None: not yet")
    drafted_at: Mapped[datetime] = mapped_column(UtcTime)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="owns no action (R-27)")
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))

    action: Mapped[Action] = relationship(viewonly=True)
    link: Mapped[Link | None] = relationship(viewonly=True)
    item: Mapped[Item | None] = relationship(viewonly=True)
    defect: Mapped[Defect | None] = relationship(viewonly=True)
    origin_unit: Mapped[Unit | None] = relationship(viewonly=True)
    drafted_by: Mapped[Person] = relationship(foreign_keys=[drafted_by_id], viewonly=True)
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id], viewonly=True)
    verdicts: Mapped[list["EffectivenessVerdict"]] = relationship(order_by="EffectivenessVerdict.id", viewonly=True)

    __table_args__ = (CheckConstraint("needed > 0", name="needed"), CheckConstraint("most >= 0", name="most"),
                      Index("ix_effectiveness_plans_state", "state", "id"))


class EffectivenessVerdict(Record):
    """What the system counted when it judged: proven, not proof yet, or come back."""

    __tablename__ = "effectiveness_verdicts"

    plan_id: Mapped[int] = mapped_column(ForeignKey("effectiveness_plans.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    verdict: Mapped[str] = mapped_column(String(20))
    count: Mapped[int] = mapped_column(Integer, comment="since the start, as in the baseline")
    exposure: Mapped[int] = mapped_column(Integer)
    p_value: Mapped[Decimal | None] = mapped_column(Exact, comment="exact test, one-sided; None: nothing to compare")
    rejection_id: Mapped[int | None] = mapped_column(ForeignKey("rejections.id"), comment="what came back (R-29)")

    rejection: Mapped[Rejection | None] = relationship(viewonly=True)
    reopening: Mapped["Reopening | None"] = relationship(viewonly=True)


class Reopening(Record):
    """How a case stood when it was opened again at D4, and why that was taken back where it was."""

    __tablename__ = "reopenings"

    verdict_id: Mapped[int] = mapped_column(ForeignKey("effectiveness_verdicts.id"), unique=True)
    plan_state: Mapped[str] = mapped_column(String(20), comment="of the plan before")
    action_state: Mapped[str] = mapped_column(String(20), comment="of the case before")
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="when the case had been closed")
    added_source_id: Mapped[int | None] = mapped_column(
        ForeignKey("action_sources.id"), comment="what was linked by it; None: it was linked before")
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: it stands")
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    taken_back_reason: Mapped[str | None] = mapped_column(String(500))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), comment="grant that allowed taking it back")

    added_source: Mapped[ActionSource | None] = relationship(viewonly=True)
    taken_back_by: Mapped[Person | None] = relationship(viewonly=True)
    steps: Mapped[list["ReopenedStep"]] = relationship(order_by="ReopenedStep.id", viewonly=True)


class ReopenedStep(Record):
    """How a discipline stood when its case was opened again."""

    __tablename__ = "reopened_steps"

    reopening_id: Mapped[int] = mapped_column(ForeignKey("reopenings.id"), index=True)
    step: Mapped[str] = mapped_column(String(2), comment="D4 to D8")
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))
    rungs: Mapped[int] = mapped_column(Integer, default=0)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcTime)
