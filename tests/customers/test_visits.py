"""Visits and calls: planned, moved, called off, recorded with what was said, corrected, by page, file and JSON."""

from datetime import timedelta
from typing import Any

import pytest

from qms.models.customers_visits import CustomerVisit
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Stale
from qms.workflows import customers_visits as visits
from qms.workflows import customers_visits_register as registers
from qms.workflows.chain_paging import Wish
from tests.customers.scene import Scene
from tests.rejections.test_register import plans

HEADERS = {"X-Requested-By": "test"}


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant as it is now, for pages have the server's clock."""
    scene.at = utc_now()
    return scene


def day(scene: Scene, more: int = 0) -> Any:
    return (scene.at + timedelta(hours=8)).date() + timedelta(days=more)


def planned(scene: Scene, unit: int | None = None, **given: Any) -> CustomerVisit:
    return scene.do(visits.plan, None, unit or scene.plant.customer, **(
        {"kind": "visit", "purpose": "Ask about burrs", "planned_on": day(scene),
         "goer_id": scene.plant.quality_engineer.id} | given))


def test_a_visit_is_planned_for_a_customer_and_for_a_unit_inside(scene: Scene):
    outside, inside = planned(scene), planned(scene, scene.plant.weld, kind="call")
    assert outside.number == f"VS-SH-{outside.year}-000001"
    assert (outside.state, inside.state, inside.kind, inside.satisfied) == ("planned", "planned", "call", None)


def test_a_visit_is_planned_for_a_day_to_come_with_somebody_who_goes(scene: Scene):
    for wrong in ({"planned_on": day(scene, -1)}, {"kind": "x"}, {"purpose": " "}, {"goer_id": 999_999}):
        with pytest.raises(Invalid):
            planned(scene, **wrong)
    with pytest.raises(NotFound):
        planned(scene, unit=999_999)
    with pytest.raises(NotAllowed):
        scene.do(visits.plan, scene.plant.operator, scene.plant.customer, kind="visit", purpose="x",
                 planned_on=day(scene), goer_id=scene.plant.operator.id)


def test_what_was_said_is_recorded_and_the_next_one_planned(scene: Scene):
    held = planned(scene)
    done = scene.do(visits.record, None, held.id, 1, done_on=day(scene), said="Content", satisfied=4,
                    next_on=day(scene, 30), best_time="Tuesdays")
    last, to_come = scene.read(lambda session, _person: registers.last_and_next(session, scene.plant.customer))
    assert (done.state, last.id, to_come.previous_id, to_come.planned_on, to_come.best_time) == (
        "done", held.id, held.id, day(scene, 30), "Tuesdays")
    with pytest.raises(IllegalStep):
        scene.do(visits.record, None, held.id, done.rev, done_on=day(scene), said="Again")


def test_a_visit_without_a_word_on_satisfaction_stays_without(scene: Scene):
    held = planned(scene)
    assert scene.do(visits.record, None, held.id, 1, done_on=day(scene), said="Nobody was there").satisfied is None


def test_a_log_of_the_future_without_words_or_off_the_scale_is_refused_and_changes_nothing(scene: Scene):
    held = planned(scene)
    for wrong in ({"done_on": day(scene, 1)}, {"said": " "}, {"satisfied": 6}, {"next_on": day(scene, -1)}):
        with pytest.raises(Invalid):
            scene.do(visits.record, None, held.id, 1, **({"done_on": day(scene), "said": "x"} | wrong))
    with pytest.raises(Stale):
        scene.do(visits.record, None, held.id, 7, done_on=day(scene), said="x")
    assert scene.read(registers.one, held.id).state == "planned"


def test_a_visit_is_moved_and_called_off_with_a_reason(scene: Scene):
    held, goer = planned(scene), scene.plant.quality_engineer.id
    with pytest.raises(Invalid):
        scene.do(visits.move, None, held.id, 1, planned_on=day(scene, 3), goer_id=goer, reason=" ")
    moved = scene.do(visits.move, None, held.id, 1, planned_on=day(scene, 3), goer_id=goer, reason="Holiday there")
    assert (moved.state, moved.times_moved, moved.planned_on) == ("planned", 1, day(scene, 3))
    with pytest.raises(Invalid):
        scene.do(visits.call_off, None, held.id, moved.rev, reason="")
    off = scene.do(visits.call_off, None, held.id, moved.rev, reason="Plant closed")
    assert off.state == "called_off"
    with pytest.raises(IllegalStep):
        scene.do(visits.move, None, held.id, off.rev, planned_on=day(scene, 4), goer_id=goer, reason="x")


def test_a_log_is_corrected_with_a_reason(scene: Scene):
    held = planned(scene)
    with pytest.raises(IllegalStep):
        scene.do(visits.correct, None, held.id, 1, done_on=day(scene), said="x", reason="x")
    done = scene.do(visits.record, None, held.id, 1, done_on=day(scene), said="Fine", satisfied=5)
    fixed = scene.do(visits.correct, None, held.id, done.rev, done_on=day(scene), said="Not fine", satisfied=2,
                     reason="Wrong sheet")
    assert (fixed.said, fixed.satisfied, fixed.correction, fixed.state) == ("Not fine", 2, "Wrong sheet", "done")


def test_the_register_tells_what_is_due(scene: Scene):
    due, later = planned(scene), planned(scene, scene.plant.weld, planned_on=day(scene, 5))

    def ids(**asked: Any) -> list[int]:
        return [row.id for row in scene.read(registers.register, registers.Filter(**asked), Wish()).rows]

    assert (ids(), ids(state="due"), ids(state="planned")) == ([later.id, due.id], [due.id], [later.id, due.id])
    assert (ids(unit_id=scene.plant.weld), ids(state="done"), ids(sought="burrs C01")) == ([later.id], [], [due.id])
    assert scene.read(registers.due).total == 1
    assert scene.read(registers.due, person=scene.plant.auditor).total == 0


@pytest.mark.parametrize("asked", [{"state": "planned"}, {"state": "due"}, {"unit_id": 1}])
def test_the_register_is_read_by_an_index(scene: Scene, asked: dict[str, Any]):
    if not scene.db.url.startswith("sqlite"):
        pytest.skip("the plan is SQLite's")
    planned(scene)
    with plans(scene.db) as seen:
        scene.read(registers.register, registers.Filter(**asked), Wish())
    assert not [line for line in seen if line.startswith("SCAN customer_visits") and "INDEX" not in line]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_visit_is_planned_moved_recorded_and_corrected_at_the_desk(scene: Scene, sign_in, page, language: str):
    scene.customer()
    browser, own = sign_in("quality_engineer", language), "/customers/visits"
    assert {"zh": "尚无走访计划", "en": "No visit or call is planned"}[language] in page(browser, f"{own}/").text
    page(browser, f"{own}/plan?unit={scene.plant.customer}")
    form = {"unit_id": scene.plant.customer, "kind": "visit", "purpose": "Burrs again?", "best_time": "",
            "planned_on": f"{day(scene)}", "goer_id": scene.plant.quality_engineer.id}
    page(browser, f"{own}/plan", form | {"purpose": ""}, status=422)
    page(browser, f"{own}/plan", form | {"planned_on": "2020-01-01"}, status=422)
    assert "VS-SH-" in page(browser, f"{own}/plan", form).text
    [held] = scene.read(lambda session, _person: session.query(CustomerVisit).all())
    assert "Burrs again?" in page(browser, "/").text
    assert "Burrs again?" in page(browser, f"{own}/?state=due&unit={scene.plant.customer}").text
    assert "Burrs again?" in page(browser, f"/customers/{scene.plant.customer}").text
    one = f"{own}/{held.id}"
    for step in ("record", "move", "call-off"):
        page(browser, f"{one}/{step}")
    page(browser, f"{one}/nothing", status=404)
    moved = {"rev": 1, "planned_on": f"{day(scene, 1)}", "goer_id": form["goer_id"], "reason": "They asked"}
    page(browser, f"{one}/move", moved)
    page(browser, f"{one}/move", moved, status=409)
    log = {"rev": 2, "done_on": f"{day(scene)}", "said": "No more burrs", "satisfied": "4",
           "next_on": f"{day(scene, 20)}"}
    assert "No more burrs" in page(browser, f"{one}/record", log).text
    page(browser, f"{one}/correct")
    page(browser, f"{one}/correct", {"rev": 3, "done_on": f"{day(scene)}", "said": "Few burrs", "satisfied": "",
                                     "reason": "Misheard"})
    assert "Few burrs" in page(browser, one).text
    assert "VS-SH-" in page(browser, f"/customers/{scene.plant.customer}").text


def test_who_may_only_look_sees_no_step(scene: Scene, sign_in, page):
    held, auditor = planned(scene), sign_in("auditor")
    assert not [a for a in page(auditor, f"/customers/visits/{held.id}").links().values() if "/record" in a]
    page(auditor, f"/customers/visits/{held.id}/record", status=403)
    page(auditor, "/customers/visits/plan", status=403)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_the_register_is_exported_as_it_is_shown(scene: Scene, sign_in, suffix: str):
    planned(scene)
    sent = sign_in("quality_engineer", "en").post("/exports/visits", data={
        "csrf": "test-csrf", "format": suffix, "state": "due"})
    assert sent.status_code == 200
    if suffix == ".csv":
        assert "Ask about burrs" in sent.data.decode("utf-8-sig")


def test_every_step_is_taken_by_json(scene: Scene, sign_in):
    engineer, own = sign_in("quality_engineer"), "/api/v1/customer-visits"

    def send(path: str, body: dict[str, Any]):
        return engineer.post(f"{own}{path}", json=body, headers=HEADERS)

    body = {"unit_id": scene.plant.press, "kind": "call", "purpose": "x", "planned_on": f"{day(scene)}",
            "goer_id": scene.plant.quality_engineer.id}
    made = send("", body)
    assert (made.status_code, send("", body | {"kind": "x"}).status_code) == (201, 422)
    one = f"/{made.get_json()['id']}"
    moved = {"rev": 1, "planned_on": f"{day(scene, 1)}", "goer_id": body["goer_id"], "reason": "x"}
    assert (send(f"{one}/move", moved).status_code, send(f"{one}/move", moved).status_code) == (200, 409)
    log = {"rev": 2, "done_on": f"{day(scene)}", "said": "x"}
    assert send(f"{one}/record", log | {"satisfied": 9}).status_code == 422
    assert send(f"{one}/record", log).get_json()["satisfied"] is None
    assert send(f"{one}/call-off", {"rev": 3, "reason": "x"}).status_code == 409
    assert send(f"{one}/correct", log | {"rev": 3, "satisfied": 3, "reason": "x"}).get_json()["satisfied"] == 3
    assert engineer.get(f"{own}{one}").get_json()["correction"] == "x"
    assert len(engineer.get(f"{own}?state=done").get_json()["visits"]) == 1
    assert sign_in("operator").post(own, json=body, headers=HEADERS).status_code == 403
