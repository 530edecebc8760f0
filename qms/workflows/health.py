"""Whether this node can do its work, and the few counts that an operator watches. Knows no request and no name."""

import contextlib
import os
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from qms.db import checkpoints
from qms.db.ledger import entry_hash, ledger
from qms.db.upgrade import head
from qms.models.accounts_devices import Device, DeviceContact, DeviceIncident
from qms.models.health import Proof
from qms.models.jobs import Job
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake, IntakeConflict
from qms.rules.clock import utc_now


def schema_fault(session: Session) -> str | None:
    """Return what is wrong with the database's schema; None when it is this version's."""
    known = session.scalar(text("SELECT version_num FROM alembic_version"))
    return None if known == head() else "not at this version's schema; run qms upgrade"


def photos_fault(folder: Path) -> str | None:
    """Return why a photo could not be stored for good; None when one can. Writes a file and takes it away again."""
    probe = folder / f".ready-{secrets.token_hex(8)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with probe.open("xb") as file:
            file.write(b"ready")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return f"not writable: {error.strerror}"
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)
    return None


def trail_fault(session: Session) -> str | None:
    """Return what is wrong with the end of the trail; None when its newest entry is as it was written."""
    last = session.execute(select(ledger.c.seq, ledger.c.prev, ledger.c.hash, ledger.c.entry)
                           .order_by(ledger.c.seq.desc()).limit(1)).first()
    if last is None:
        return "not begun; run qms upgrade"
    is_whole = entry_hash(bytes(last.prev), last.seq, bytes(last.entry)) == bytes(last.hash)
    return None if is_whole else "the newest entry is not as it was written; run qms verify"


def try_to_write(session: Session) -> None:
    """Write a row; whoever asked takes it back."""
    session.add(Proof(kind=f"try-{secrets.token_hex(8)}", at=utc_now(), good=False, told=""))
    session.flush()


def disk_fault(folder: Path, least_percent: int, least_mib: int) -> str | None:
    """Return how little room is left; None when there is enough."""
    try:
        room = shutil.disk_usage(folder)
    except OSError as error:
        return f"cannot be asked: {error.strerror}"
    free = 100 * room.free // room.total
    if free < least_percent:
        return f"{free} % free, less than {least_percent} %"
    mib = room.free >> 20
    return None if mib >= least_mib else f"{mib} MiB free, less than {least_mib} MiB"


def jobs_by_state(session: Session) -> dict[str, int]:
    """Count the jobs in each state."""
    return {row[0]: row[1] for row in session.execute(select(Job.state, func.count()).group_by(Job.state))}


def waiting_on_tablets(session: Session) -> tuple[int, int]:
    """Return how many records wait in tablets, and in how many tablets, as these said when last heard."""
    n, records = session.execute(select(func.count(), func.coalesce(func.sum(DeviceContact.waiting), 0))
                                 .join(Device, Device.id == DeviceContact.device_id)
                                 .where(DeviceContact.waiting > 0, Device.revoked_at.is_(None))).one()
    return int(records), n


def numbers_missing(session: Session) -> int:
    """Count the numbers that tablets gave and that are neither here nor there, as open incidents name them."""
    return session.scalar(select(func.coalesce(func.sum(DeviceIncident.count), 0)).where(
        DeviceIncident.kind == "gap", DeviceIncident.closed_at.is_(None))) or 0


def captures(session: Session) -> tuple[int, int]:
    """Return how many records of tablets were taken, and how many others came under an id that was taken before."""
    return (session.scalar(select(func.count()).select_from(Intake)) or 0,
            session.scalar(select(func.count()).select_from(IntakeConflict)) or 0)


def checkpoint_seconds(session: Session, at: datetime) -> float | None:
    """Return how old the newest checkpoint is; None when there is none."""
    held = checkpoints.newest(session.connection())
    return (at - held.at).total_seconds() if held is not None and isinstance(held.at, datetime) else None


def ledger_size(session: Session) -> int:
    """Return how many entries the trail has."""
    return session.scalar(select(func.max(ledger.c.seq))) or 0


def rejections_of_the_last_day(session: Session) -> int:
    """Count the rejections received in the last 24 hours."""
    since = utc_now() - timedelta(hours=24)
    return session.scalar(select(func.count()).select_from(Rejection).where(Rejection.received_at > since)) or 0
