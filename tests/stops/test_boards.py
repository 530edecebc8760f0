"""Boards: what they show, who may look, and what a poll costs."""

import pytest
from sqlalchemy import event, select

from qms.db import Database
from qms.models.accounts import Grant
from qms.models.chain import Unit
from qms.rules.accounts import SYSTEM
from qms.views import boards
from qms.workflows import stops
from tests.stops.scene import Scene
from tests.stops.test_api import badge, tablet  # noqa: F401


@pytest.fixture(autouse=True)
def _nothing_drawn():
    boards._drawn.clear()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("board", ["andon", "last-24-hours"])
def test_a_board_is_a_page_in_both_languages(scene: Scene, sign_in, page, board: str, language: str):
    scene.later(days=400)
    for _ in range(2):
        page(sign_in("team_leader", language), f"/boards/{board}")
        scene.call(red=True, from_upstream=True)


def test_each_operation_shows_what_it_signals(scene: Scene, sign_in, page):
    plant = scene.plant
    scene.call(unit_id=plant.press)
    scene.call(unit_id=plant.weld, red=True)
    scene.asked(unit_id=plant.paint)
    tree = page(sign_in("team_leader"), "/boards/andon")
    found = [li for li in tree.find(".//li") if "tile-andon" in li.get("class", "")]
    tiles = {li.findtext(".//b"): li.get("class").split()[1] for li in found}
    assert tiles == {"OP10": "andon-call", "OP20": "andon-stop", "OP30": "andon-checks", "OP90": "andon-running"}
    assert "Team leader" in tree.text


def test_the_worst_of_several_is_shown(scene: Scene, sign_in, page):
    scene.call()
    scene.call(red=True, reason="safety")
    text = page(sign_in("team_leader"), "/boards/andon").text
    assert "Safety" in text
    assert "+1" in text


def test_a_board_of_one_line_shows_that_line(scene: Scene, sign_in, page, db: Database):
    with db.transaction(SYSTEM, "tests.line") as session:
        session.get_one(Unit, scene.plant.paint).line = "B"
    text = page(sign_in("team_leader"), "/boards/andon?line=B").text
    assert "OP30" in text
    assert "OP10" not in text


def test_an_enrolled_screen_needs_nobody_signed_in_and_a_stranger_is_turned_away(app, tablet, page):  # noqa: F811
    screen = tablet().browser
    for board in ("andon", "last-24-hours"):
        page(screen, f"/boards/{board}?language=zh")
        assert app.test_client().get(f"/boards/{board}").status_code == 302


def test_a_poll_is_answered_with_304_until_something_changes(scene: Scene, sign_in):
    browser, now = sign_in("team_leader"), f"/boards/andon/now?site={scene.plant.site}"
    first = browser.get(now)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert (browser.get(now, headers=tag).status_code, first.headers["X-Now"][-1]) == (304, "Z")
    stop = scene.call(red=True)
    second = browser.get(now, headers=tag)
    assert second.status_code == 200
    tag = {"If-None-Match": second.headers["ETag"]}
    for change in (lambda: scene.later(minutes=6).tick(), lambda: scene.do(stops.acknowledge, stop),
                   lambda: scene.do(stops.arrive, stop)):
        change()
        third = browser.get(now, headers=tag)
        assert third.status_code == 200
        tag = {"If-None-Match": third.headers["ETag"]}


def test_a_poll_asks_the_database_one_question_of_stops(scene: Scene, sign_in, db: Database):
    scene.call()
    browser, now = sign_in("team_leader"), f"/boards/andon/now?site={scene.plant.site}"
    browser.get(now)
    asked: list[str] = []
    event.listen(db.connection, "before_cursor_execute",
                 lambda _c, _cur, statement, *_rest: asked.append(statement) if "SELECT" in statement else None)
    browser.get(now)
    assert len(asked) <= 2, asked
    assert len([s for s in asked if "stops" in s]) == 1, asked


def test_a_poll_names_a_site_that_the_person_may_see(scene: Scene, sign_in, db: Database):
    browser, site = sign_in("team_leader"), scene.plant.site
    with db.transaction(SYSTEM, "tests.grant") as session:
        held = session.scalars(select(Grant).where(Grant.person_id == scene.plant.team_leader.id)).one()
        held.site_id = site
    for board in ("andon", "last-24-hours"):
        assert browser.get(f"/boards/{board}/now?site={site}").status_code == 200
        for other in (f"?site={site + 1}", "?site=x", ""):
            assert browser.get(f"/boards/{board}/now{other}").status_code == 404
