"""How a record from a tablet is taken (protocol A): once, byte for byte, with the rejection made of it in one commit.

A record that can be read is never refused: what is odd about it is named for a person to look at.
"""

from dataclasses import dataclass, replace

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.db.bulk import add_now
from qms.db.prepared import Prepared
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake, IntakeConflict
from qms.rules import rejections_intake as rules
from qms.rules.devices import KnownDevice
from qms.rules.rejections_intake_body import Sent
from qms.workflows.accounts_devices_incidents import open_incident
from qms.workflows.rejections_intake_authors import Author
from qms.workflows.rejections_intake_photos import attach_those_of
from qms.workflows.rejections_intake_repair import repaired
from qms.workflows.rejections_intake_turns import take_turn
from qms.workflows.rejections_report import report

_BEFORE = Prepared(select(Intake.sha256).select_from(Rejection).outerjoin(Intake, Intake.rejection_id == Rejection.id)
                   .where(Rejection.client_id == bindparam("client_id", type_=String)))
"""The hash of what was taken under an id; a row of None where the interface recorded it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a body: a new record, the one taken before, or a conflict with that one."""

    is_new: bool
    conflict: IntakeConflict | None = None


def receive(session: Session, author: Author, device: KnownDevice, client_id: str, *, body: str, sha256: str,
            sent: Sent) -> Taken:
    """Take the body of a record that `device` sends: the first under an id makes a rejection, the same again nothing.

    Another body under an id that was taken is kept beside the first. Raises Doubled when two came at the same moment:
    the same call again then finds the first.
    """
    take_turn(session, client_id)
    before = _BEFORE.rows(session.connection(), {"client_id": client_id})
    if before == [(sha256,)]:
        return Taken(is_new=False)
    if before:
        return Taken(is_new=False, conflict=_conflict(session, device, client_id, body, sha256))
    at = now(session)
    found_at, odd = rules.found_at(sent.device_time, sent.skew_ms, at)
    made = repaired(session, device, sent)
    permitted = author.actor.may("rejections.report", site_id=device.site_id, unit_path=made.found_path)
    if "late" in odd:
        acted(session, "R-48")
    rejection = report(session, replace(author.actor, everything=True), source="station", found_at=found_at,
                       client_id=client_id, content_hash=sha256, **made.fields)
    codes = {*odd, *made.codes, *author.codes}
    if author.person_id is not None and not permitted:
        codes.add("not_permitted")
    if not attach_those_of(session, rejection, client_id, sent.photos):
        codes.add("other_photo")
    add_now(session, Intake(
        client_id=client_id, sha256=sha256, body=body, device_id=author.made_on, device_seq=sent.device_seq,
        version=sent.version, app_version=sent.app_version, author_id=author.person_id, author_auth=author.auth,
        device_time=sent.device_time, received_at=rejection.received_at, skew_ms=sent.skew_ms, photos=len(sent.photos),
        review=rules.joined(codes), rejection_id=rejection.id))
    return Taken(is_new=True)


def _conflict(session: Session, device: KnownDevice, client_id: str, body: str, sha256: str) -> IntakeConflict:
    """Keep another body under a known id, once, and have somebody compare the two."""
    held = session.scalar(select(IntakeConflict).where(
        IntakeConflict.client_id == client_id, IntakeConflict.sha256 == sha256))
    if held is None:
        held = IntakeConflict(client_id=client_id, sha256=sha256, body=body, device_id=device.id,
                              received_at=now(session))
        session.add(held)
        open_incident(session, device.id, "conflict", count=1, detail=client_id)
    return held
