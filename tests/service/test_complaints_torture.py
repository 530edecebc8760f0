"""Whatever the order of steps and whoever takes them: the accused never closes, nobody decides their own decision."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from qms.models.service_appeals import Appeal
from qms.models.service_complaints import ComplaintStep, InternalComplaint
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.rules.errors import RuleError
from qms.workflows import service_complaints, service_follow_ups
from tests.service.scene_complaints import NINE, Scene
from tests.signing import signing

WHO = ("weld_worker", "weld_head", "press_worker", "press_head", "quality_manager", "production_manager",
       "quality_engineer", "reviewer", "reviewer_2")
DEEDS = ("accept", "refuse", "plan", "finish", "confirm", "reopen", "withdraw", "appeal", "uphold", "overturn", "visit",
         "recur")
FIELDS = {"accept": {}, "refuse": {"answer": "x"}, "plan": {"plan": "x", "promised_on": NINE.date()},
          "finish": {"result": "x"}, "confirm": {"satisfied": 4}, "reopen": {"reason": "x"},
          "withdraw": {"reason": "x"}, "appeal": {"grounds": "x"}}
SOLVED = ("confirm", "end_follow_ups", "withdraw")


def attempt(scene: Scene, made: InternalComplaint, deed: str, who: str) -> None:
    with scene.db.reading() as session:
        appeal = session.scalars(select(Appeal).where(Appeal.complaint_id == made.id)
                                 .order_by(Appeal.id.desc())).first()
        visit = session.scalars(select(ComplaintFollowUp).where(
            ComplaintFollowUp.complaint_id == made.id, ComplaintFollowUp.state == "planned")).first()
    if deed in FIELDS:
        scene.step(deed, who, made, **FIELDS[deed])
    elif deed in {"uphold", "overturn"} and appeal is not None:
        scene.do(service_complaints.decide, who, appeal.id, appeal.rev, decision=deed, reasons="x",
                 signing=signing(scene.people[who], "appeal"))
    elif deed in {"visit", "recur"} and visit is not None:
        scene.do(service_follow_ups.make, who, visit.id, visit.rev, recurred=deed == "recur", channel="call",
                 satisfied=4)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.sampled_from(WHO)), min_size=10, max_size=40))
def test_r32_r33_the_accused_never_closes_and_nobody_decides_their_own_decision(complaints: Scene, deeds):
    made = complaints.file("weld_worker")
    for deed, who in [("accept", "press_head"), *deeds]:
        try:
            attempt(complaints, made, deed, who)
        except RuleError:
            continue
    hold_true(complaints, made)


@pytest.mark.parametrize("decider", WHO)
def test_r32_r33_everybody_tries_everything_in_the_usual_order(complaints: Scene, decider: str):
    made = complaints.file("weld_worker")
    for deed in ("refuse", "appeal", "overturn", "plan", "finish", "confirm", "visit", "visit"):
        for who in (decider, *WHO):
            try:
                attempt(complaints, made, deed, who)
            except RuleError:
                continue
    hold_true(complaints, made)
    assert complaints.read(made).state == "closed"


def hold_true(scene: Scene, made: InternalComplaint) -> None:
    with scene.db.reading() as session:
        steps = session.scalars(select(ComplaintStep).where(ComplaintStep.complaint_id == made.id)
                                .order_by(ComplaintStep.id)).all()
        appeals = session.scalars(select(Appeal).where(Appeal.complaint_id == made.id)).all()
    accused: set[int] = set()
    of_press = {scene.people[login].id for login in ("press_head", "press_worker")}
    took_part: set[int] = set()
    for step in steps:
        if step.step in SOLVED:
            assert step.by_id not in accused | of_press, step.step
        if step.side == "reviewer":
            assert step.by_id not in took_part
        if step.side == "accused" and step.step != "appeal":
            accused.add(step.by_id)
        took_part.add(step.by_id)
    for appeal in appeals:
        assert appeal.decided_by_id is None or appeal.decided_by_id != appeal.filed_by_id
