"""Lets overdue complaints climb, and those that nobody confirmed close without answer, on whichever node is first."""

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import service_complaints_clock as clock
from qms.workflows import service_complaints_confirming as confirming


def climb(database: Database) -> None:
    """Move on what is overdue. Asks first, and writes only when there is something to do."""
    while found := _due(database):
        with database.transaction(SYSTEM, "service.climb") as session:
            moved = clock.escalate(session, found)
        if not moved:
            return


def lapse(database: Database) -> None:
    """Close what nobody confirmed. Asks first, and writes only when there is something to close."""
    with database.reading() as session:
        if not confirming.silent(session, utc_now()):
            return
    with database.transaction(SYSTEM, "service.lapse") as session:
        confirming.lapse(session)


def _due(database: Database) -> list[int]:
    with database.reading() as session:
        return clock.due(session, utc_now())


TICKS = (Tick(30.0, climb), Tick(60.0, lapse))
