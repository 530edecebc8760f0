"""A survey from draft to published tables."""

from hashlib import sha256

import orjson
import pytest
from sqlalchemy import select, update

from qms.models.satisfaction import SurveyComment, SurveyResult
from qms.models.satisfaction_answers import SurveyRemark, SurveySheet
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import satisfaction, satisfaction_results
from qms.workflows.satisfaction_publishing import remarks
from tests.satisfaction.scene import CODES, Scene


def lines(scene: Scene, survey) -> dict:
    """Return the published lines by level and unit or link."""
    with scene.db.reading() as session:
        _survey, found = satisfaction_results.results(session, scene.plant.quality_manager, survey.id)
    return {(x.result.grouping, x.result.unit_id or x.result.link_id): x for x in found}


def test_r37_results_are_shown_after_publishing_and_never_before(scene: Scene):
    survey = scene.opened()
    scene.answered(survey, {scene.plant.press_weld: 6, scene.plant.weld_paint: 6})
    manager = scene.plant.quality_manager
    for step in (None, scene.closed):
        if step:
            survey = step(survey)
        with scene.db.reading() as session, pytest.raises(Refused) as refused:
            satisfaction_results.results(session, manager, survey.id)
        assert refused.value.rule == "R-37"
    scene.do(satisfaction.publish, survey.id, survey.rev)
    assert lines(scene, survey)["total", None].overall.n == 12


def test_r37_a_threshold_below_three_or_names_inside_are_refused(scene: Scene):
    for wrong in ({"threshold": 2}, {"attributed": True}):
        with pytest.raises(Refused) as refused:
            scene.draft(**wrong)
        assert refused.value.rule == "R-37"
    assert scene.draft(threshold=3).threshold == 3


def test_r37_a_small_link_is_hidden_and_its_neighbour_with_it(scene: Scene):
    one, two, three = scene.link("A", "B"), scene.link("B", "C"), scene.link("C", "D")
    survey = scene.opened({one: 20, two: 20, three: 4})
    scene.answered(survey, {one: 12, two: 8, three: 3})
    scene.published(survey)
    told = lines(scene, survey)
    assert told["link", one].overall.n == 12
    assert told["link", two].is_hidden
    assert told["link", three].is_hidden
    assert told["workshop", scene.units["W1"]].overall.n == 23
    assert told["total", None].overall.n == 23
    assert told["customer", scene.units["C"]].is_hidden


def test_r38_figures_carry_n_and_interval(scene: Scene):
    survey = scene.opened({scene.plant.press_weld: 10})
    for one, value in zip(scene.invited(survey), (5, 4, 4, 3, 5, 2, 4, 5, 4, 4), strict=True):
        scene.answer(one.token, value, SUPPORT="dk" if value == 2 else value)
    scene.published(survey)
    line = lines(scene, survey)["link", scene.plant.press_weld]
    found = line.ratings["QUALITY"]
    assert (found.n, found.mean.mean, found.index, found.top_two.value) == (10, 4.0, 75, 0.8)
    assert (round(found.mean.low, 3), round(found.mean.high, 3)) == (3.326, 4.674)
    assert (round(found.top_two.low, 4), round(found.top_two.high, 4)) == (0.4902, 0.9433)
    assert (line.ratings["SUPPORT"].n, line.ratings["SUPPORT"].unknown) == (9, 1)
    assert round(line.weighted, 1) == 75.6
    assert not line.is_weak
    assert {gap.code for gap in line.gaps} == set(CODES)


def test_a_response_rate_below_half_is_a_weak_basis(scene: Scene):
    survey = scene.opened({scene.plant.press_weld: 20})
    scene.answered(survey, {scene.plant.press_weld: 9})
    scene.published(survey)
    total = lines(scene, survey)["total", None]
    assert (total.taken_part.numerator, total.taken_part.denominator, total.is_weak) == (9, 20, True)


def test_comments_are_published_from_ten_answers_on_scrubbed_and_without_those_withheld(scene: Scene):
    one, two = scene.link("A", "B", "W1"), scene.link("X", "Y", "W2")
    survey = scene.opened({one: 20, two: 20})
    for number, made in enumerate(scene.invited(survey)):
        if (made.target.link_id == one and number < 12) or (made.target.link_id == two and number >= 33):
            scene.answer(made.token, comment=f"Mr Li does it {'well' if made.target.link_id == one else 'badly'}")
    survey = scene.closed(survey)
    with scene.db.reading() as session:
        told = remarks(session, scene.plant.quality_manager, survey.id)
    assert [(group.level, len(rows)) for group, rows in told] == [("total", 19)]
    keys = [row.key for _, rows in told for row in rows]
    texts = dict.fromkeys(keys[:-1], "They do it well") | {keys[-1]: "Mr Li"}
    scrubbed = scene.do(satisfaction.scrub, survey.id, survey.rev, texts, [keys[-1]])
    assert scrubbed.scrubbed_by_id == scene.plant.quality_manager.id
    with pytest.raises(Stale):
        scene.do(satisfaction.scrub, survey.id, survey.rev, {keys[0]: "Mr Li again"}, [])
    with pytest.raises(NotFound):
        scene.do(satisfaction.scrub, survey.id, scrubbed.rev, {"nothing": "Words"}, [])
    scene.do(satisfaction.publish, survey.id, scene.now(survey).rev)
    with scene.db.reading() as session:
        texts = list(session.scalars(select(SurveyComment.text)))
    assert texts == ["They do it well"] * 18
    assert scene.count(SurveyRemark) == 0


def test_r37_comments_of_fewer_than_ten_are_seen_by_nobody(scene: Scene):
    survey = scene.opened()
    scene.answered(survey, {scene.plant.press_weld: 9}, comment="Who said this")
    survey = scene.closed(survey)
    with scene.db.reading() as session:
        assert remarks(session, scene.plant.quality_manager, survey.id) == []
    scene.do(satisfaction.publish, survey.id, survey.rev)
    assert scene.count(SurveyComment) == 0


def test_r37_answers_that_changed_after_the_seal_are_not_published(scene: Scene):
    survey = scene.opened()
    scene.answered(survey, {scene.plant.press_weld: 6})
    survey = scene.closed(survey)
    with scene.db.transaction(scene.plant.quality_manager, "tests.tamper") as session:
        session.execute(update(SurveySheet).values(answers={"QUALITY": 5}))
    with pytest.raises(Refused) as refused:
        scene.do(satisfaction.publish, survey.id, survey.rev)
    assert refused.value.rule == "R-37"
    assert scene.count(SurveyResult) == 0


def test_r37_the_only_answer_is_not_found_by_trying_answers_against_the_seal(scene: Scene):
    survey = scene.opened()
    scene.answered(survey, {scene.plant.press_weld: 1})
    survey = scene.closed(survey)
    with scene.db.reading() as session:
        target, answers = session.execute(select(SurveySheet.target_id, SurveySheet.answers)).one()
    tried = orjson.dumps([target, answers], option=orjson.OPT_SORT_KEYS)
    assert survey.answer_count == 1
    assert sha256(tried).hexdigest() != survey.seal


def test_a_survey_takes_its_steps_in_order_and_by_those_who_may(scene: Scene):
    survey = scene.draft()
    with pytest.raises(IllegalStep):
        scene.do(satisfaction.publish, survey.id, survey.rev)
    with pytest.raises(NotAllowed):
        scene.do(satisfaction.open_survey, survey.id, survey.rev, person=scene.plant.operator)
    survey = scene.do(satisfaction.open_survey, survey.id, survey.rev)
    with pytest.raises(Stale):
        scene.do(satisfaction.close, survey.id, survey.rev - 1)
    with pytest.raises(IllegalStep):
        scene.do(satisfaction.open_survey, survey.id, survey.rev)
    survey = scene.published(survey)
    decided = scene.do(satisfaction.decide, survey.id, survey.rev, decision="Press reworks its tags")
    assert decided.state == "actions"


def test_customers_are_hidden_like_links_unless_they_were_told_that_their_name_stands_with_the_answer(scene: Scene):
    for attributed in (False, True):
        survey = scene.opened({scene.plant.customer: 3}, kind="customers", attributed=attributed)
        scene.answered(survey, {scene.plant.customer: 3})
        scene.published(survey)
        line = lines(scene, survey)["outside", scene.plant.customer]
        assert line.is_hidden is not attributed
        if attributed:
            assert (line.promoters.n, line.promoters.raw) == (3, 100)


def test_a_survey_of_nothing_does_not_open(scene: Scene):
    survey = scene.draft()
    survey = scene.do(satisfaction.edit, survey.id, survey.rev, name_zh="一", name_en="One", opens_on=scene.today,
                      closes_on=scene.today, threshold=5, attributed=False, targets={})
    with pytest.raises(Invalid):
        scene.do(satisfaction.open_survey, survey.id, survey.rev)


def test_answers_are_taken_on_the_days_of_the_survey_alone(scene: Scene):
    from datetime import timedelta

    survey = scene.opened()
    one = scene.invited(survey)[0]
    scene.at += timedelta(days=15)
    with pytest.raises(IllegalStep):
        scene.answer(one.token)
    scene.at -= timedelta(days=1)
    scene.answer(one.token)
