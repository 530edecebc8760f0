"""Lets overdue steps and tasks climb in real time, on whichever node is first."""

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows.actions_escalation import Overdue, due, escalate


def climb(database: Database) -> None:
    """Move on what is overdue. Asks first, and writes only when there is something to do."""
    while found := _due(database):
        with database.transaction(SYSTEM, "actions.escalate") as session:
            moved = escalate(session, found)
        if not moved:
            return


def _due(database: Database) -> list[Overdue]:
    with database.reading() as session:
        return due(session, utc_now())


TICKS = (Tick(30.0, climb),)
