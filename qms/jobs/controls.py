"""Lets missed reviews of bypasses be noticed by the clock, on whichever node is first."""

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import controls_clock


def notice_missed(database: Database) -> None:
    """Record what nobody looked at. Asks first, and writes only when there is something to record."""
    with database.reading() as session:
        if not controls_clock.is_due(session, utc_now()):
            return
    with database.transaction(SYSTEM, "controls.notice_missed") as session:
        controls_clock.notice_missed(session)


TICKS = (Tick(60.0, notice_missed),)
