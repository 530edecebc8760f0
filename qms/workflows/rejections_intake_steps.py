"""What a leader does with a record from a tablet at the desk: looks it through, countersigns it. Knows no page.

What has to be changed in the rejection is changed there, by a correction with its reason.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Unit
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound, Stale
from qms.rules.rejections_intake import asks
from qms.workflows.rejections_records import sees

REVIEW = "rejections.review"


def review(session: Session, person: Actor, intake_id: int, rev: int) -> Intake:
    """Say that one has looked a record through; what one did about it is the reason of this change in the trail.

    Raises Stale, IllegalStep, NotAllowed, NotFound.
    """
    intake = locked(session, person, intake_id)
    need_review(session, person, intake)
    _check_version(intake, rev)
    if not waits(intake):
        raise IllegalStep("This record does not wait for a review.", "该记录无须复核。")
    mark_reviewed(session, person, intake)
    return intake


def countersign(session: Session, person: Actor, intake_id: int, rev: int) -> Intake:
    """Vouch, as a leader who asked the author, for a record that was made offline in the author's name.

    The author confirms it themselves, not here. Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    intake = locked(session, person, intake_id)
    need_review(session, person, intake)
    _check_version(intake, rev)
    if not is_unconfirmed(intake):
        raise IllegalStep("This record does not wait to be confirmed.", "该记录无须确认。")
    if intake.author_id == person.id:
        raise Invalid("You made this record: confirm it as its author.", "您是作者: 请以作者身份确认。")
    intake.confirmed_by_id, intake.confirmed_at = person.id, now(session)
    session.flush()
    return intake


def mark_reviewed(session: Session, person: Actor, intake: Intake) -> None:
    """Note who has looked a record through."""
    intake.reviewed_by_id, intake.reviewed_at = person.id, now(session)
    session.flush()


def of_rejection(session: Session, rejection_id: int) -> Intake | None:
    """Return the record that a rejection was made of, to be changed; None when it did not come from a tablet."""
    return session.scalar(select(Intake).where(Intake.rejection_id == rejection_id).with_for_update())


def waits(intake: Intake) -> bool:
    """Tell whether somebody still has to look a record through."""
    return asks(intake.review) and intake.reviewed_at is None


def is_unconfirmed(intake: Intake) -> bool:
    """Tell whether a record made offline in somebody's name waits for them, or for their leader."""
    return intake.author_auth == "offline-badge" and intake.author_id is not None and intake.confirmed_at is None


def locked(session: Session, person: Actor, intake_id: int) -> Intake:
    """Return a record that no one else changes meanwhile. Raises NotFound."""
    intake = session.get(Intake, intake_id, with_for_update=True)
    if intake is None or not sees(person, session.get_one(Rejection, intake.rejection_id).site_id):
        raise NotFound
    return intake


def need_review(session: Session, person: Actor, intake: Intake) -> None:
    """Raise NotAllowed unless the person looks records through where this one was found."""
    rejection = session.get_one(Rejection, intake.rejection_id)
    person.need(REVIEW, site_id=rejection.site_id, unit_path=session.get_one(Unit, rejection.found_unit_id).path)


def _check_version(intake: Intake, rev: int) -> None:
    if intake.rev != rev:
        raise Stale({}, {})
