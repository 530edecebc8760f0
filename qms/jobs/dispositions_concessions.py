"""Lets concessions begin and end by the days of their sites, on whichever node is first."""

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import dispositions_concessions_clock as clock


def run(database: Database) -> None:
    """Begin and end what is due. Asks one small question first, and writes only when there is something to do."""
    with database.reading() as session:
        if not clock.is_due(session, utc_now()):
            return
    with database.transaction(SYSTEM, "dispositions.run_concessions") as session:
        clock.run(session)


TICKS = (Tick(30.0, run),)
