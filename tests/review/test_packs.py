"""Management reviews from draft to signature, and what the rules refuse on the way (R-40, R-41, R-45)."""

from datetime import date, timedelta
from typing import Any

import pytest

from qms.models.chain import Site
from qms.models.review import Review, ReviewDecision
from qms.rules.accounts import SYSTEM
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.rules.review_inputs import INPUTS
from qms.workflows import review, review_assembly, review_decisions, review_filling
from tests.review.scene import HALF, Scene
from tests.signing import signing


def decided(scene: Scene, held: Review, **given: Any) -> ReviewDecision:
    return scene.do(review_decisions.decide, held.id, **({
        "output": "improvement", "body": "Poka-yoke at press", "owner_id": scene.plant.quality_engineer.id,
        "due_on": date(2026, 9, 30)} | given))


def settled(scene: Scene, held: Review) -> Review:
    return scene.do(review.settle, held.id, scene.fresh(held).rev, conclusion="Suitable, adequate, effective")


def signed(scene: Scene, held: Review) -> Review:
    return scene.do(review.sign, held.id, scene.fresh(held).rev, signing=signing(scene.head, "review"))


def test_a_review_begins_with_every_input_missing(scene: Scene):
    held = scene.opened()
    assert (held.number, held.state, held.profile) == ("MR-SH-2026-000001", "draft", "iatf")
    assert {scene.input(held, code).state for code in INPUTS} == {"missing"}


@pytest.mark.parametrize(("given", "field"), [
    ({"title": " "}, "title"), ({"last_on": date(2025, 12, 31)}, "last_on"), ({"first_on": None}, "first_on"),
    ({"before_last_on": date(2026, 1, 1)}, "before_last_on"), ({"first_on": date(2026, 8, 1),
                                                                "last_on": date(2026, 8, 2)}, "first_on")])
def test_a_period_that_cannot_be_is_refused(scene: Scene, given: dict, field: str):
    with pytest.raises(Invalid) as refused:
        scene.opened(**given)
    assert refused.value.field == field


def test_who_only_sees_reviews_opens_none(scene: Scene):
    with pytest.raises(NotAllowed):
        scene.do(review.open_review, site_id=scene.plant.site, person=scene.plant.auditor, **HALF)
    with pytest.raises(NotFound):
        scene.do(review.open_review, site_id=scene.plant.site, person=scene.plant.operator, **HALF)


def test_a_review_covers_more_sites(scene: Scene):
    with scene.db.transaction(SYSTEM, "tests.site") as session:
        other = Site(code="SZ", name_zh="苏州", name_en="Suzhou", time_zone="Asia/Shanghai", profile="iatf", demo=False)
        session.add(other)
        session.flush()
    held = scene.opened(more_sites=[other.id])
    with scene.db.reading() as session:
        assert [site.code for site in review.sites_of(session, session.get_one(Review, held.id))] == ["SH", "SZ"]


def test_a_stale_edit_changes_nothing(scene: Scene):
    held = scene.opened()
    scene.do(review.edit, held.id, held.rev, **(HALF | {"title": "H1"}))
    with pytest.raises(Stale):
        scene.do(review.edit, held.id, held.rev, **(HALF | {"title": "Mine"}))
    assert scene.fresh(held).title == "H1"


def test_frozen_figures_keep_their_periods(scene: Scene):
    held = scene.frozen()
    with pytest.raises(Invalid):
        scene.do(review.edit, held.id, held.rev, **(HALF | {"last_on": date(2026, 5, 31)}))
    held = scene.do(review.thaw, held.id, held.rev, reason="June was missing")
    assert scene.do(review.edit, held.id, held.rev, **(HALF | {"last_on": date(2026, 5, 31)})).last_on.month == 5


def test_a_meeting_needs_somebody_in_the_chair(scene: Scene):
    held = scene.frozen()
    with pytest.raises(IllegalStep):
        scene.do(review.meet, held.id, held.rev)
    scene.do(review.attend, held.id, role="chair", name="Mr Li, guest")
    assert scene.do(review.meet, held.id, scene.fresh(held).rev).state == "meeting"


def test_r40_a_review_with_an_unanswered_input_is_not_signed(scene: Scene):
    held = settled(scene, scene.meeting())
    with pytest.raises(Refused) as refused:
        signed(scene, held)
    assert refused.value.rule == "R-40"
    held = scene.do(review.resume, held.id, held.rev)
    scene.answered(held, but="audits")
    with pytest.raises(Refused) as refused:
        signed(scene, settled(scene, held))
    assert refused.value.words.en.endswith("Audit results.")


def test_r40_a_review_with_every_input_answered_is_signed(scene: Scene):
    held = scene.meeting()
    scene.answered(held)
    held = settled(scene, held)
    assert signed(scene, held).state == "signed"
    with pytest.raises(IllegalStep):
        scene.do(review.void, held.id, scene.fresh(held).rev, reason="Second thoughts")


def test_r40_the_inputs_of_a_plant_under_iso_alone_are_fewer(scene: Scene):
    with scene.db.transaction(SYSTEM, "tests.site") as session:
        session.get_one(Site, scene.plant.site).profile = "iso"
    held = scene.meeting()
    for code, one in INPUTS.items():
        if one.asked_by("iso") and scene.input(held, code).state == "missing":
            scene.do(review_filling.fill, scene.input(held, code).id, scene.input(held, code).rev, body="As it is")
    assert scene.input(held, "maintenance").state == "missing"
    assert signed(scene, settled(scene, held)).state == "signed"


def test_r41_a_missed_customer_target_without_a_plan_blocks(scene: Scene):
    scene.read_off("red")
    held = scene.meeting()
    decided(scene, held)
    with pytest.raises(Refused) as refused:
        settled(scene, held)
    assert refused.value.rule == "R-41"
    assert "Star Motors, PPM" in refused.value.words.en


def test_r41_a_missed_customer_target_with_a_plan_passes(scene: Scene):
    scene.read_off("red")
    held = scene.meeting()
    decided(scene, held, output="target", missed=f"{scene.plant.customer}:ppm")
    assert settled(scene, held).state == "actions_set"


def test_r41_a_target_that_was_reached_asks_for_nothing(scene: Scene):
    scene.read_off("green")
    held = scene.meeting()
    with pytest.raises(Invalid) as refused:
        decided(scene, held, output="target", missed=f"{scene.plant.customer}:ppm")
    assert refused.value.field == "missed"
    assert settled(scene, held).state == "actions_set"


def test_r45_a_review_is_not_signed_without_a_proof(scene: Scene):
    held = scene.meeting()
    scene.answered(held)
    held = settled(scene, held)
    with pytest.raises(Refused) as refused:
        scene.do(review.sign, held.id, held.rev, signing=None)
    assert refused.value.rule == "R-45"
    assert scene.fresh(held).state == "actions_set"


def test_only_who_may_sign_signs(scene: Scene):
    held = scene.meeting()
    scene.answered(held)
    held, other = settled(scene, held), scene.plant.quality_manager
    with pytest.raises(NotAllowed):
        scene.do(review.sign, held.id, held.rev, signing=signing(other, "review"), person=other)


def test_an_input_with_content_is_not_marked_not_applicable(scene: Scene):
    held = scene.opened()
    one = scene.input(held, "audits")
    one = scene.do(review_filling.fill, one.id, one.rev, body="Two minor findings")
    with pytest.raises(Invalid):
        scene.do(review_filling.not_applicable, one.id, one.rev, reason="None held")
    one = scene.do(review_filling.fill, one.id, one.rev, body=" ")
    assert one.state == "missing"
    assert scene.do(review_filling.not_applicable, one.id, one.rev, reason="None held").state == "not_applicable"


def test_decisions_are_carried_into_the_next_review_with_age_and_result(scene: Scene):
    held = scene.meeting()
    scene.answered(held)
    first, second = decided(scene, held), decided(scene, held, body="Second fitter")
    signed(scene, settled(scene, held))
    scene.at += timedelta(days=90)
    scene.do(review_decisions.report, second.id, second.rev, result="Hired")
    scene.at += timedelta(days=90)
    later = scene.opened(first_on=date(2026, 7, 1), last_on=date(2026, 12, 31), before_first_on=date(2026, 1, 1),
                         before_last_on=date(2026, 6, 30))
    told = scene.counted(later)["earlier_actions"]
    assert [(row.cells[1], row.cells[6].en, row.cells[8]) for row in told.tables[0].rows] == [
        ("Poka-yoke at press", "Open", None), ("Second fitter", "Done", "Hired")]
    assert told.tables[0].rows[1].cells[5] == 90
    assert told.figures[0].now.value == 1
    assert first.place == 1


def test_nothing_left_to_do_of_earlier_reviews_is_an_answer_and_no_earlier_review_is_none(scene: Scene):
    held = scene.meeting()
    assert scene.input(held, "earlier_actions").state == "missing"
    scene.answered(held)
    one = decided(scene, held)
    signed(scene, settled(scene, held))
    scene.do(review_decisions.report, one.id, one.rev, result="Fitted")
    scene.at += timedelta(days=400)
    later = scene.frozen(scene.opened(first_on=date(2027, 2, 1), last_on=date(2027, 3, 31),
                                      before_first_on=date(2026, 12, 1), before_last_on=date(2027, 1, 31)))
    assert scene.input(later, "earlier_actions").state == "filled"
    assert scene.counted(later)["earlier_actions"].figures[0].now.value == 0


def test_an_owner_reports_and_a_stranger_does_not(scene: Scene):
    held = scene.meeting()
    one = decided(scene, held)
    with pytest.raises(NotAllowed):
        scene.do(review_decisions.report, one.id, one.rev, result="Done", person=scene.plant.auditor)
    assert scene.do(review_decisions.report, one.id, one.rev, result="Done",
                    person=scene.plant.quality_engineer).state == "done"


def test_a_comparison_tells_what_has_moved_and_keeps_what_was_frozen(scene: Scene):
    first = scene.meeting()
    scene.answered(first)
    one = decided(scene, first, due_on=date(2026, 7, 1))
    signed(scene, settled(scene, first))
    scene.at += timedelta(days=180)
    later = scene.frozen(scene.opened(first_on=date(2026, 7, 1), last_on=date(2026, 12, 31),
                                      before_first_on=date(2026, 1, 1), before_last_on=date(2026, 6, 30)))
    before = scene.input(later, "earlier_actions")
    scene.do(review_decisions.report, one.id, one.rev, result="Done")
    scene.do(review_assembly.compare, later.id, scene.counted(later))
    after = scene.input(later, "earlier_actions")
    assert (after.snapshot, after.moved) == (before.snapshot, 2)
    assert scene.input(later, "audits").moved is None
