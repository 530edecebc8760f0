"""Makes checkpoints of the trail as the clock asks for them, on whichever node is first, and mails one a day."""

import base64

import structlog

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.settings import Settings
from qms.workflows import trail_checkpoints as checkpoints
from qms.workflows import trail_checkpoints_mail as mail

log = structlog.get_logger()


def make_due(database: Database, settings: Settings | None = None) -> None:
    """Make a checkpoint when the trail has grown for a quarter of an hour, or a shift has ended."""
    with database.reading() as session:
        if not checkpoints.is_due(session, utc_now()):
            return
    checkpoints.make(database, (settings or Settings()).signing_seed(), "clock")


def under(database: Database, seed: bytes | None) -> tuple[int, str] | None:
    """Make a checkpoint for an export to name: how many entries, and the root in base64. None without a key."""
    made = checkpoints.make(database, seed, "export") if seed else None
    return None if made is None else (made.size, base64.b64encode(made.root).decode())


def make_at_the_end(database: Database, settings: Settings) -> None:
    """Make the last checkpoint of a process that ends; what fails is logged, for it ends anyway."""
    try:
        made = checkpoints.make(database, settings.signing_seed(), "shutdown")
    except Exception as error:
        log.error("no checkpoint at the end", exc_info=error)
    else:
        log.info("checkpoint", size=made.size if made else 0)


def mail_newest(database: Database, settings: Settings | None = None) -> None:
    """Write the day's mail with the newest checkpoint, where the setting names somebody."""
    address = (settings or Settings()).checkpoint_mail
    if not address:
        return
    with database.reading() as session:
        if not mail.is_due(session, address, utc_now()):
            return
    with database.transaction(SYSTEM, "trail.mail_checkpoint") as session:
        mail.post(session, address)


TICKS = (Tick(60.0, make_due), Tick(600.0, mail_newest))
