"""Holds the versions of the rule by which customers are graded, and every grade with how it came."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record, UtcTime
from qms.models.accounts import Person


class CustomerGradeRule(Record):
    """One version of a site's rule; the newest whose first day has come is in force."""

    __tablename__ = "customer_grade_rules"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    version: Mapped[int] = mapped_column(Integer, comment="from 1, gap-free per site")
    effective_on: Mapped[date] = mapped_column(Date)
    sales_weight: Mapped[int] = mapped_column(Integer, comment="percent; the four weights make 100")
    strategic_weight: Mapped[int] = mapped_column(Integer)
    risk_weight: Mapped[int] = mapped_column(Integer)
    complaints_weight: Mapped[int] = mapped_column(Integer)
    key_share_percent: Mapped[int] = mapped_column(Integer, comment="share of sales that makes class 1, full points")
    full_complaints: Mapped[int] = mapped_column(Integer, comment="complaints in 12 months that make full points")
    a_from: Mapped[int] = mapped_column(Integer, comment="points from which the grade is A")
    b_from: Mapped[int] = mapped_column(Integer, comment="points from which the grade is B")
    reason: Mapped[str | None] = mapped_column(String(500), comment="why this version; None: the first")
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(UtcTime)

    set_by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "version"),
                      CheckConstraint("sales_weight + strategic_weight + risk_weight + complaints_weight = 100",
                                      name="weights"))


class CustomerGrade(Record):
    """A grade that a customer got: by the rule with its points, or against it with a reason."""

    __tablename__ = "customer_grades"

    customer_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("customer_grade_rules.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    share_percent: Mapped[int | None] = mapped_column(Integer)
    strategic: Mapped[bool] = mapped_column()
    risk: Mapped[str | None] = mapped_column(String(10))
    complaints: Mapped[int] = mapped_column(Integer, comment="counted in the 12 months before")
    points: Mapped[int | None] = mapped_column(Integer, comment="weighted, 0 to 100; None: something is not known")
    grade_by_rule: Mapped[str | None] = mapped_column(String(1), comment="None: something is not known")
    grade: Mapped[str | None] = mapped_column(String(1), comment="that holds")
    override_reason: Mapped[str | None] = mapped_column(String(500), comment="None: the grade is the rule's")

    rule: Mapped[CustomerGradeRule] = relationship(viewonly=True)
    by: Mapped[Person] = relationship(viewonly=True)

    __table_args__ = (Index("ix_customer_grades_customer", "customer_id", "id"),
                      CheckConstraint("grade = grade_by_rule OR override_reason IS NOT NULL "
                                      "OR (grade IS NULL AND grade_by_rule IS NULL)", name="override"))
