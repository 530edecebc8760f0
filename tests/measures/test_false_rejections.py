"""Which rejections count as false, of which, and where it is shown."""

from datetime import date

import pytest

from qms.measures.intervals import rate
from qms.models.rejections import Rejection
from qms.rules.measures import Period
from qms.workflows import dispositions, rejections
from qms.workflows.measures_false_rejections import false_rejections
from tests.dispositions.scene import Scene

EVER = Period(date(2020, 1, 1), date(2040, 12, 31), "month", "Asia/Shanghai")


def released(scene: Scene, good: int) -> Rejection:
    """Report ten pieces of which a re-inspection finds so many good."""
    made = scene.reported()
    hold, inspector = scene.holds(made)[0], scene.plant.quality_engineer
    with scene.db.transaction(inspector, "rejections.release") as session:
        rejections.release(session, inspector, hold.id, hold.rev, good=good, not_good=10 - good, result="Gauged again",
                           criteria_ref=None)
    return made


@pytest.fixture
def scene(db, plant) -> Scene:
    """A plant with two false rejections, one true, one not judged, one false in part."""
    scene = Scene(db, plant)
    released(scene, 10)
    released(scene, 10)
    scrap = scene.one(scene.reported(), "scrap")
    scene.do(dispositions.start, scrap, place="Cage")
    scene.do(dispositions.report, scrap, result="Crushed", method="crush", weight_kg=None)
    scene.do(dispositions.witness, scrap)
    scene.do(dispositions.dispose, scrap)
    released(scene, 4)
    scene.reported()
    return scene


def test_only_closed_rejections_are_judged_and_only_wholly_good_ones_are_false(scene: Scene):
    plant = scene.plant
    with scene.db.reading() as session:
        whole = false_rejections(session, plant.site, EVER)
        assert (whole.rate, whole.waiting) == (rate(2, 3), 2)
        assert false_rejections(session, plant.site, EVER, link_id=plant.press_weld) == whole
        assert false_rejections(session, plant.site, EVER, found_unit_id=plant.weld) == whole
        elsewhere = false_rejections(session, plant.site, EVER, found_unit_id=plant.paint)
    assert (elsewhere.rate.value, elsewhere.waiting) == (None, 0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pages_show_the_rate_with_n_and_interval_and_what_waits(scene: Scene, sign_in, page, language: str):
    browser, plant = sign_in("quality_engineer", language), scene.plant
    said, waits = {"en": ("False rejections (no fault found)", "2 not judged yet"),
                   "zh": ("误判率 (无缺陷)", "2 条尚未判定")}[language]
    span = "first=2026-01-01&last=2027-12-31&step=month"
    for address in (f"/measures/?{span}", f"/measures/links/{plant.press_weld}?{span}",
                    f"/measures/units/{plant.weld}?{span}"):
        text = page(browser, address).text
        assert said in text, address
        assert "66.7%" in text, address
        assert waits in text, address
