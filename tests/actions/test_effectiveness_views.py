"""The pages and the JSON of effectiveness: planned, watched, confirmed, and what Today shows of it."""

from datetime import timedelta

import pytest

from qms.db import Database
from qms.models.actions import Action, ActionStep
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.clock import rfc3339, utc_now
from qms.workflows import actions_effectiveness as effectiveness
from qms.workflows import rejections
from tests.actions.cases import Cases
from tests.plant import Plant

HEADERS = {"X-Requested-By": "tests"}


@pytest.fixture
def lately(db: Database, plant: Plant) -> Cases:
    """A case of nine burrs in twelve weeks, opened now."""
    cases = Cases(db, plant, at=(utc_now() - timedelta(weeks=12)).replace(microsecond=0))
    for _ in range(9):
        cases.later(days=9).found()
    cases.at = utc_now()
    return cases


def proven(cases: Cases) -> tuple[Action, EffectivenessPlan]:
    """Return a case of long ago whose plan the figures have proven by now."""
    cases.at = utc_now() - timedelta(weeks=30)
    for _ in range(9):
        cases.later(hours=1).found()
    action = cases.later(weeks=8).opened()
    cases.draft(action, baseline_from=cases.at - timedelta(weeks=9))
    plan = cases.start(action)
    cases.at = utc_now()
    assert cases.judge(plan) is not None
    return action, plan


def form(cases: Cases, **given: object) -> dict[str, object]:
    plant, today = cases.plant, utc_now().date()
    return {"metric": "per_shift", "item_id": plant.item, "defect_id": plant.burr, "origin_unit_id": plant.press,
            "link_id": "", "first": today - timedelta(weeks=12), "last": today, "most": 0, "needed": ""} | given


@pytest.mark.parametrize(("language", "missing", "shortest"), [
    ("en", "Nobody has said yet", "The shortest window that can be proof"), ("zh", "尚未说明", "足以证明的最短窗口")])
def test_r26_the_page_counts_before_it_keeps_a_plan(sign_in, page, lately: Cases, language: str, missing: str,
                                                    shortest: str):
    action, chief = lately.opened(), sign_in("quality_engineer", language)
    assert missing in page(chief, f"/actions/{action.id}").text
    counted = page(chief, f"/actions/{action.id}/effectiveness", form(lately, count="y"))
    assert shortest in counted.text
    with lately.db.reading() as session:
        assert effectiveness.plan_of(session, action.id) is None
    kept = page(chief, f"/actions/{action.id}/effectiveness", form(lately))
    assert missing not in kept.text
    with lately.db.reading() as session:
        plan = effectiveness.plan_of(session, action.id)
    assert plan is not None
    assert (plan.baseline_count, plan.state) == (9, "draft")
    assert page(chief, f"/actions/{action.id}/effectiveness").status == 200
    page(chief, f"/actions/{action.id}/effectiveness", form(lately, rev=9), status=409)


def test_r26_a_window_that_proves_nothing_is_refused_on_the_page_with_rule_and_clause(sign_in, page, lately: Cases):
    action = lately.opened()
    shown = page(sign_in("quality_engineer"), f"/actions/{action.id}/effectiveness", form(lately, needed=1), status=409)
    assert "R-26" in shown.text
    assert "ISO 9001:2015 10.2.1 d" in shown.text
    page(sign_in("operator"), f"/actions/{action.id}/effectiveness", status=403)


@pytest.mark.parametrize(("language", "button"), [("en", "Confirm effectiveness"), ("zh", "确认有效")])
def test_r27_the_page_offers_confirming_to_another_only(sign_in, page, cases: Cases, language: str, button: str):
    action, plan = proven(cases)
    mine = page(sign_in("quality_engineer", language), f"/actions/{action.id}")
    assert button not in [b.text for b in mine.find(".//button")]
    assert "R-27" in mine.text
    chief = sign_in("quality_manager", language)
    shown = page(chief, f"/actions/{action.id}")
    assert "".join(shown.find(".//progress")[0].get("value", "")) == str(cases.read(plan).needed)
    page(chief, f"/actions/effectiveness/{plan.id}/confirm", {"rev": cases.read(plan).rev})
    assert cases.read(plan).state == "confirmed"


def test_r27_a_refusal_to_confirm_is_said_on_the_page(sign_in, page, cases: Cases):
    _, plan = proven(cases)
    said = page(sign_in("quality_engineer"), f"/actions/effectiveness/{plan.id}/confirm", {"rev": cases.read(plan).rev})
    assert "You drafted this plan: somebody else confirms." in " ".join(said.tree.itertext())
    assert cases.read(plan).state == "proven"


def test_the_chart_tells_weeks_before_and_after_and_the_start(sign_in, cases: Cases):
    _, plan = proven(cases)
    told = sign_in("operator").get(f"/actions/effectiveness/{plan.id}/weeks").json["weeks"]
    assert sum(point["counted"] for point in told["points"]) == 9
    assert told["start"] in [point["label"] for point in told["points"]]


def test_r26_and_r27_hold_by_json_too(sign_in, lately: Cases):
    action, chief = lately.opened(), sign_in("quality_engineer")
    address = f"/api/v1/actions/{action.id}/effectiveness"
    asked = {"metric": "per_shift", "defect_id": lately.plant.burr,
             "baseline_from": rfc3339(utc_now() - timedelta(weeks=12)), "baseline_to": rfc3339(utc_now())}
    told = chief.post(f"{address}/proposal", json=asked, headers=HEADERS).json
    assert (told["count"], told["least"] > 0) == (9, True)
    refused = chief.post(address, json=asked | {"needed": told["least"] - 1}, headers=HEADERS)
    assert (refused.status_code, refused.json["rule"], refused.json["field"]) == (409, "R-26", "needed")
    made = chief.post(address, json=asked, headers=HEADERS)
    assert (made.status_code, made.json["needed"], made.json["standing"]) == (201, told["least"], None)
    assert chief.get(address).json["plans"][0]["id"] == made.json["id"]


def test_r27_confirming_by_json_is_refused_to_the_leader_and_done_by_another(sign_in, cases: Cases):
    _, plan = proven(cases)
    address, sent = f"/api/v1/actions/effectiveness/{plan.id}/confirm", {"rev": cases.read(plan).rev}
    refused = sign_in("quality_engineer").post(address, json=sent, headers=HEADERS)
    assert (refused.status_code, refused.json["rule"]) == (409, "R-27")
    done = sign_in("quality_manager").post(address, json=sent, headers=HEADERS)
    assert (done.status_code, done.json["state"]) == (200, "confirmed")
    assert done.json["standing"]["words"]["en"].endswith("clean shifts")


def test_today_shows_what_is_to_confirm_to_another_and_what_came_back_to_the_leader(sign_in, page, cases: Cases):
    action, plan = proven(cases)
    assert "Effectiveness to confirm" in page(sign_in("quality_manager"), "/").text
    assert "Effectiveness to confirm" not in page(sign_in("quality_engineer"), "/").text
    cases.later(minutes=-1).found()
    cases.later(minutes=1).judge(plan)
    leader = page(sign_in("quality_engineer"), "/").text
    assert "It came back: open again at D4" in leader
    assert action.number in leader
    assert "再次发生: 从 D4 重新打开" in page(sign_in("quality_engineer", "zh"), "/").text


def test_today_shows_an_overdue_step_to_those_whom_it_has_reached(sign_in, page, cases: Cases):
    action = cases.opened()
    with cases.db.transaction(SYSTEM, "tests.late") as session:
        for step in session.query(ActionStep).filter_by(action_id=action.id):
            step.due_at, step.rungs = cases.at, 3 if step.step == "D0" else 0
    for login, reached in (("quality_manager", True), ("team_leader", True), ("production_manager", False),
                           ("quality_engineer", False)):
        assert ("Overdue and escalated to you" in page(sign_in(login), "/").text) == reached, login


@pytest.mark.parametrize(("language", "said"), [("en", "Repeat of CA-SH-2026-0001"), ("zh", "重复: CA-SH-2026-0001")])
def test_r29_a_rejection_names_the_case_that_it_repeats(sign_in, page, cases: Cases, language: str, said: str):
    before = cases.found()
    cases.later(hours=1).opened(state="closed", closed_at=cases.at)
    again = cases.later(days=300).found()
    chief = sign_in("quality_engineer", language)
    assert said in page(chief, f"/rejections/{again.id}").text
    assert said not in page(chief, f"/rejections/{before.id}").text


@pytest.mark.parametrize(("language", "told"), [("en", "Void since"), ("zh", "后已作废")])
def test_r29_the_page_says_that_what_came_back_was_voided_since(sign_in, page, lately: Cases, language: str, told: str):
    action, plan = lately.watched()
    back, chief = lately.later(hours=1).found(), lately.plant.quality_engineer
    lately.judge(plan)
    browser = sign_in("quality_engineer", language)
    shown = page(browser, f"/actions/{action.id}")
    assert back.number in shown.text
    assert told not in shown.text
    with lately.db.transaction(chief, "rejections.void") as session:
        rejections.void(session, chief, back.id, session.get_one(Rejection, back.id).rev, reason="Seen twice")
    assert told in page(browser, f"/actions/{action.id}").text
    assert lately.read(action).state == "open"
