"""Whether this node can do its work, and the few counts that an operator watches. Knows no request and no name."""

import contextlib
import os
import secrets
import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from qms.db.ledger import ledger
from qms.db.upgrade import head
from qms.models.accounts_devices import Device, DeviceContact
from qms.models.jobs import Job
from qms.models.rejections import Rejection
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


def disk_fault(folder: Path, least_percent: int) -> str | None:
    """Return how little room is left; None when there is enough."""
    try:
        room = shutil.disk_usage(folder)
    except OSError as error:
        return f"cannot be asked: {error.strerror}"
    free = 100 * room.free // room.total
    return None if free >= least_percent else f"{free} % free, less than {least_percent} %"


def jobs_by_state(session: Session) -> dict[str, int]:
    """Count the jobs in each state."""
    return {row[0]: row[1] for row in session.execute(select(Job.state, func.count()).group_by(Job.state))}


def waiting_on_tablets(session: Session) -> tuple[int, int]:
    """Return how many records wait in tablets, and in how many tablets, as these said when last heard."""
    n, records = session.execute(select(func.count(), func.coalesce(func.sum(DeviceContact.waiting), 0))
                                 .join(Device, Device.id == DeviceContact.device_id)
                                 .where(DeviceContact.waiting > 0, Device.revoked_at.is_(None))).one()
    return int(records), n


def ledger_size(session: Session) -> int:
    """Return how many entries the trail has."""
    return session.scalar(select(func.max(ledger.c.seq))) or 0


def rejections_of_the_last_day(session: Session) -> int:
    """Count the rejections received in the last 24 hours."""
    since = utc_now() - timedelta(hours=24)
    return session.scalar(select(func.count()).select_from(Rejection).where(Rejection.received_at > since)) or 0
