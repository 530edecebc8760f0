"""Notices tablets that fell silent with records on them, on whichever node is first."""

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import accounts_devices_incidents as incidents


def notice_silent(database: Database) -> None:
    """Open incidents for silent tablets. Asks one small question first, and writes only when there is one."""
    with database.reading() as session:
        if not incidents.is_silent(session, utc_now()):
            return
    with database.transaction(SYSTEM, "accounts.contact") as session:
        incidents.notice_silent(session)


TICKS = (Tick(60.0, notice_silent),)
