"""The dashboard: measures of a part now, beside the period before and their objective, with a trend by month."""

from datetime import date
from decimal import Decimal

import pytest

from qms.rules.errors import NotAllowed, NotFound
from qms.rules.measures import Period
from qms.rules.review_snapshots import Estimate
from qms.web.trends import EDGE, HEIGHT, WIDTH, trend
from qms.workflows import review_objectives
from qms.workflows.review_dashboard import Tile, dashboard
from qms.workflows.review_series import Part
from tests.measures.records import handed
from tests.review.scene import Scene
from tests.review.told import on, put

HALF = Period(date(2026, 1, 1), date(2026, 6, 30), "month", "Asia/Shanghai")


@pytest.fixture
def made(scene: Scene) -> Scene:
    """Press hands over one lot of two at once in March; weld hands over one in April, one was refused in November."""
    plant = scene.plant

    def records(session):
        handed(session, plant, plant.press_weld, 100, at=on(3))
        handed(session, plant, plant.press_weld, 100, rejected=1, at=on(3))
        handed(session, plant, plant.weld_paint, 100, at=on(4))
        handed(session, plant, plant.weld_paint, 100, rejected=5, at=on(11, year=2025))

    put(scene, records)
    scene.do(review_objectives.set_objective, site_id=plant.site, measure="fta", part="link", part_id=plant.press_weld,
             target=Decimal("0.98"), valid_from=date(2026, 1, 1))
    return scene


def tiles(scene: Scene, part: Part, person=None) -> dict[str, Tile]:
    with scene.db.reading() as session:
        told = dashboard(session, person or scene.head, scene.plant.site, part, HALF)
        return {tile.measure.code: tile for tile in told.tiles}


def test_the_whole_site_beside_the_period_before(made: Scene):
    fta = tiles(made, Part("site"))["fta"]
    assert (fta.now.value, fta.now.n) == (pytest.approx(2 / 3), 3)
    assert (fta.before.value, fta.before.n, fta.objective, fta.is_reached) == (0, 1, None, None)


def test_only_the_chosen_part_is_counted(made: Scene):
    of_link = tiles(made, Part("link", made.plant.press_weld))["fta"]
    assert (of_link.now.value, of_link.now.n, of_link.before.value) == (0.5, 2, None)
    assert tiles(made, Part("unit", made.plant.weld))["fta"].now.n == 1
    assert tiles(made, Part("customer", made.plant.customer))["fta"].now.n == 3


def test_an_objective_stands_beside_its_measure(made: Scene):
    fta = tiles(made, Part("link", made.plant.press_weld))["fta"]
    assert (fta.objective.target, fta.is_reached) == (Decimal("0.98"), False)


def test_thirteen_months_a_gap_where_nothing_was_counted(made: Scene):
    trend_ = tiles(made, Part("site"))["fta"].trend
    assert len(trend_) == 13
    assert {month.label: told.value for month, told in trend_ if told.value is not None} == {
        "2025-11": 0, "2026-03": 0.5, "2026-04": 1}


def test_another_sites_part_and_who_may_not_see(made: Scene):
    with pytest.raises(NotFound):
        tiles(made, Part("link", 999))
    with pytest.raises(NotFound):
        tiles(made, Part("unit", made.plant.customer))
    with pytest.raises((NotAllowed, NotFound)):
        tiles(made, Part("site"), person=made.plant.operator)


def test_a_trend_breaks_where_a_month_has_no_value():
    drawn = trend([Estimate(1), Estimate(2), Estimate(None, 0), Estimate(3)], 4.0, from_zero=True)
    assert drawn is not None
    assert [len(line.split()) for line in drawn.lines] == [2, 1]
    assert drawn.dots[-1][0] == WIDTH - EDGE
    assert (drawn.low, drawn.high, drawn.target) == (0, 4, EDGE)
    assert trend([Estimate(None, 0)], 4.0, from_zero=True) is None


def test_a_band_follows_the_interval():
    drawn = trend([Estimate(0.5, 9, 0.2, 0.8), Estimate(0.6, 9, 0.3, 0.9)], None, from_zero=False)
    assert drawn is not None
    top = round(HEIGHT - EDGE - (0.8 - 0.2) / 0.7 * (HEIGHT - 2 * EDGE), 1)
    assert drawn.bands[0].split()[0] == f"{EDGE:.1f},{top}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_its_page_opens_for_every_part_in_both_languages(made: Scene, sign_in, page, language: str):
    browser, plant = sign_in("quality_manager", language), made.plant
    for part in ("site", f"unit:{plant.weld}", f"link:{plant.press_weld}", f"customer:{plant.customer}"):
        page(browser, f"/review/dashboard/?part={part}&first=2026-01-01&last=2026-06-30")


def test_its_page_shows_value_target_and_verdict(made: Scene, sign_in, page):
    shown = page(sign_in("auditor"), f"/review/dashboard/?part=link:{made.plant.press_weld}&first=2026-01-01"
                                     "&last=2026-06-30")
    assert "50.0%" in shown.text
    assert "≥ 98.0%" in shown.text
    assert "missed" in shown.text
    assert 'class="trend-line"' in shown.response.get_data(as_text=True)


def test_every_number_leads_to_its_records(made: Scene, sign_in, page):
    browser, plant = sign_in("quality_manager"), made.plant
    for part in ("site", f"unit:{plant.weld}", f"link:{plant.press_weld}"):
        shown = page(browser, f"/review/dashboard/?part={part}&first=2026-01-01&last=2026-06-30")
        for link in shown.find(".//article/p/a"):
            assert browser.get(link.get("href")).status_code == 200


def test_an_unknown_part_or_site_is_not_there_and_a_wrong_period_is_told(scene: Scene, sign_in, page):
    browser = sign_in("quality_manager")
    page(browser, "/review/dashboard/?site=999", status=404)
    page(browser, "/review/dashboard/?part=link:999", status=404)
    page(browser, "/review/dashboard/?first=2026-06-30&last=2026-01-01", status=422)
    assert "Nothing was counted" in page(browser, "/review/dashboard/").text


def test_who_sees_no_reviews_sees_no_dashboard(scene: Scene, sign_in, page):
    page(sign_in("operator"), "/review/dashboard/", status=403)
