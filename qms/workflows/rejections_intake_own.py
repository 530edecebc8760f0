"""What a person who reports sees of their own records: what became of them, and those made offline to be confirmed."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.rejections import OriginStatement, Rejection
from qms.models.rejections_intake import Intake
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import IllegalStep, NotFound
from qms.rules.rejections_intake import with_code

MOST_TO_CONFIRM = 200
_UNPROVEN = "author_unproven"


def to_confirm(session: Session, person: Actor) -> Sequence[Intake]:
    """Return the records made offline, or under a sign-in that could not be proven, in this person's name."""
    query = (select(Intake).where(*claimed_by(person)).options(joinedload(Intake.rejection).options(
        joinedload(Rejection.item), joinedload(Rejection.lot), joinedload(Rejection.defect)))
        .order_by(Intake.id).limit(MOST_TO_CONFIRM))
    return session.scalars(query).all()


def claimed_by(person: Actor) -> list[ColumnElement[bool]]:
    """Return the condition that a record names this person as its author and waits for them to say so."""
    return [Intake.author_id == person.id, Intake.confirmed_at.is_(None),
            or_(Intake.author_auth == "offline-badge", Intake.review.contains(_UNPROVEN))]


def confirm_own(session: Session, person: Actor, client_id: str) -> Intake:
    """Confirm as its author that one made a record; again, nothing changes. Raises NotFound, IllegalStep."""
    intake = _own(session, person, client_id)
    if intake.confirmed_at is None:
        intake.confirmed_by_id, intake.confirmed_at = person.id, now(session)
        session.flush()
    return intake


def disown(session: Session, person: Actor, client_id: str) -> Intake:
    """Say that one did not make a record that names one: nobody is its author then, and a leader looks at it.

    Raises NotFound, and IllegalStep when it was confirmed before.
    """
    intake = _own(session, person, client_id)
    if intake.confirmed_at is not None:
        raise IllegalStep("This record was confirmed already.", "该记录已被确认。")
    intake.author_id, intake.review = None, with_code(intake.review, "author_unknown")
    intake.reviewed_at = intake.reviewed_by_id = None
    rejection = session.get_one(Rejection, intake.rejection_id, with_for_update=True)
    rejection.reported_by_id = SYSTEM.id
    for said in session.scalars(select(OriginStatement).where(
            OriginStatement.rejection_id == rejection.id, OriginStatement.person_id == person.id,
            OriginStatement.at == rejection.received_at)):
        said.person_id = SYSTEM.id
    session.flush()
    return intake


def _own(session: Session, person: Actor, client_id: str) -> Intake:
    """Return a record that names this person as its author. Raises NotFound."""
    intake = session.scalar(select(Intake).where(Intake.client_id == client_id).with_for_update())
    if intake is None or intake.author_id != person.id:
        raise NotFound
    return intake
