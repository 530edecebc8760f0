"""What the pages of a management review show of it without loading what they do not show. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.models.review import Review, ReviewDecision, ReviewInput
from qms.rules import review as rules
from qms.rules.accounts import Actor
from qms.rules.review import Missed
from qms.rules.review_inputs import INPUTS, Input
from qms.rules.review_snapshots import Estimate, Figure, moved, read
from qms.rules.steps import Step, allowed
from qms.workflows.review_missed import frozen_misses
from qms.workflows.review_records import sites_of

SETTLED = ("actions_set", "signed")


@dataclass(frozen=True, slots=True)
class Outline:
    """An input as a list shows it: its place in the meeting from 1, what it is, its state, how much has moved."""

    place: int
    id: int
    rev: int
    what: Input
    state: str
    moved: int | None
    is_noted: bool
    decisions: int
    is_owed: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """The figures of an input that live data gives otherwise: each as frozen, with what it is now."""

    what: Input
    figures: list[tuple[Figure, Estimate]]


def offered(session: Session, person: Actor, review: Review) -> list[Step]:
    """Return the steps that are legal now and that the person may take at every site of the review."""
    sites = sites_of(session, review)
    return [step for step in allowed(rules.STEPS, review.state)
            if all(person.may(step.permission, site_id=site.id) for site in sites)]


def outlines(session: Session, review: Review) -> list[Outline]:
    """Return the inputs of a review in the order of the meeting, without their figures."""
    decided: dict[str | None, int] = {}
    for code in session.scalars(select(ReviewDecision.input_code).where(
            ReviewDecision.review_id == review.id, ReviewDecision.state != "dropped")):
        decided[code] = decided.get(code, 0) + 1
    rows = {row.code: row for row in session.execute(
        select(ReviewInput.code, ReviewInput.id, ReviewInput.rev, ReviewInput.state, ReviewInput.moved,
               ReviewInput.note.is_not(None).label("noted")).where(ReviewInput.review_id == review.id))}
    held = [(one, rows[code]) for code, one in INPUTS.items() if code in rows]
    return [Outline(place, row.id, row.rev, one, row.state, row.moved, row.noted, decided.get(one.code, 0),
                    row.state == "missing" and one.asked_by(review.profile))
            for place, (one, row) in enumerate(held, start=1)]


def decisions(session: Session, review: Review, code: str | None = None) -> Sequence[ReviewDecision]:
    """Return what a review decided, or decided on one input, in order."""
    query = select(ReviewDecision).where(ReviewDecision.review_id == review.id)
    if code is not None:
        query = query.where(ReviewDecision.input_code == code)
    return session.scalars(query.options(joinedload(ReviewDecision.owner), joinedload(ReviewDecision.ended_by))
                           .order_by(ReviewDecision.place)).all()


def unplanned(session: Session, review: Review) -> list[Missed]:
    """Return the missed customer targets that no decision plans against yet (R-41)."""
    answered = set(session.scalars(select(ReviewDecision.missed).where(
        ReviewDecision.review_id == review.id, ReviewDecision.state != "dropped")))
    return [one for one in frozen_misses(review) if one.key not in answered]


def comparison(session: Session, review: Review) -> list[Moved]:
    """Return the inputs of which live data gives anything otherwise, as written down at the last comparison."""
    found = {row.code: row for row in session.execute(
        select(ReviewInput.code, ReviewInput.snapshot, ReviewInput.live)
        .where(ReviewInput.review_id == review.id, ReviewInput.live.is_not(None)))}
    return [Moved(one, moved(read(found[code].snapshot), read(found[code].live)))
            for code, one in INPUTS.items() if code in found]


def decision_steps(person: Actor, review: Review, decision: ReviewDecision) -> list[Step]:
    """Return the steps on a decision that are legal now and that the person may take.

    It is worded anew only while the meeting is on, and reported on only once the actions are set.
    """
    ready = {"change": review.state == "meeting", "report": review.state in SETTLED, "reopen": review.state in SETTLED}
    own = decision.owner_id == person.id
    needed = {"report": rules.VIEW if own else rules.PREPARE}
    return [step for step in allowed(rules.DECISION_STEPS, decision.state) if ready.get(step.name, True)
            and person.may(needed.get(step.name, step.permission), site_id=decision.site_id)]
