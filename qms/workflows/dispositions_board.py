"""How the material review board is asked, votes and comes to an outcome. Knows no page and no form."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.accounts import Person
from qms.models.dispositions import BoardReview, BoardVote
from qms.models.rejections import Rejection
from qms.rules import dispositions_board as rules
from qms.rules import rejections as rejection_rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotAllowed
from qms.rules.steps import step, step_of
from qms.workflows.accounts import grants_of
from qms.workflows.dispositions_board_told import tell_board
from qms.workflows.dispositions_records import one_review
from qms.workflows.dispositions_working import said
from qms.workflows.rejections_records import check_version, locked, path_of


def ask(session: Session, person: Actor, rejection_id: int, rev: int, *, chair_id: int,
        proposal: str | None) -> BoardReview:
    """Ask the board about a rejection. Whoever answers for production there does not chair it (R-52).

    Its chair and those who may vote there are mailed.

    Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    rejection = locked(session, person, rejection_id)
    path = path_of(session, rejection.found_unit_id)
    person.need("dispositions.decide", site_id=rejection.site_id, unit_path=path)
    check_version(rejection, rev, {})
    step(rejection_rules.STEPS, rejection.state, "decide")
    if session.scalar(select(BoardReview.id).where(BoardReview.rejection_id == rejection_id,
                                                   BoardReview.state == rules.STEPS.first)):
        raise IllegalStep("The board has been asked already.", "已提交评审。")
    _check_chair(session, rejection, path, chair_id)
    review = BoardReview(rejection_id=rejection_id, state=rules.STEPS.first, proposal=said(proposal, "proposal"),
                         asked_at=now(session), asked_by_id=person.id, chair_id=chair_id)
    session.add(review)
    session.flush()
    tell_board(session, person, rejection, path, review)
    return review


def vote(session: Session, person: Actor, review_id: int, *, function: str, vote: str, code: str | None = None,
         note: str | None = None) -> BoardVote:
    """Say what one sees; it can be changed until the board closes. A person has one vote.

    Raises Invalid, IllegalStep, NotAllowed, NotFound.
    """
    _begun(session, person, review_id, None, "vote")
    rules.check_vote(function, vote, code)
    held = session.scalar(select(BoardVote).where(BoardVote.review_id == review_id, BoardVote.person_id == person.id))
    if held is None:
        held = BoardVote(review_id=review_id, person_id=person.id)
        session.add(held)
    held.function, held.vote, held.code, held.note, held.at = function, vote, code, note, now(session)
    session.flush()
    return held


def close(session: Session, person: Actor, review_id: int, rev: int, *, code: str | None,
          outcome: str | None) -> BoardReview:
    """Close the board with the disposition on which it agreed; only its chair does.

    Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    review, state = _begun(session, person, review_id, rev, "close", code=code, outcome=outcome)
    if person.id != review.chair_id:
        raise NotAllowed("dispositions.decide", "Only the chair closes the board.", "仅评审主持人可形成结论。")
    rules.check_close(code, functions_heard(session, review_id))
    rejection = session.get_one(Rejection, review.rejection_id)
    grant_id = person.need("dispositions.decide", site_id=rejection.site_id,
                           unit_path=path_of(session, rejection.found_unit_id))
    review.code, review.outcome = code, said(outcome, "outcome")
    review.state, review.closed_at, review.grant_id = state, now(session), grant_id
    acted(session, "R-49")
    session.flush()
    return review


def withdraw(session: Session, person: Actor, review_id: int, rev: int, *, outcome: str | None) -> BoardReview:
    """Take the question back, and say why. Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound."""
    review, state = _begun(session, person, review_id, rev, "withdraw", outcome=outcome)
    review.state, review.outcome, review.closed_at = state, said(outcome, "outcome"), now(session)
    session.flush()
    return review


def functions_heard(session: Session, review_id: int) -> Sequence[str]:
    """Return the functions that voted; who abstains is not counted."""
    return session.scalars(select(BoardVote.function).where(BoardVote.review_id == review_id,
                                                            BoardVote.vote != "abstain")).all()


def chairs(session: Session, rejection: Rejection) -> list[Person]:
    """Return who may chair a board on a rejection, by name."""
    paths = _paths(session, rejection)
    people = session.scalars(select(Person).where(Person.active).order_by(Person.name)).all()
    found = []
    for person in people:
        actor = Actor(person.id, person.name, grants_of(session, person.id))
        if (actor.may("dispositions.decide", site_id=rejection.site_id, unit_path=paths[0])
                and not rules.leads_production(actor.grants, site_id=rejection.site_id, paths=paths)):
            found.append(person)
    return found


def _check_chair(session: Session, rejection: Rejection, path: str, chair_id: int) -> None:
    person = session.get(Person, chair_id)
    if person is None or not person.active:
        raise Invalid("There is no such person.", "没有此人。", field="chair_id")
    chair = Actor(chair_id, person.name, grants_of(session, chair_id))
    rules.check_chair(chair.grants, site_id=rejection.site_id, paths=_paths(session, rejection))
    if not chair.may("dispositions.decide", site_id=rejection.site_id, unit_path=path):
        raise Invalid("This person may not decide dispositions here.", "此人在此无权决定处置。", field="chair_id")
    chair.need("dispositions.decide", site_id=rejection.site_id, unit_path=path)
    for each in chair.selves - {chair_id}:
        rules.check_chair(grants_of(session, each), site_id=rejection.site_id, paths=_paths(session, rejection))


def _paths(session: Session, rejection: Rejection) -> list[str]:
    """Return the paths of the finding unit and of the origin."""
    units = [rejection.found_unit_id, *([rejection.origin_unit_id] if rejection.origin_unit_id else [])]
    return [path_of(session, unit_id) for unit_id in units]


def _begun(session: Session, person: Actor, review_id: int, rev: int | None, name: str,
           **given: Any) -> tuple[BoardReview, str]:
    """Return a review that no one else changes meanwhile, and the state to which the step leads."""
    review = one_review(session, person, review_id)
    rejection = session.get_one(Rejection, review.rejection_id)
    person.need(step_of(rules.STEPS, name).permission, site_id=rejection.site_id,
                unit_path=path_of(session, rejection.found_unit_id))
    review = session.get_one(BoardReview, review_id, with_for_update=True, populate_existing=True)
    if rev is not None:
        check_version(review, rev, given)
    return review, step(rules.STEPS, review.state, name)

