"""Gives the demo plant's people their training, one of it run out and one about to; must not know what they do."""

from datetime import datetime, timedelta

from qms.db import Database
from qms.demo.founding import Founded
from qms.models.chain import Site
from qms.rules.accounts import SYSTEM
from qms.workflows import chain
from qms.workflows.accounts_qualifications import give

TRAINED_DAYS_BEFORE = 160
LEADERS = ("leader", "leader-b", "leader-u", "leader-l", "leader-e", "delegate")
INSPECTORS = ("inspect-in", "inspect-1", "inspect-2", "delegate", "engineer", "quality-manager")
LASTING_DAYS: dict[tuple[str, str], int] = {("leader-u", "containment"): -12, ("inspect-2", "inspection"): 18}
"""Until how many days from the demo's end training lasts; what is not named lasts for a year from then."""

HELD = (*((login, kind) for login in LEADERS for kind in ("containment", "rework", "error_proofing")),
        *((login, "inspection") for login in INSPECTORS), ("engineer", "containment"), ("engineer", "error_proofing"))


def add_qualifications(database: Database, founded: Founded, at: datetime, until: datetime) -> None:
    """Record who is trained for what, on the day on which the plant begins."""
    trained_on = at.date() - timedelta(days=TRAINED_DAYS_BEFORE)
    with database.transaction(SYSTEM, "accounts.qualify", clock=lambda: at) as session:
        for position, (login, kind) in enumerate(HELD, start=1):
            lasting = until.date() + timedelta(days=LASTING_DAYS.get((login, kind), 365))
            give(session, SYSTEM, founded.people[login].id, kind=kind, trained_on=trained_on,
                 trainer="培训中心 Training centre", evidence_ref=f"TR-{position:03}", valid_to=lasting)


def begin_to_warn(database: Database, founded: Founded, at: datetime) -> None:
    """Let the site warn from now on where a qualification is missing (R-51)."""
    with database.transaction(SYSTEM, "chain.edit_site", clock=lambda: at) as session:
        site = session.get_one(Site, founded.site)
        chain.edit_site(session, SYSTEM, site.id, site.rev, qualification="warn")
