"""Appeals and follow-ups through the workflows: windows, levels, who decides, what reopens and closes."""

from datetime import timedelta

import pytest

from qms.models.service_appeals import Appeal
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, Refused
from qms.workflows import service_complaints, service_follow_ups
from qms.workflows.service_complaints_scores import Period, counted_complaints
from tests.service.scene_complaints import NINE, Scene
from tests.signing import signing

PERIOD = Period(NINE - timedelta(days=1), NINE + timedelta(days=90))


def appealed(scene: Scene, made, who: str = "weld_worker") -> Appeal:
    return scene.step("appeal", who, made, grounds="The drawing says no burr above 0.1")


def decided(scene: Scene, appeal: Appeal, who: str = "reviewer", decision: str = "overturn") -> Appeal:
    return scene.do(service_complaints.decide, who, appeal.id, appeal.rev, decision=decision, reasons="Measured: 0.3",
                    signing=signing(scene.people[who], "appeal"))


def visits(scene: Scene, made) -> list[ComplaintFollowUp]:
    return scene.reading(service_follow_ups.of_complaint, made.id)


def visit(scene: Scene, follow_up: ComplaintFollowUp, who: str = "quality_engineer", **given) -> ComplaintFollowUp:
    return scene.do(service_follow_ups.make, who, follow_up.id, follow_up.rev,
                    **({"recurred": False, "satisfied": 4, "channel": "visit"} | given))


def test_r33_an_overturned_refusal_becomes_an_accepted_complaint(complaints: Scene):
    made = complaints.refused()
    appeal = appealed(complaints, made)
    assert (appeal.number, appeal.appeal_level, appeal.side, appeal.state) == ("AP-SH-2026-000001", 1, "complaining",
                                                                               "open")
    assert complaints.read(made).due_at is None
    assert decided(complaints, appeal).state == "overturned"
    held = complaints.read(made)
    assert (held.state, held.frozen_at, held.due_at) == ("accepted", None, NINE + timedelta(days=3))


def test_r33_an_upheld_refusal_stays_refused_and_has_one_further_level(complaints: Scene):
    made = complaints.refused()
    decided(complaints, appealed(complaints, made), decision="uphold")
    assert complaints.read(made).state == "refused"
    second = appealed(complaints, made)
    assert second.appeal_level == 2
    with pytest.raises(Refused) as refused:
        decided(complaints, second)
    assert refused.value.rule == "R-33"
    decided(complaints, second, "reviewer_2", "uphold")
    with pytest.raises(Refused, match="no further level"):
        appealed(complaints, made)


def test_r33_an_appeal_has_its_window_and_a_side(complaints: Scene):
    made = complaints.refused()
    with pytest.raises(Refused, match="Only the two parties"):
        appealed(complaints, made, "quality_engineer")
    with pytest.raises(Invalid):
        complaints.step("appeal", "weld_worker", made, grounds=" ")
    complaints.later(days=5, minutes=1)
    with pytest.raises(Refused, match="time to appeal has passed"):
        appealed(complaints, made)
    with pytest.raises(IllegalStep):
        appealed(complaints, complaints.file())


def test_r33_the_accused_unit_appeals_against_an_acceptance(complaints: Scene):
    made = complaints.planned()
    appeal = appealed(complaints, made, "press_head")
    assert (appeal.side, appeal.against) == ("accused", "planned")
    decided(complaints, appeal)
    assert complaints.read(made).state == "refused"


def test_r33_nobody_of_either_unit_or_of_the_first_decision_decides(complaints: Scene):
    made = complaints.file()
    complaints.step("refuse", "quality_manager", made, answer="Within the drawing")
    appeal = appealed(complaints, made)
    with pytest.raises(Refused) as refused:
        decided(complaints, appeal, "quality_manager")
    assert refused.value.rule == "R-33"
    complaints.people["of_press"] = complaints.person("of_press", "appeal_reviewer", complaints.plant.press)
    with pytest.raises(Refused, match="one of the two units"):
        decided(complaints, appeal, "of_press")
    with pytest.raises(NotAllowed):
        decided(complaints, appeal, "weld_head")
    assert decided(complaints, appeal).decided_by_id == complaints.people["reviewer"].id
    with pytest.raises(IllegalStep):
        decided(complaints, complaints.read(appeal))


def test_r33_the_score_and_the_case_rest_while_an_appeal_is_open(complaints: Scene):
    made = complaints.accepted()
    assert len(complaints.reading(counted_complaints, complaints.plant.press, PERIOD)) == 1
    appeal = appealed(complaints, made, "press_head")
    assert len(complaints.reading(counted_complaints, complaints.plant.press, PERIOD)) == 0
    with pytest.raises(IllegalStep, match="An appeal is open"):
        complaints.step("plan", "press_head", made, plan="x", promised_on=NINE.date())
    with pytest.raises(IllegalStep, match="An appeal is open"):
        complaints.step("withdraw", "weld_worker", made, reason="x")
    decided(complaints, appeal, decision="uphold")
    assert len(complaints.reading(counted_complaints, complaints.plant.press, PERIOD)) == 1


def test_a_refused_complaint_and_one_not_answered_do_not_count(complaints: Scene):
    complaints.refused()
    complaints.file()
    assert len(complaints.reading(counted_complaints, complaints.plant.press, PERIOD)) == 0


def test_two_good_follow_ups_close_the_complaint(complaints: Scene):
    made = complaints.followed()
    first, second = visits(complaints, made)
    assert [(v.days_after, v.due_at) for v in (first, second)] == [
        (7, NINE + timedelta(days=7)), (30, NINE + timedelta(days=30))]
    visit(complaints, first)
    assert complaints.read(made).state == "followed"
    visit(complaints, second)
    held = complaints.read(made)
    assert (held.state, held.closed_at) == ("closed", NINE)
    with pytest.raises(IllegalStep):
        visit(complaints, complaints.read(second))


def test_a_follow_up_that_finds_it_again_reopens_and_drops_the_rest(complaints: Scene):
    made = complaints.followed()
    visit(complaints, visits(complaints, made)[0], recurred=True, satisfied=None, note="Burrs again")
    held = complaints.read(made)
    assert (held.state, held.reopened, held.satisfied) == ("accepted", 1, None)
    assert [v.state for v in visits(complaints, made)] == ["made", "dropped"]


def test_r32_nobody_of_the_accused_side_makes_the_follow_up(complaints: Scene):
    made = complaints.file()
    complaints.step("accept", "quality_manager", made)
    complaints.step("plan", "press_head", made, plan="x", promised_on=NINE.date())
    complaints.step("finish", "press_head", made, result="x")
    complaints.step("confirm", "weld_worker", made, satisfied=3)
    first = visits(complaints, made)[0]
    with pytest.raises(Refused) as refused:
        visit(complaints, first, "quality_manager")
    assert refused.value.rule == "R-32"
    with pytest.raises(NotAllowed):
        visit(complaints, first, "press_head")
    assert visit(complaints, first).visited_by_id == complaints.people["quality_engineer"].id


def test_a_good_follow_up_asks_how_satisfied_they_are(complaints: Scene):
    first = visits(complaints, complaints.followed())[0]
    with pytest.raises(Invalid) as refused:
        visit(complaints, first, satisfied=None)
    assert refused.value.field == "satisfied"
    with pytest.raises(Invalid):
        visit(complaints, first, channel="letter")
