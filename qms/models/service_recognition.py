"""Holds recognition for solved causes and honest self-reports, and suggestions with what became of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.actions import Action
from qms.models.chain import Site, Unit
from qms.models.rejections import Rejection


class Recognition(Record):
    """A unit, or a person who agreed, is recognised. Never with money. States are in rules.service_recognition."""

    __tablename__ = "recognitions"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    honoured_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="None: the unit as a whole")
    consented_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: has not agreed to be named")
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"), comment="case whose cause was solved")
    rejection_id: Mapped[int | None] = mapped_column(ForeignKey("rejections.id"), comment="the self-report")
    reason: Mapped[str] = mapped_column(String(500))
    points: Mapped[int | None] = mapped_column(Integer, comment="None: none given; points are never money")
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))

    site: Mapped[Site] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)
    honoured: Mapped[Person | None] = relationship(foreign_keys=[honoured_id], viewonly=True)
    action: Mapped[Action | None] = relationship(viewonly=True)
    rejection: Mapped[Rejection | None] = relationship(viewonly=True)
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id], viewonly=True)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id], viewonly=True)

    __table_args__ = (CheckConstraint("points IS NULL OR points BETWEEN 0 AND 100", name="points"),
                      Index("ix_recognitions_site_state", "site_id", "state", "id"))


class Suggestion(Record):
    """An idea to do something better, its evaluation and its outcome, told back to who had it."""

    __tablename__ = "suggestions"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True, comment="that the idea is about")
    idea: Mapped[str] = mapped_column(Text)
    benefit: Mapped[str | None] = mapped_column(String(500))
    filed_at: Mapped[datetime] = mapped_column(UtcTime)
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    evaluated_at: Mapped[datetime | None] = mapped_column(UtcTime)
    evaluated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    evaluation: Mapped[str | None] = mapped_column(String(500), comment="why it was adopted, tried or not")
    outcome: Mapped[str | None] = mapped_column(String(500), comment="what it brought")

    site: Mapped[Site] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)
    filed_by: Mapped[Person] = relationship(foreign_keys=[filed_by_id], viewonly=True)
    evaluated_by: Mapped[Person | None] = relationship(foreign_keys=[evaluated_by_id], viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "year", "serial"),
                      Index("ix_suggestions_site_state", "site_id", "state", "id"))
