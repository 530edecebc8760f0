"""What a tablet sent that could not be read as a record: kept as it came, listed, given out again. Decides nothing."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload

from qms.db import now
from qms.models.accounts_devices import Device
from qms.models.rejections_intake import IntakeUnparsed
from qms.rules.accounts import Actor
from qms.rules.devices import KnownDevice
from qms.rules.errors import NotFound, RuleError
from qms.rules.rejections_intake import LARGEST_BODY, MOST_UNPARSED_A_DAY
from qms.workflows.rejections_intake_conflicts import at_sites
from qms.workflows.rejections_intake_incidents import count_incident

REVIEW = "rejections.review"
SHOWN = 100
_DAY = timedelta(days=1)


def keep_unparsed(session: Session, device: KnownDevice, client_id: str, body: bytes, sha256: str,
                  error: RuleError) -> None:
    """Keep bytes that are no record, once, at most 64 KiB of each and 100 a day of a tablet; have somebody look.

    `sha256` is that of all the bytes that came.
    """
    known = session.scalar(select(IntakeUnparsed.id).where(
        IntakeUnparsed.device_id == device.id, IntakeUnparsed.sha256 == sha256))
    if known is not None:
        return
    at = now(session)
    today = session.scalar(select(func.count()).where(
        IntakeUnparsed.device_id == device.id, IntakeUnparsed.received_at > at - _DAY)) or 0
    if today < MOST_UNPARSED_A_DAY:
        session.add(IntakeUnparsed(client_id=client_id, device_id=device.id, sha256=sha256, body=body[:LARGEST_BODY],
                                   error=error.words.en[:500], received_at=at))
    count_incident(session, device.id, "unparsed", f"{client_id} {error.words.en}")


def unparsed(session: Session, person: Actor) -> Sequence[IntakeUnparsed]:
    """Return what could not be read at the sites where the person looks records through, newest first, without bytes.

    Raises NotAllowed.
    """
    person.need(REVIEW)
    return session.scalars(
        select(IntakeUnparsed).join(Device, Device.id == IntakeUnparsed.device_id).where(*at_sites(person, REVIEW))
        .options(joinedload(IntakeUnparsed.device), defer(IntakeUnparsed.body))
        .order_by(IntakeUnparsed.id.desc()).limit(SHOWN)).all()


def unparsed_bytes(session: Session, person: Actor, unparsed_id: int) -> IntakeUnparsed:
    """Return what could not be read, with its bytes. Raises NotAllowed, NotFound."""
    found = session.get(IntakeUnparsed, unparsed_id, options=[joinedload(IntakeUnparsed.device)])
    if found is None:
        raise NotFound
    person.need(REVIEW, site_id=found.device.site_id)
    return found
