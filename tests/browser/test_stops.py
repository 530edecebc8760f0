"""Calls, stops, rosters and boards as people see them: clean pages, tiles that follow what happens."""

import pytest

from qms.rules.clock import utc_now
from qms.workflows import stops
from tests.browser.clean import objections, walk
from tests.browser.conftest import Site
from tests.stops.scene import Scene

pytestmark = pytest.mark.browser


@pytest.fixture
def scene(site: Site) -> Scene:
    """The served plant, now."""
    return Scene(site.database, site.plant, at=utc_now())


@pytest.fixture
def over(scene: Scene):
    """End what a test left open, so that the next one begins with lines that run."""
    yield
    with scene.db.transaction(scene.plant.quality_manager, "stops.restart") as session:
        for stop in stops_of(session):
            stop.state, stop.restarted_at, stop.restarted_by_id = "restarted", utc_now(), 0


def stops_of(session) -> list:
    from sqlalchemy import select

    from qms.models.stops import Stop

    return list(session.scalars(select(Stop).where(Stop.restarted_at.is_(None))))


@pytest.mark.usefixtures("over")
@pytest.mark.parametrize(("language", "width", "height"), [("zh", 1280, 800), ("en", 1440, 900)])
def test_pages_of_stops_and_rosters_are_clean(scene: Scene, site: Site, signed_in, language: str, width: int,
                                              height: int):
    plant = scene.plant
    asked = scene.asked(unit_id=plant.press, customer_id=plant.weld, lot_id=plant.lot)
    called = scene.call(red=True)
    page = signed_in("quality_engineer", language, width=width, height=height)
    walk(page, site.url, (
        "/stops/", f"/stops/{asked.id}", f"/stops/{called.id}", "/stops/call/", f"/stops/{asked.id}/check",
        f"/stops/{asked.id}/contain-again", "/chain/rosters/", "/chain/rosters/add", "/chain/rosters/shifts/add"))


@pytest.mark.usefixtures("over")
@pytest.mark.parametrize("board", ["andon", "last-24-hours"])
@pytest.mark.parametrize(("language", "width", "height"), [("zh", 1920, 1080), ("en", 1280, 800)])
def test_boards_are_clean_and_fit_their_screen(scene: Scene, signed_in, board: str, language: str, width: int,
                                               height: int):
    scene.call()
    scene.call(unit_id=scene.plant.paint, red=True, from_upstream=True)
    page = signed_in("team_leader", language, width=width, height=height)
    page.goto(f"/boards/{board}?language={language}", wait_until="load")
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        width, height]
    assert objections(page) == []


@pytest.mark.usefixtures("over")
def test_the_andon_board_follows_what_happens_and_counts_on(scene: Scene, signed_in):
    page = signed_in("team_leader", "en", width=1280, height=800)
    page.goto("/boards/andon")
    tile = page.locator(".tile-andon", has_text="OP20")
    assert "andon-running" in tile.get_attribute("class")
    stop = scene.call(red=True)
    page.locator(".tile-andon.andon-stop", has_text="OP20").wait_for(timeout=6000)
    first = page.locator(".tile-clock").first.inner_text()
    page.wait_for_timeout(2100)
    assert page.locator(".tile-clock").first.inner_text() != first
    scene.do(stops.arrive, stop)
    page.get_by_text("somebody is there").wait_for(timeout=6000)


def test_a_board_that_hears_nothing_says_so(scene: Scene, signed_in):
    page = signed_in("team_leader", "en", width=1280, height=800)
    page.goto("/boards/andon")
    page.route("**/boards/andon/now*", lambda route: route.abort())
    page.get_by_text("NO CONNECTION").wait_for(timeout=16_000)
    page.unroute("**/boards/andon/now*")
    page.locator("#lost").wait_for(state="hidden", timeout=16_000)


def test_sound_is_off_until_somebody_wants_it(signed_in):
    page = signed_in("team_leader", "zh", width=1280, height=800)
    page.goto("/boards/andon")
    button = page.get_by_role("button", name="声音已关")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert page.get_by_role("button", name="声音已开").get_attribute("aria-pressed") == "true"


@pytest.mark.usefixtures("over")
def test_a_record_page_follows_its_stop(scene: Scene, signed_in):
    stop = scene.call(red=True)
    page = signed_in("team_leader", "en")
    page.goto(f"/stops/{stop.id}")
    assert page.get_by_text("Nobody is at the spot yet.").count() == 1
    scene.do(stops.arrive, stop)
    page.get_by_text("Nobody is at the spot yet.").wait_for(state="detached", timeout=9000)
