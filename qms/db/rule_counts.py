"""Knows how often each rule blocked, warned or acted on a day; must not know any rule."""

from datetime import date

from sqlalchemy import Column, Date, Integer, String, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from qms.db.base import Base

rule_counts = Table(
    "rule_counts",
    Base.metadata,
    Column("rule", String(10), primary_key=True),
    Column("outcome", String(10), primary_key=True, comment="blocked, warned or acted"),
    Column("day", Date, primary_key=True, comment="in UTC"),
    Column("times", Integer, nullable=False),
)


def count_rule(session: Session, rule: str, outcome: str, day: date) -> None:
    """Add one to a rule's count of the day."""
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(
        insert(rule_counts).values(rule=rule, outcome=outcome, day=day, times=1)
        .on_conflict_do_update(index_elements=["rule", "outcome", "day"], set_={"times": rule_counts.c.times + 1}))
