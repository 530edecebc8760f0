"""Lets late requests climb and silence close without an answer, on whichever node is first."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import service_requests_clock as clock


def climb(database: Database) -> None:
    """Move on what is late. Asks first, and writes only when there is something to do."""
    while found := _asked(database, clock.due):
        with database.transaction(SYSTEM, "service.escalate") as session:
            moved = clock.escalate(session, found)
        if not moved:
            return


def lapse(database: Database) -> None:
    """Close what nobody answered. Asks first, and writes only when there is something to do."""
    while found := _asked(database, clock.silent):
        with database.transaction(SYSTEM, "service.lapse") as session:
            closed = clock.lapse(session, found)
        if not closed:
            return


def _asked(database: Database, question: Callable[[Session, datetime], list[int]]) -> Sequence[int]:
    with database.reading() as session:
        return question(session, utc_now())


TICKS = (Tick(30.0, climb), Tick(300.0, lapse))
