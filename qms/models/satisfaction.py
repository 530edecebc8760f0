"""Holds surveys: question sets, whom a survey asks about what, and the tables that were published.

Answers are in models.satisfaction_answers, apart from all of this.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Link, Site, Unit


class QuestionSet(Record):
    """One version of the questions of a kind of survey. It never changes: other wording is another version."""

    __tablename__ = "question_sets"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str] = mapped_column(String(20), comment="internal or customers")
    version: Mapped[int] = mapped_column(Integer)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    importance: Mapped[bool] = mapped_column(default=True, comment="each rating also asks how important it is")
    change_reason: Mapped[str | None] = mapped_column(String(500), comment="None: the first version")
    drafted_at: Mapped[datetime] = mapped_column(UtcTime)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    site: Mapped[Site] = relationship(viewonly=True)
    drafted_by: Mapped[Person] = relationship(viewonly=True)
    questions: Mapped[list["SurveyQuestion"]] = relationship(order_by="SurveyQuestion.position", viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "kind", "version"),)


class SurveyQuestion(Record):
    """One question of one version. Its code is the same in every version, whatever the wording."""

    __tablename__ = "survey_questions"

    set_id: Mapped[int] = mapped_column(ForeignKey("question_sets.id"))
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    text_zh: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300))

    __table_args__ = (UniqueConstraint("set_id", "position"), UniqueConstraint("set_id", "code"))


class Survey(Record):
    """A survey of links or of outside customers. States are in rules.satisfaction."""

    __tablename__ = "surveys"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="of the number")
    serial: Mapped[int] = mapped_column(Integer, comment="of the number, gap-free per site and year")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20), comment="internal or customers")
    set_id: Mapped[int] = mapped_column(ForeignKey("question_sets.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(20))
    opens_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date] = mapped_column(Date)
    threshold: Mapped[int] = mapped_column(Integer, comment="fewest answers behind a figure that is shown (R-37)")
    attributed: Mapped[bool] = mapped_column(
        default=False, comment="customers were told that their company's name stands with its answers")
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    scrubbed_at: Mapped[datetime | None] = mapped_column(
        UtcTime, comment="names last taken out of comments; what they were is kept nowhere")
    scrubbed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answer_count: Mapped[int | None] = mapped_column(Integer, comment="answers when it closed; None: not closed")
    seal: Mapped[str | None] = mapped_column(
        String(64), comment="SHA-256 of all answers with their random keys at its close; publishing works it out again")
    decision: Mapped[str | None] = mapped_column(Text, comment="what is done about the results")

    site: Mapped[Site] = relationship(viewonly=True)
    questions: Mapped[QuestionSet] = relationship(viewonly=True)
    published_by: Mapped[Person | None] = relationship(foreign_keys=[published_by_id], viewonly=True)
    targets: Mapped[list["SurveyTarget"]] = relationship(order_by="SurveyTarget.id", viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "year", "serial"),
                      CheckConstraint("threshold >= 3", name="threshold"),
                      Index("ix_surveys_site", "site_id", "id"),
                      Index("ix_surveys_kind", "site_id", "kind", "state", "id"),
                      Index("ix_surveys_state", "site_id", "state", "closes_on"))


class SurveyTarget(Record):
    """What a survey asks about: a link, or an outside customer; and how many people are invited to answer."""

    __tablename__ = "survey_targets"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"), comment="None: an outside customer")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="outside customer; None: a link")
    places: Mapped[int] = mapped_column(Integer, comment="people invited by a token link")
    kiosk_places: Mapped[int] = mapped_column(Integer, default=0, comment="people invited at a kiosk")
    responded: Mapped[int | None] = mapped_column(Integer, comment="answers when it closed; None: not closed")
    active: Mapped[bool] = mapped_column(default=True)

    link: Mapped[Link | None] = relationship(viewonly=True)
    unit: Mapped[Unit | None] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("survey_id", "link_id"), UniqueConstraint("survey_id", "unit_id"),
                      CheckConstraint("(link_id IS NULL) <> (unit_id IS NULL)", name="one_thing"))

    @property
    def invited(self) -> int:
        """Return how many people were invited, whichever way."""
        return self.places + self.kiosk_places


class SurveyResult(Record):
    """What was published of one group of answers. Frozen: counts by question, null where they are hidden."""

    __tablename__ = "survey_results"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    grouping: Mapped[str] = mapped_column(String(20), comment="total, workshop, provider, customer, link or outside")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), comment="None: the total or a link")
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"), comment="None: not a link")
    invited: Mapped[int] = mapped_column(Integer)
    responded: Mapped[int] = mapped_column(Integer)
    figures: Mapped[dict[str, Any]] = mapped_column(
        JSON, comment="code -> {counts: answers by value, dk: don't know} or null where hidden; code.w: importance")

    survey: Mapped[Survey] = relationship(viewonly=True)
    unit: Mapped[Unit | None] = relationship(viewonly=True)
    link: Mapped[Link | None] = relationship(viewonly=True)

    __table_args__ = (Index("ix_survey_results_survey", "survey_id", "grouping"),
                      Index("ix_survey_results_unit", "unit_id", "grouping"),
                      Index("ix_survey_results_link", "link_id"))


class SurveyComment(Record):
    """A comment as it was published, names taken out, in no order."""

    __tablename__ = "survey_comments"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    grouping: Mapped[str] = mapped_column(String(20), comment="of the smallest group with enough answers")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"))
    text: Mapped[str] = mapped_column(String(1000))

    unit: Mapped[Unit | None] = relationship(viewonly=True)
    link: Mapped[Link | None] = relationship(viewonly=True)
