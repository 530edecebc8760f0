"""Has the demo plant's trail reviewed once, and a role delegated for a holiday to come, on the demo's last day.

Must not know how an entry is stored.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qms.db import Database
from qms.demo.founding import Founded
from qms.demo.units import ZONE
from qms.rules.trail_reviews import REVIEW_DAYS
from qms.workflows import accounts_delegating, trail_reviews
from qms.workflows.trail_search import Filter

REVIEWER, DEPUTY = "quality-manager", "engineer"
FOUND = ("两次更正只写了“改错”作为原因, 已在班前会说明。 Two corrections gave no other reason than a slip; told at the "
         "start of the shift.")
AWAY_IN_DAYS, BACK_IN_DAYS = 3, 10


def supervise(database: Database, founded: Founded, at: datetime) -> None:
    """Review the last month of the trail, and delegate a role for some days that are to come."""
    person, today = founded.people[REVIEWER], at.astimezone(ZoneInfo(ZONE)).date()
    last_month = Filter(first=today - timedelta(days=REVIEW_DAYS), last=today, zone=ZONE)
    with database.transaction(person, "trail.review", clock=lambda: at) as session:
        trail_reviews.review(session, person, last_month, "", finding="found", said=FOUND,
                             next_due_on=today + timedelta(days=REVIEW_DAYS))
    with database.transaction(person, "accounts.delegate", "年假 Holiday", clock=lambda: at) as session:
        accounts_delegating.delegate(
            session, person, person.grants[0].id, founded.people[DEPUTY].id, reason="年假 Holiday",
            starts_on=today + timedelta(days=AWAY_IN_DAYS), ends_on=today + timedelta(days=BACK_IN_DAYS))
