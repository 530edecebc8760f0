"""Holds corrective actions (8D): the case, its sources, its team, its description, its steps and their clocks."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit

FILTERED = ("site_id", "state", "item_id", "defect_id", "origin_unit_id", "leader_id")
"""Columns by which the register filters. Each has an index in the order of the register."""


class Action(Record):
    """One corrective action. Routes, states, steps and gates are in rules.actions."""

    __tablename__ = "actions"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    route: Mapped[str] = mapped_column(String(20), comment="8d, 4d, 5why or correction")
    route_by_rule: Mapped[str] = mapped_column(String(20), comment="what the rule asked for (R-24)")
    route_reason: Mapped[str | None] = mapped_column(String(500), comment="why another route than the rule's was taken")
    state: Mapped[str] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(2))
    safety: Mapped[bool] = mapped_column(default=False, comment="safety class: the top route (R-23)")
    is_repeat: Mapped[bool] = mapped_column(default=False, comment="same item, defect and origin came back (R-29)")
    repeat_of_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    defect_id: Mapped[int | None] = mapped_column(ForeignKey("defects.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"), index=True)
    origin_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    detecting_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    origin_unknown_reason: Mapped[str | None] = mapped_column(String(500), comment="why origin or escape is not known")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="outside; None: inside only")
    customer_ref: Mapped[str | None] = mapped_column(String(120))
    customer_informed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    clock_from: Mapped[datetime] = mapped_column(UtcTime, comment="when it was found, or told by the customer")
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # D0
    symptom: Mapped[str | None] = mapped_column(String(1000))
    emergency: Mapped[str | None] = mapped_column(String(1000), comment="emergency response action")
    emergency_verified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    emergency_verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # D2
    problem_what: Mapped[str | None] = mapped_column(String(1000), comment="object and defect")
    problem_where: Mapped[str | None] = mapped_column(String(500))
    problem_when: Mapped[str | None] = mapped_column(String(500))
    problem_who: Mapped[str | None] = mapped_column(String(500), comment="function that found it, never to blame")
    problem_why: Mapped[str | None] = mapped_column(String(500), comment="why it is a problem")
    problem_how: Mapped[str | None] = mapped_column(String(500), comment="how it was found")
    problem_quantity: Mapped[int | None] = mapped_column(Integer, comment="pieces")
    requirement: Mapped[str | None] = mapped_column(String(500))
    actual: Mapped[str | None] = mapped_column(String(500), comment="measured against the requirement")
    customer_view: Mapped[str | None] = mapped_column(String(1000))
    first_seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reproduced: Mapped[bool | None] = mapped_column(comment="confirmed on a real part; None: not answered")
    # D3
    containment: Mapped[str | None] = mapped_column(String(1000), comment="interim containment action")
    containment_from: Mapped[datetime | None] = mapped_column(UtcTime)
    containment_to: Mapped[datetime | None] = mapped_column(UtcTime, comment="removed; only after D6")
    containment_effective: Mapped[bool | None] = mapped_column(comment="None: not checked yet")
    containment_evidence: Mapped[str | None] = mapped_column(String(1000))
    containment_checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    clean_point: Mapped[str | None] = mapped_column(String(200), comment="first good lot or serial")
    # D7, D8
    risk_register: Mapped[str | None] = mapped_column(String(500), comment="what changed there, or why nothing")
    thanks: Mapped[str | None] = mapped_column(String(1000))
    customer_accepted_on: Mapped[date | None] = mapped_column(Date)
    customer_accepted_by: Mapped[str | None] = mapped_column(String(120))
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    void_reason: Mapped[str | None] = mapped_column(String(500))
    search_text: Mapped[str] = mapped_column(Text, default="")

    site: Mapped[Site] = relationship(viewonly=True)
    item: Mapped[Item | None] = relationship(viewonly=True)
    defect: Mapped[Defect | None] = relationship(viewonly=True)
    link: Mapped[Link | None] = relationship(viewonly=True)
    lot: Mapped[Lot | None] = relationship(viewonly=True)
    origin_unit: Mapped[Unit | None] = relationship(foreign_keys=[origin_unit_id], viewonly=True)
    detecting_unit: Mapped[Unit | None] = relationship(foreign_keys=[detecting_unit_id], viewonly=True)
    customer: Mapped[Unit | None] = relationship(foreign_keys=[customer_id], viewonly=True)
    repeat_of: Mapped["Action | None"] = relationship(remote_side="Action.id", viewonly=True)
    opened_by: Mapped[Person] = relationship(foreign_keys=[opened_by_id], viewonly=True)
    sponsor: Mapped[Person | None] = relationship(foreign_keys=[sponsor_id], viewonly=True)
    leader: Mapped[Person | None] = relationship(foreign_keys=[leader_id], viewonly=True)
    sources: Mapped[list["ActionSource"]] = relationship(order_by="ActionSource.id", viewonly=True)
    members: Mapped[list["ActionMember"]] = relationship(order_by="ActionMember.id", viewonly=True)
    steps: Mapped[list["ActionStep"]] = relationship(order_by="ActionStep.step", viewonly=True)
    comparisons: Mapped[list["Comparison"]] = relationship(order_by="Comparison.id", viewonly=True)
    stock: Mapped[list["StockLine"]] = relationship(order_by="StockLine.id", viewonly=True)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        CheckConstraint("state <> 'void' OR void_reason IS NOT NULL", name="void"),
        Index("ix_actions_case", "site_id", "item_id", "defect_id", "origin_unit_id"),
        *(Index(f"ix_actions_{column}", column, "id") for column in FILTERED),
    )


class ActionSource(Record):
    """A record that an action comes from: a rejection, a stop, a notice to a customer."""

    __tablename__ = "action_sources"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40), comment="name of the record's table")
    record_id: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(40), comment="of the record, as people read it")
    added_at: Mapped[datetime] = mapped_column(UtcTime)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    active: Mapped[bool] = mapped_column(default=True, comment="False: linked by mistake")

    __table_args__ = (UniqueConstraint("action_id", "kind", "record_id"),
                      Index("ix_action_sources_record", "kind", "record_id"))


class ActionMember(Record):
    """Somebody of the team (D1), and for which unit and function they are in it."""

    __tablename__ = "action_members"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="unit that they speak for")
    function: Mapped[str] = mapped_column(String(120))
    active: Mapped[bool] = mapped_column(default=True, comment="False: left the team")

    person: Mapped[Person] = relationship(viewonly=True)
    unit: Mapped[Unit | None] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("action_id", "person_id"),)


class ActionStep(Record):
    """One discipline of an action (D0 to D8): due in plant hours, done when its gate was passed."""

    __tablename__ = "action_steps"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
    step: Mapped[str] = mapped_column(String(2), comment="D0 to D8")
    due_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: no clock for this step")
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))
    reopened: Mapped[int] = mapped_column(Integer, default=0, comment="times that it was opened again")
    rungs: Mapped[int] = mapped_column(Integer, default=0, comment="rungs climbed because it was overdue")
    escalated_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="when it last climbed")

    action: Mapped[Action] = relationship(viewonly=True)
    done_by: Mapped[Person | None] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("action_id", "step"), Index("ix_action_steps_due", "done_at", "due_at"))


class Comparison(Record):
    """One line of is / is-not (D2)."""

    __tablename__ = "comparisons"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
    question: Mapped[str] = mapped_column(String(20), comment="questions are in rules.actions")
    is_so: Mapped[str | None] = mapped_column(String(500), comment="is")
    is_not: Mapped[str | None] = mapped_column(String(500))
    difference: Mapped[str | None] = mapped_column(String(500), comment="what is special or has changed")

    __table_args__ = (UniqueConstraint("action_id", "question"),)


class StockLine(Record):
    """Suspect stock at one place (D3). Its quantities stay None until someone has answered."""

    __tablename__ = "stock_lines"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    place: Mapped[str] = mapped_column(String(20), comment="places are in rules.rejections")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="the operation, for work in process")
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    suspect: Mapped[int | None] = mapped_column(Integer)
    checked: Mapped[int | None] = mapped_column(Integer)
    nonconforming: Mapped[int | None] = mapped_column(Integer)
    good: Mapped[int | None] = mapped_column(Integer)
    method: Mapped[str | None] = mapped_column(String(200))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)

    unit: Mapped[Unit | None] = relationship(viewonly=True)
    lot: Mapped[Lot | None] = relationship(viewonly=True)
    answered_by: Mapped[Person | None] = relationship(viewonly=True)
