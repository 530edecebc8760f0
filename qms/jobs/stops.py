"""Lets the clock of calls and stops run in real time, on whichever node is first: rungs raised, windows ended."""

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import stops


def escalate(database: Database) -> None:
    """Move on what is due. Asks one cheap question first, and writes only when there is something to do."""
    while _is_due(database):
        with database.transaction(SYSTEM, "stops.escalate") as session:
            moved = stops.escalate(session)
        if not moved:
            return


def _is_due(database: Database) -> bool:
    with database.reading() as session:
        return stops.is_due(session, utc_now())


TICKS = (Tick(2.0, escalate),)
