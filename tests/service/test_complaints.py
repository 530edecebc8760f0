"""Internal complaints through the workflows: who files, answers, confirms; what silence does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qms.models.rejections import Rejection
from qms.models.service_complaints import ComplaintFlag
from qms.rules.accounts import SYSTEM
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import rejections, service_complaints
from qms.workflows.service_complaints_scores import Period, counted_complaints
from tests.service.scene_complaints import NINE, Scene


def test_a_complaint_goes_from_filed_to_confirmed(complaints: Scene):
    made = complaints.file(expectation="Deburred parts")
    assert (made.number, made.state, made.kind) == ("IC-SH-2026-000001", "filed", "operation")
    assert made.due_at == NINE + timedelta(hours=4)
    held = complaints.later(hours=1).step("acknowledge", "press_head", made)
    assert (held.acknowledged_at, held.due_at) == (NINE + timedelta(hours=1), NINE + timedelta(hours=8))
    with pytest.raises(IllegalStep):
        complaints.step("acknowledge", "press_head", made)
    held = complaints.step("accept", "press_head", made)
    assert held.due_at == NINE + timedelta(days=3)
    assert complaints.followed().state == "followed"


def test_a_unit_complains_only_of_another_unit_inside_the_plant(complaints: Scene):
    with pytest.raises(Invalid) as refused:
        complaints.file(accused_id=complaints.plant.weld)
    assert refused.value.field == "accused_id"
    with pytest.raises(Invalid):
        complaints.file(accused_id=complaints.plant.customer)
    with pytest.raises(Invalid):
        complaints.file(matter="  ")
    with pytest.raises(NotAllowed):
        complaints.file("press_worker")


def test_a_complaint_takes_over_what_its_record_tells(complaints: Scene):
    plant = complaints.plant
    found = complaints.do(rejections.report, "inspector", kind="not_accepted", found_unit_id=plant.weld,
                          lot_id=plant.lot, quantity=5, defect_id=plant.burr)
    made = complaints.file(source_kind="rejections", record_id=found.id)
    assert (made.source_ref, made.defect_id, made.lot_id) == (found.number, plant.burr, plant.lot)
    assert complaints.file(source_kind="rejections", record_id=found.id).repeat_of_id == made.id
    with pytest.raises(NotFound):
        complaints.file(source_kind="rejections", record_id=found.id + 99)
    with pytest.raises(Invalid):
        complaints.file(source_kind="rejections")
    with complaints.db.reading() as session:
        assert session.scalar(select(Rejection.number)) == found.number


def test_r32_who_filed_never_answers_and_who_answered_never_confirms(complaints: Scene):
    made = complaints.file("quality_manager")
    with pytest.raises(Refused) as refused:
        complaints.step("accept", "quality_manager", made)
    assert refused.value.rule == "R-32"
    complaints.step("accept", "production_manager", made)
    complaints.step("plan", "production_manager", made, plan="Regrind", promised_on=NINE.date())
    complaints.step("finish", "production_manager", made, result="Reground")
    for who in ("production_manager", "press_head", "press_worker"):
        with pytest.raises((Refused, NotAllowed)):
            complaints.step("confirm", who, made, satisfied=5)
    with pytest.raises(Refused, match="Only the complaining unit"):
        complaints.step("confirm", "quality_engineer", made, satisfied=5)
    assert complaints.step("confirm", "weld_head", made, satisfied=5).state == "followed"


def test_r32_the_owner_of_the_plan_is_of_the_accused_side(complaints: Scene):
    made = complaints.accepted()
    with pytest.raises(Invalid) as refused:
        complaints.step("plan", "press_head", made, plan="x", promised_on=NINE.date(),
                        owner_id=complaints.people["weld_worker"].id)
    assert refused.value.field == "owner_id"
    complaints.step("plan", "press_head", made, plan="x", promised_on=NINE.date(),
                    owner_id=complaints.people["weld_head"].id)
    complaints.step("finish", "press_head", made, result="x")
    with pytest.raises(Refused) as refused:
        complaints.step("confirm", "weld_head", made, satisfied=5)
    assert refused.value.rule == "R-32"


def test_r32_silence_closes_without_answer_and_never_as_satisfied(complaints: Scene):
    made = complaints.done()
    with complaints.db.transaction(SYSTEM, "service.lapse", clock=lambda: NINE + timedelta(days=9)) as session:
        assert service_complaints.lapse(session) == 0
    with complaints.db.transaction(SYSTEM, "service.lapse", clock=lambda: NINE + timedelta(days=11)) as session:
        assert service_complaints.lapse(session) == 1
    held = complaints.read(made)
    assert (held.state, held.satisfied, held.confirmed_at) == ("unanswered", None, None)
    assert complaints.step("reopen", "weld_worker", made, reason="Still burrs").state == "accepted"


def test_not_solved_reopens_with_new_clocks(complaints: Scene):
    made = complaints.done()
    held = complaints.later(days=4).step("reopen", "weld_worker", made, reason="Still burrs")
    assert (held.state, held.reopened, held.due_at) == ("accepted", 1, complaints.at + timedelta(days=3))
    with pytest.raises(Stale):
        complaints.do(service_complaints.withdraw, "weld_worker", made.id, made.rev, reason="x")


def test_a_withdrawn_complaint_keeps_its_number_and_does_not_count(complaints: Scene):
    made = complaints.file()
    with pytest.raises(Invalid):
        complaints.step("withdraw", "weld_worker", made, reason=" ")
    assert complaints.step("withdraw", "weld_worker", made, reason="Our own mistake").state == "withdrawn"
    assert complaints.file().number == "IC-SH-2026-000002"


def test_swaps_and_floods_are_marked_for_a_person_and_count_until_then(complaints: Scene):
    plant = complaints.plant
    period = Period(NINE - timedelta(days=1), NINE + timedelta(days=30))
    for _ in range(2):
        complaints.file("press_head", complaining_id=plant.press, accused_id=plant.weld)
    complaints.accepted()
    swapped = complaints.accepted()
    with complaints.db.reading() as session:
        [flag] = session.scalars(select(ComplaintFlag)).all()
        assert (flag.complaint_id, flag.kind, flag.conclusion) == (swapped.id, "swap", None)
        assert len(counted_complaints(session, plant.press, period)) == 2
    with pytest.raises(NotAllowed):
        complaints.do(service_complaints.look_at, "weld_head", flag.id, flag.rev, conclusion="set_aside", note="x")
    complaints.do(service_complaints.look_at, "reviewer", flag.id, flag.rev, conclusion="set_aside", note="Retort")
    with pytest.raises(IllegalStep):
        complaints.do(service_complaints.look_at, "reviewer", flag.id, flag.rev + 1, conclusion="genuine", note="x")
    with complaints.db.reading() as session:
        assert len(counted_complaints(session, plant.press, period)) == 1
    for _ in range(4):
        complaints.file()
    with complaints.db.reading() as session:
        assert "flood" in session.scalars(select(ComplaintFlag.kind)).all()
