"""What Today tells whoever runs surveys: ended and open, closed and not published, few answers near the end."""

from datetime import timedelta

import pytest

from qms.rules.accounts import Actor, Grant
from qms.rules.clock import utc_now
from qms.workflows import satisfaction
from qms.workflows.today_surveys import surveyed
from tests.satisfaction.scene import Scene


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant as it is now, for Today has the server's clock."""
    scene.at = utc_now()
    return scene


def waits(scene: Scene, person: Actor | None = None) -> tuple[list[int], list[int], list[int]]:
    with scene.db.reading() as session:
        found = surveyed(session, person or scene.plant.quality_manager)
        return tuple([s.id for s in part.records] for part in (found.past, found.unpublished, found.few))


def ending(scene: Scene, days: int):
    """Open a survey of twenty invitations that ends in so many days."""
    return scene.opened(opens_on=scene.today - timedelta(days=20), closes_on=scene.today + timedelta(days=days))


def test_an_ended_survey_waits_until_it_is_closed_and_then_until_it_is_published(scene: Scene):
    running, ended = ending(scene, 14), ending(scene, -1)
    assert waits(scene) == ([ended.id], [], [])
    closed = scene.do(satisfaction.close, ended.id, ended.rev)
    assert waits(scene) == ([], [ended.id], [])
    scene.do(satisfaction.publish, ended.id, closed.rev)
    assert waits(scene) == ([], [], [])
    assert running.id


@pytest.mark.parametrize(("days", "answers", "told"), [(0, 9, True), (3, 9, True), (3, 10, False), (4, 0, False)])
def test_few_answers_are_told_in_the_last_days_and_half_of_them_are_enough(scene: Scene, days: int, answers: int,
                                                                           told: bool):
    survey = ending(scene, days)
    scene.answered(survey, {scene.plant.press_weld: min(answers, 5), scene.plant.weld_paint: max(answers - 5, 0)})
    assert waits(scene) == ([], [], [survey.id] if told else [])


def test_only_whoever_runs_surveys_at_the_site_is_told(scene: Scene):
    survey = ending(scene, -1)
    assert waits(scene) == ([survey.id], [], [])
    assert waits(scene, scene.plant.auditor) == ([], [], [])
    assert waits(scene, Actor(1, "x", (Grant(1, "quality_manager", scene.plant.site + 1),))) == ([], [], [])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_today_shows_them_and_tells_nobody_who_answered(scene: Scene, sign_in, page, language: str):
    late, few = ending(scene, -1), ending(scene, 1)
    scene.answered(few, {scene.plant.press_weld: 1})
    shown = page(sign_in("quality_manager", language), "/").text
    for said in (late.number, few.number, {"zh": "答复较少的调查", "en": "Surveys that few have answered"}[language]):
        assert said in shown
    hidden = page(sign_in("operator", language), "/").text
    assert late.number not in hidden
    assert few.number not in hidden
