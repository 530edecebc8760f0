"""Knows how often each rule blocked or acted; must not know why."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qms.models.trail import RuleCount
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import NeedsReason, Refused, RuleError
from qms.web.requests import close_reading, database


def count_refusal(error: RuleError) -> None:
    """Count a named rule's refusal, after its transaction has been rolled back."""
    if isinstance(error, Refused):
        close_reading()
        outcome = "warned" if isinstance(error, NeedsReason) else "blocked"
        with database().transaction(SYSTEM, "trail.count_rule") as session:
            add_count(session, error.rule, outcome, utc_now().date())


def add_count(session: Session, rule: str, outcome: str, day: date) -> None:
    """Add one to a rule's count of the day."""
    where = (RuleCount.rule == rule) & (RuleCount.outcome == outcome) & (RuleCount.day == day)
    if session.execute(select(RuleCount.times).where(where)).first() is None:
        session.add(RuleCount(rule=rule, outcome=outcome, day=day, times=1))
    else:
        session.execute(update(RuleCount).where(where).values(times=RuleCount.times + 1),
                        execution_options={"synchronize_session": False})
