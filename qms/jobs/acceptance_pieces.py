"""Lets first pieces and patrols fall due by the clock, on whichever node is first."""

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import acceptance_pieces_due


def fall_due(database: Database) -> None:
    """Ask for what is due. Asks three small questions first, and writes only when there is something to do."""
    with database.reading() as session:
        if not acceptance_pieces_due.is_due(session, utc_now()):
            return
    with database.transaction(SYSTEM, "acceptance.ask_piece_check") as session:
        acceptance_pieces_due.fall_due(session)


TICKS = (Tick(15.0, fall_due),)
