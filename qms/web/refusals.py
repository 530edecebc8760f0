"""Counts how often each rule blocked or warned; must not know why."""

from qms.db.rule_counts import count_rule
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
            count_rule(session, error.rule, outcome, utc_now().date())
