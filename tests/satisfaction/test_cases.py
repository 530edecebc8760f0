"""A corrective action that comes from what a survey or an internal complaint said."""

import pytest

from qms.db import Database
from qms.rules.errors import NotFound
from qms.workflows import actions
from qms.workflows.actions_sources import of_record
from tests.plant import Plant
from tests.satisfaction.scene import Scene
from tests.service.scene_complaints import Scene as Complaints


def opened(scene: Scene, kind: str, record_id: int):
    return scene.do(actions.open_action, site_id=scene.plant.site, sources=[(kind, record_id)],
                    title="Late deliveries inside")


def test_r37_a_survey_is_a_source_once_it_is_published_and_not_before(scene: Scene, sign_in, page):
    survey = scene.opened()
    scene.answered(survey, {scene.plant.press_weld: 8, scene.plant.weld_paint: 8})
    with pytest.raises(NotFound):
        opened(scene, "surveys", survey.id)
    scene.published(survey)
    case = opened(scene, "surveys", survey.id)
    with scene.db.reading() as session:
        assert [a.id for a in of_record(session, scene.plant.quality_manager, "surveys", survey.id)] == [case.id]
    browser = sign_in("quality_manager")
    assert case.number in page(browser, f"/satisfaction/{survey.id}/results").text
    assert survey.number in page(browser, f"/actions/{case.id}").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_internal_complaint_tells_its_case_who_complained_of_whom(db: Database, plant: Plant, sign_in, page,
                                                                     language):
    held = Complaints(db, plant).accepted()
    browser = sign_in("quality_manager", language)
    assert held.number in page(browser, f"/actions/open/?kind=internal_complaints&id={held.id}").text
    case = opened(Scene(db, plant), "internal_complaints", held.id)
    assert (case.origin_unit_id, case.detecting_unit_id) == (plant.press, plant.weld)
    assert case.number in page(browser, f"/service/complaints/{held.id}").text
    assert held.number in page(browser, f"/actions/{case.id}").text
