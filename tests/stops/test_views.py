"""The desk pages of calls and stops."""

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.rejections import Rejection
from qms.models.stops import Stop
from qms.workflows import stops
from tests.plant import Plant
from tests.stops.scene import Scene


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_register_says_what_it_is_for(sign_in, page, language: str):
    shown = page(sign_in("team_leader", language), "/stops/")
    assert {"zh": "还没有呼叫或停线", "en": "No call and no stop yet"}[language] in shown.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_state_has_its_page_in_both_languages(scene: Scene, sign_in, page, language: str):
    plant = scene.plant
    shown = [scene.call(), scene.call(red=True), scene.contained(), scene.asked(), scene.good(),
             scene.good(unit_id=plant.press, customer_id=plant.weld, lot_id=plant.lot),
             scene.do(stops.resolve, scene.call(), note="x")]
    over = scene.do(stops.restart, scene.good(), plant.quality_engineer)
    shown += [over, scene.do(stops.review, scene.do(stops.restart, scene.good(), plant.quality_engineer), note="x")]
    browser = sign_in("quality_engineer", language)
    for stop in shown:
        read = page(browser, f"/stops/{stop.id}")
        assert stop.number in read.text
    assert page(browser, "/stops/").text.count("ST-SH-2026-") == len(shown)


def test_the_register_filters_by_state_reason_unit_and_words(scene: Scene, sign_in, page):
    first = scene.call()
    other = scene.call(unit_id=scene.plant.paint, reason="quality", red=True)
    browser = sign_in("team_leader")
    for asked, found in (("state=open", 2), ("state=stopped", 1), ("reason=quality", 1),
                         (f"unit={scene.plant.weld}", 1), ("q=涂装", 1), (f"q={first.number}", 1), ("q=OP20", 1),
                         ("q=nothing", 0), ("first=2026-03-02&last=2026-03-02", 2), ("first=2026-03-03", 0)):
        text = page(browser, f"/stops/?{asked}").text
        assert text.count("ST-SH-2026-") == found, asked
    assert other.number in page(browser, "/stops/?reason=quality").text


def test_the_register_shows_how_soon_somebody_came_and_never_who(scene: Scene, sign_in, page):
    for minutes in (2, 4, 6):
        stop = scene.call(red=True, reason="quality")
        scene.later(minutes=minutes).do(stops.arrive, stop)
        scene.tick()
    text = page(sign_in("auditor"), "/stops/?first=2026-03-01").text
    assert "4 min 00 s" in text
    assert "median, n = 3" in text
    assert "Team Leader" not in text.split("Rejection")[-1]


def test_a_call_is_made_answered_and_restarted_at_the_desk(scene: Scene, sign_in, page, db: Database, plant: Plant):
    leader, engineer = sign_in("team_leader"), sign_in("quality_engineer")
    made = page(leader, "/stops/call/", {
        "unit_id": plant.weld, "signal": "red", "reason": "quality", "lot": "L-0001", "from_upstream": "y",
        "quantity": "5", "defect": "D01"})
    assert "the first rung is told" in made.text
    with db.reading() as session:
        stop = session.scalars(select(Stop)).one()
        assert session.scalars(select(Rejection.quantity)).one() == 5

    def take(step: str, browser=leader, **given):
        return page(browser, f"/stops/{stop.id}/{step}", {"rev": scene.read(stop).rev, **given})

    assert "recorded" in take("acknowledge").text
    take("arrive")
    take("contain", containment="Cage 4", cause_known="y", measure="Sorting")
    take("ask-restart", measure="Electrode renewed", lost_units="12")
    assert "The line may not run yet" in page(leader, f"/stops/{stop.id}").text
    for kind in ("containment", "measure"):
        take("check", kind=kind, good="yes")
    take("check", kind="first_piece", good="yes", pieces="3", nonconforming="0")
    assert "only these may restart" in take("restart").text
    assert "Running again" in take("restart", engineer).text
    assert "Reviewed" in take("review", engineer, note="Dress more often").text
    assert scene.read(stop).lost_units == 12


def test_a_form_that_lacks_something_says_so_beside_the_field(scene: Scene, sign_in, page):
    stop = scene.call(red=True)
    leader = sign_in("team_leader")
    page(leader, f"/stops/{stop.id}/contain", {"rev": stop.rev, "containment": ""}, status=422)
    page(leader, "/stops/call/", {"unit_id": scene.plant.weld, "signal": "red", "reason": ""}, status=422)
    asked = scene.asked()
    shown = page(leader, f"/stops/{asked.id}/check", {"rev": scene.read(asked).rev, "kind": "first_piece",
                                                     "good": "yes", "pieces": "2", "nonconforming": "0"}, status=422)
    assert "3 pieces at least" in shown.text


def test_two_editors_see_both_versions(scene: Scene, sign_in, page):
    stop = scene.call(red=True)
    scene.do(stops.arrive, stop)
    page(sign_in("team_leader"), f"/stops/{stop.id}/contain",
         {"rev": stop.rev, "containment": "Cage 4"}, status=409)


def test_who_may_not_answer_sees_no_step_and_is_refused(scene: Scene, sign_in, page):
    stop = scene.call(red=True)
    auditor = sign_in("auditor")
    shown = page(auditor, f"/stops/{stop.id}")
    assert not [f for f in shown.find(".//form") if "/arrive" in f.get("action", "")]
    page(auditor, f"/stops/{stop.id}/arrive", {"rev": stop.rev}, status=403)
    page(auditor, "/stops/call/", status=403)


def test_whom_a_rung_names_says_that_they_have_seen_it(scene: Scene, sign_in, page):
    stop = scene.call(red=True)
    leader = sign_in("team_leader")
    assert "I have seen it" in page(leader, f"/stops/{stop.id}").text
    shown = page(leader, f"/stops/{stop.id}/see", {"rev": stop.rev})
    assert "The clock runs on" in shown.text
    assert "I have seen it" not in shown.text


def test_history_tells_every_step(scene: Scene, sign_in, page):
    stop = scene.good()
    text = page(sign_in("team_leader"), f"/stops/{stop.id}").text
    for words in ("Called", "Arrived at the spot", "Contained", "Restart asked for", "Restart check recorded"):
        assert words in text
