"""Who is mailed that the review board is asked. Knows no page and no mail server."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qms.models.accounts import Grant, Person
from qms.models.dispositions import BoardReview
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor, roles_with
from qms.rules.dispositions_board import asked
from qms.workflows.accounts import grants_of
from qms.workflows.accounts_mail import post

VOTE = "dispositions.vote"


def tell_board(session: Session, person: Actor, rejection: Rejection, path: str, review: BoardReview) -> None:
    """Mail the chair and everybody who may vote on a rejection, but not whoever asks. `path`: of the finding unit."""
    held = select(Grant.person_id).where(Grant.role.in_(list(roles_with(VOTE))))
    people = session.scalars(select(Person).where(
        Person.active, Person.email.is_not(None), Person.id != person.id,
        or_(Person.id == review.chair_id, Person.id.in_(held))).order_by(Person.id)).all()
    told = [one for one in people if one.id == review.chair_id or Actor(one.id, one.name, grants_of(
        session, one.id)).may(VOTE, site_id=rejection.site_id, unit_path=path)]
    post(session, told, *asked(rejection.number, review.proposal or ""), path=f"/rejections/{rejection.id}")
