"""Lets complaints that nobody confirmed be closed as without answer by the clock, on whichever node is first."""

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import service_complaints_confirming as confirming


def lapse(database: Database) -> None:
    """Close what nobody confirmed. Asks first, and writes only when there is something to close."""
    with database.reading() as session:
        if not confirming.silent(session, utc_now()):
            return
    with database.transaction(SYSTEM, "service.lapse") as session:
        confirming.lapse(session)


TICKS = (Tick(60.0, lapse),)
