"""A management review in a real browser: the meeting by keyboard, notes saved in place, charts, nothing amiss."""

import re

import pytest

from qms.models.review import Review
from qms.rules.clock import utc_now
from qms.workflows import review, review_assembly
from tests.browser.clean import walk
from tests.browser.conftest import Site
from tests.review.scene import Scene, made_scene
from tests.review.snapshots import WHOLE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(site: Site) -> Scene:
    """The plant with its management representative."""
    made = made_scene(site.database, site.plant)
    made.at = utc_now()
    made.read_off("red")
    return made


@pytest.fixture(scope="module")
def held(scene: Scene) -> Review:
    """A review in its meeting, of which one input holds all that an input may hold."""
    made = scene.opened()
    found = scene.counted(made) | {"process_performance": WHOLE}
    made = scene.do(review_assembly.keep, made.id, found, freeze=True, rev=made.rev)
    scene.do(review.attend, made.id, role="chair", person_id=scene.plant.production_manager.id)
    made = scene.do(review.meet, made.id, scene.fresh(made).rev)
    scene.do(review_assembly.compare, made.id, found)
    return made


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 1280, 800), ("en", 1440, 900)])
def test_every_page_of_a_review_is_clean(site: Site, held: Review, signed_in, language, width, height):
    page = signed_in("quality_manager", language, width=width, height=height)
    own = f"/review/{held.id}"
    walk(page, site.url, (
        "/review/", "/review/open", own, f"{own}/inputs/process-performance", f"{own}/inputs/scorecards",
        f"{own}/inputs/audits/fill", f"{own}/attendees", f"{own}/decide", f"{own}/comparison", f"{own}/settle",
        f"{own}/paper"))


def test_the_meeting_goes_on_by_arrow_keys_but_not_while_typing(site: Site, held: Review, signed_in):
    page = signed_in("quality_manager", "en")
    page.goto(f"/review/{held.id}/inputs")
    assert page.locator("h1").inner_text() == "Actions of earlier reviews"
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("/inputs/context$"))
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("/inputs/earlier-actions$"))
    page.get_by_label("Note of the meeting").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("link", name="Next input").focus()
    assert page.url.endswith("/inputs/earlier-actions")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/inputs/context$"))


def test_a_note_is_saved_without_leaving_the_page(site: Site, scene: Scene, held: Review, signed_in):
    page = signed_in("quality_manager", "en")
    page.goto(f"/review/{held.id}/inputs/stops")
    page.evaluate("window.stayed = true")
    for words in ("Nights answer later", "Nights answer later than days"):
        page.get_by_label("Note of the meeting").fill(words)
        with page.expect_response(re.compile("/inputs/stops$")):
            page.get_by_role("button", name="Save the note").click()
        page.locator("#note").get_by_text("saved").wait_for()
        assert scene.input(held, "stops").note == words
    assert page.evaluate("window.stayed") is True


def test_every_kind_of_chart_is_drawn(site: Site, held: Review, signed_in):
    page = signed_in("auditor", "en")
    page.goto(f"/review/{held.id}/inputs/process-performance", wait_until="networkidle")
    assert page.locator("[data-chart] canvas").count() == 6
