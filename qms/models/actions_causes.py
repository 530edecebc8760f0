"""Holds the causes of a corrective action and what answers them: whys, tasks, documents, read-across, lessons."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.acceptance import Standard
from qms.models.accounts import Person
from qms.models.actions import Action
from qms.models.chain import Item, Site, Unit


class Cause(Record):
    """A candidate of one track (D4): a bone of the Ishikawa diagram, tested, and verified when it holds."""

    __tablename__ = "causes"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    track: Mapped[str] = mapped_column(String(20), comment="occurrence, escape or systemic")
    category: Mapped[str] = mapped_column(String(20), comment="5M1E bone")
    position: Mapped[int] = mapped_column(Integer, comment="on its bone, from 1")
    text: Mapped[str] = mapped_column(String(500))
    holds: Mapped[bool | None] = mapped_column(comment="result of the test; None: not tested yet")
    test: Mapped[str | None] = mapped_column(String(1000), comment="how it was tested and what was seen")
    verified_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="switched on and off, or proven by data")
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    verification: Mapped[str | None] = mapped_column(String(1000))
    contribution_percent: Mapped[int | None] = mapped_column(Integer)
    person_only: Mapped[bool] = mapped_column(default=False, comment="its last why names a person and nothing else")
    pfmea_ref: Mapped[str | None] = mapped_column(String(120), comment="line of the PFMEA; was the mode listed?")
    control_unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("units.id"), comment="escape: first control that should have caught it")
    edits: Mapped[int] = mapped_column(Integer, default=0, comment="of its whys: its version covers them")
    active: Mapped[bool] = mapped_column(default=True, comment="False: taken out again")

    action: Mapped[Action] = relationship(viewonly=True)
    verified_by: Mapped[Person | None] = relationship(viewonly=True)
    control_unit: Mapped[Unit | None] = relationship(viewonly=True)
    whys: Mapped[list["Why"]] = relationship(
        primaryjoin="and_(Why.cause_id == Cause.id, Why.position > 0)", order_by="Why.position", viewonly=True)
    tasks: Mapped[list["Task"]] = relationship(order_by="Task.id", viewonly=True)

    __table_args__ = (CheckConstraint("contribution_percent IS NULL OR contribution_percent BETWEEN 0 AND 100",
                                      name="contribution"),)


class Why(Record):
    """One why of a cause's chain, with its evidence."""

    __tablename__ = "whys"

    cause_id: Mapped[int] = mapped_column(ForeignKey("causes.id"), index=True)
    position: Mapped[int] = mapped_column(Integer, comment="from 1; 0: taken out again")
    text: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[str | None] = mapped_column(String(500))

    cause: Mapped[Cause] = relationship(viewonly=True)


class Task(Record):
    """Something that somebody has to do by a time: contain, correct, prevent, update, look elsewhere."""

    __tablename__ = "tasks"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), comment="kinds and states are in rules.actions_tasks")
    state: Mapped[str] = mapped_column(String(20))
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("causes.id"), index=True, comment="cause that it answers")
    text: Mapped[str] = mapped_column(String(1000))
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    level: Mapped[str | None] = mapped_column(String(20), comment="error-proofing level of a corrective action")
    risk: Mapped[str | None] = mapped_column(String(500), comment="new failure it may bring, or why none")
    trial_pieces: Mapped[int | None] = mapped_column(Integer, comment="verified before launch on so many")
    trial_result: Mapped[str | None] = mapped_column(String(500))
    chosen_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="by the sponsor (D5); None: an option")
    chosen_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), comment="grant that allowed the choice")
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    evidence: Mapped[str | None] = mapped_column(String(1000))
    effective_from: Mapped[str | None] = mapped_column(String(120), comment="first lot or serial made with it")
    changes_process: Mapped[bool | None] = mapped_column(comment="None: not answered yet")
    change_ref: Mapped[str | None] = mapped_column(String(120), comment="customer's approval of the process change")
    returned_reason: Mapped[str | None] = mapped_column(String(500), comment="why it was sent back last")
    dropped_reason: Mapped[str | None] = mapped_column(String(500))
    rungs: Mapped[int] = mapped_column(Integer, default=0, comment="rungs climbed because it was overdue")
    escalated_at: Mapped[datetime | None] = mapped_column(UtcTime)

    action: Mapped[Action] = relationship(viewonly=True)
    cause: Mapped[Cause | None] = relationship(viewonly=True)
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id], viewonly=True)
    chosen_by: Mapped[Person | None] = relationship(foreign_keys=[chosen_by_id], viewonly=True)
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id], viewonly=True)

    __table_args__ = (Index("ix_tasks_owner", "owner_id", "state", "due_at"), Index("ix_tasks_due", "state", "due_at"))


class DocumentUpdate(Record):
    """The answer for one class of document (D7): revised from x to y, or not affected and why (R-28)."""

    __tablename__ = "document_updates"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
    document: Mapped[str] = mapped_column(String(20), comment="classes are in rules.actions_documents")
    affected: Mapped[bool | None] = mapped_column(comment="None: not answered yet")
    reference: Mapped[str | None] = mapped_column(String(120))
    rev_before: Mapped[str | None] = mapped_column(String(20))
    rev_after: Mapped[str | None] = mapped_column(String(20))
    standard_id: Mapped[int | None] = mapped_column(
        ForeignKey("standards.id"), comment="control plan: the acceptance standard's new revision")
    reason: Mapped[str | None] = mapped_column(String(500), comment="why it is not affected")
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    standard: Mapped[Standard | None] = relationship(viewonly=True)
    answered_by: Mapped[Person | None] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("action_id", "document"),)


class ReadAcross(Record):
    """A similar line, item or site for which it was asked whether the same can happen there (D7)."""

    __tablename__ = "read_acrosses"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    note: Mapped[str | None] = mapped_column(String(500))
    applies: Mapped[bool | None] = mapped_column(comment="None: not answered yet")
    reason: Mapped[str | None] = mapped_column(String(500))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), comment="what is done there, where it applies")
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    active: Mapped[bool] = mapped_column(default=True)

    site: Mapped[Site | None] = relationship(viewonly=True)
    unit: Mapped[Unit | None] = relationship(viewonly=True)
    item: Mapped[Item | None] = relationship(viewonly=True)
    task: Mapped[Task | None] = relationship(viewonly=True)
    answered_by: Mapped[Person | None] = relationship(viewonly=True)


class Lesson(Record):
    """What was learnt from an action, kept to be found again."""

    __tablename__ = "lessons"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(4000))
    written_on: Mapped[date] = mapped_column(Date)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    search_text: Mapped[str] = mapped_column(Text, default="")

    action: Mapped[Action] = relationship(viewonly=True)
    written_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "year", "serial"), Index("ix_lessons_site", "site_id", "id"))
