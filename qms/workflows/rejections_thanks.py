"""How somebody who acted on a report thanks whoever made it: the best reason to report again. Knows no page."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Thanks
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import IllegalStep, Invalid
from qms.workflows.rejections_records import locked

THANK = "rejections.contain"


def thank(session: Session, person: Actor, rejection_id: int, *, note: str | None = None) -> Thanks:
    """Thank the reporter, once. Allowed to whoever leads or engineers at this site, not to the reporter.

    Raises Invalid, IllegalStep, NotAllowed, NotFound.
    """
    rejection = locked(session, person, rejection_id)
    person.need(THANK, site_id=rejection.site_id)
    if rejection.reported_by_id == person.id:
        raise Invalid("You reported this yourself.", "这是您本人报告的。")
    if rejection.reported_by_id == SYSTEM.id:
        raise Invalid("It is not known who reported this.", "报告人未知。")
    if has_thanked(session, person, rejection_id):
        raise IllegalStep("You have thanked for this report.", "您已为此报告致谢。")
    given = Thanks(rejection_id=rejection_id, person_id=person.id, at=now(session), note=(note or "").strip() or None)
    session.add(given)
    session.flush()
    return given


def thanks_of(session: Session, rejection_id: int) -> Sequence[Thanks]:
    """Return who thanked for a report, oldest first."""
    return session.scalars(select(Thanks).where(Thanks.rejection_id == rejection_id)
                           .options(joinedload(Thanks.person)).order_by(Thanks.id)).all()


def may_thank(person: Actor, rejection: Rejection, thanks: Sequence[Thanks]) -> bool:
    """Tell whether this person may thank for a report that has these thanks already."""
    return (person.may(THANK, site_id=rejection.site_id)
            and rejection.reported_by_id not in {person.id, SYSTEM.id}
            and person.id not in {one.person_id for one in thanks})


def has_thanked(session: Session, person: Actor, rejection_id: int) -> bool:
    """Tell whether this person thanked for a report."""
    return session.scalar(select(Thanks.id).where(
        Thanks.rejection_id == rejection_id, Thanks.person_id == person.id).limit(1)) is not None
