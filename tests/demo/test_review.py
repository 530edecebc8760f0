"""The management reviews of the demo plant: one signed, one in its meeting."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.accounts import Person
from qms.models.review import Review, ReviewDecision, ReviewInput
from qms.models.trail import Signature
from qms.workflows.review_records import decisions_of
from qms.workflows.review_shown import unplanned
from qms.workflows.trail_signatures import signed_states


def test_one_review_is_signed_and_the_next_is_in_its_meeting(demo: Session):
    first, second = demo.scalars(select(Review).order_by(Review.id))
    assert (first.state, second.state) == ("signed", "meeting")
    signed = demo.scalars(select(Signature).where(Signature.entity == "reviews")).one()
    assert demo.get_one(Person, signed.person_id).login == "representative"
    assert signed_states(demo, "reviews", [first.id]) == {signed.id: None}


def test_one_decision_is_done_and_one_is_overdue(demo: Session):
    found = demo.scalars(select(ReviewDecision).order_by(ReviewDecision.id)).all()
    assert found[0].state == "done"
    assert found[0].result
    assert found[1].state == "open"
    assert found[1].due_on < found[-1].decided_at.date()


def test_the_second_review_carries_the_first_in_and_still_misses_something(demo: Session):
    second = demo.scalars(select(Review).order_by(Review.id.desc())).first()
    inputs = {one.code: one for one in demo.scalars(select(ReviewInput).where(ReviewInput.review_id == second.id))}
    assert "在线膜厚仪" in inputs["earlier_actions"].snapshot
    assert inputs["risks"].state == "missing"
    assert inputs["audits"].state == "filled"
    assert inputs["nonconformities"].note


def test_r41_one_missed_target_is_planned_for_and_one_is_not_yet(demo: Session):
    second = demo.scalars(select(Review).order_by(Review.id.desc())).first()
    planned = [one.missed for one in decisions_of(demo, second) if one.output == "target"]
    assert len(planned) == 1
    assert len(unplanned(demo, second)) == 1
