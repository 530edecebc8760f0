"""Steps on a rejection by JSON: taken by the same workflows as on the pages, refused by the same named rules."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from qms.db import Database
from qms.db.ledger import ledger
from tests.plant import Plant
from tests.rejections.cases import reported
from tests.rejections.test_containment_api import HEADERS, rev, send

GIVEN = {"severity": "MA", "requirement": "No burr above 0.1 mm", "actual": "0.4 mm at the edge"}


def held(browser: FlaskClient, rejection_id: int) -> list[dict[str, Any]]:
    """Read what is held."""
    found: list[dict[str, Any]] = browser.get(f"/api/v1/rejections/{rejection_id}/holds").get_json()["holds"]
    return found


def test_a_leader_completes_by_json_in_one_step(db: Database, plant: Plant, sign_in):
    made, leader = reported(db, plant), sign_in("team_leader")
    told = send(leader, f"/{made.id}/complete", {"rev": rev(db, made), "origin_unit_id": plant.paint, "contain": True,
                                                 "whole_lot": True, "location": "cage 3"} | GIVEN)
    assert (told["requirement"], told["actual"], told["origin_unit_id"], told["whole_lot"]) == (
        GIVEN["requirement"], GIVEN["actual"], plant.paint, True)
    assert [(hold["quantity"], hold["location"]) for hold in told["holds"]] == [(200, "cage 3")]
    assert leader.get(f"/api/v1/rejections/{made.id}/containment").get_json()["open"] > 1


def test_r43_completing_by_json_changes_what_was_said_only_with_a_reason(db: Database, plant: Plant, sign_in):
    made, leader = reported(db, plant, actual="0.2 mm"), sign_in("team_leader")
    sent = {"rev": rev(db, made)} | GIVEN | {"severity": made.severity}
    refused = send(leader, f"/{made.id}/complete", sent, 409)
    assert (refused["rule"], refused["field"]) == ("R-43", "reason")
    assert refused["clauses"]
    told = send(leader, f"/{made.id}/complete", sent | {"reason": "Measured again"})
    assert told["actual"] == GIVEN["actual"]


def test_what_completes_an_old_version_or_by_one_who_may_not_is_refused(db: Database, plant: Plant, sign_in):
    made, leader = reported(db, plant), sign_in("team_leader")
    stale = send(leader, f"/{made.id}/complete", {"rev": 99} | GIVEN, 409)
    assert (stale["current"]["actual"], stale["yours"]["actual"]) == (None, GIVEN["actual"])
    send(sign_in("operator"), f"/{made.id}/complete", {"rev": rev(db, made)} | GIVEN, 403)
    assert send(leader, f"/{made.id}/complete", {"rev": rev(db, made)}, 422)["field"] == "severity"
    send(leader, f"/{made.id}/complete", {"rev": rev(db, made)} | GIVEN)


def test_r43_what_is_left_out_of_a_correction_by_json_stays_and_the_hold_follows(db: Database, plant: Plant, sign_in):
    made, browser = reported(db, plant, note="At the edge"), sign_in("operator")
    told = send(browser, f"/{made.id}/correct", {"rev": rev(db, made), "quantity": 12, "reason": "Counted again"})
    assert (told["quantity"], told["note"], told["lot_id"], told["defect_id"]) == (
        12, "At the edge", plant.lot, plant.burr)
    assert [hold["quantity"] for hold in told["holds"]] == [12]
    with db.reading() as session:
        entry = session.query(ledger.c.entry).filter(ledger.c.action == "rejections.correct").first()
    assert entry is not None
    assert b"Counted again" in entry[0]
    told = send(browser, f"/{made.id}/correct", {"rev": told["rev"], "lot_id": None, "note": None, "reason": "No tag"})
    assert (told["lot_id"], told["note"], told["item_id"]) == (None, None, plant.item)


def test_r43_a_correction_by_json_without_a_reason_or_at_an_old_version_is_refused(db: Database, plant: Plant, sign_in):
    made, browser = reported(db, plant), sign_in("operator")
    at = rev(db, made)
    assert send(browser, f"/{made.id}/correct", {"rev": at, "quantity": 12}, 422)["field"] == "reason"
    assert send(browser, f"/{made.id}/correct", {"rev": at, "quantity": 12, "reason": " "}, 409)["rule"] == "R-43"
    stale = send(browser, f"/{made.id}/correct", {"rev": 99, "quantity": 12, "reason": "x"}, 409)
    assert (stale["current"]["quantity"], stale["yours"]["quantity"]) == (10, 12)
    send(sign_in("auditor"), f"/{made.id}/correct", {"rev": at, "quantity": 12, "reason": "x"}, 403)
    assert send(browser, f"/{made.id}/correct", {"rev": at, "quantity": 12, "reason": "x"})["quantity"] == 12


@pytest.mark.parametrize("wrong", [{"lot_id": 999_999}, {"defect_id": 10**20}, {"quantity": 0}, {"severity": "XX"}])
def test_a_wrong_correction_by_json_names_its_field(db: Database, plant: Plant, sign_in, wrong: dict[str, Any]):
    made = reported(db, plant)
    refused = send(sign_in("operator"), f"/{made.id}/correct", {"rev": rev(db, made), "reason": "x"} | wrong, 422)
    assert refused["field"] == next(iter(wrong))


def test_r43_a_void_by_json_keeps_the_number_and_frees_what_was_held(db: Database, plant: Plant, sign_in):
    made, engineer = reported(db, plant), sign_in("quality_engineer")
    at = rev(db, made)
    assert send(engineer, f"/{made.id}/void", {"rev": at, "reason": " "}, 409)["rule"] == "R-43"
    assert send(engineer, f"/{made.id}/void", {"rev": 99, "reason": "Double"}, 409)["current"]["state"] == "held"
    send(sign_in("operator"), f"/{made.id}/void", {"rev": at, "reason": "Double"}, 403)
    told = send(engineer, f"/{made.id}/void", {"rev": at, "reason": "Double"})
    assert (told["number"], told["state"], told["void_reason"]) == (made.number, "void", "Double")
    assert [hold["state"] for hold in told["holds"]] == ["void"]
    send(engineer, f"/{made.id}/void", {"rev": told["rev"], "reason": "Double"}, 409)


def test_r09_the_reporter_does_not_release_by_json_and_another_does(db: Database, plant: Plant, sign_in):
    made = reported(db, plant, plant.quality_engineer)
    mine, other = sign_in("quality_engineer"), sign_in("quality_manager")
    [hold] = held(mine, made.id)
    where = f"/holds/{hold['id']}/release"
    sent = {"rev": hold["rev"], "good": 7, "not_good": 3, "result": "Checked all"}
    assert send(mine, where, sent, 409)["rule"] == "R-09"
    assert send(other, where, sent | {"good": 8}, 422)["field"] == "good"
    assert send(other, where, sent | {"result": " "}, 422)["field"] == "result"
    assert send(other, where, sent | {"rev": 99}, 409)["current"]["state"] == "held"
    send(sign_in("team_leader"), where, sent, 403)
    told = send(other, where, sent)
    assert sorted((one["quantity"], one["state"]) for one in told["holds"]) == [(3, "held"), (7, "released")]
    assert held(other, made.id) == told["holds"]
    send(other, "/holds/999999/release", sent, 404)


def test_a_reporter_is_thanked_by_json_once_and_not_by_themselves(db: Database, plant: Plant, sign_in):
    made, leader = reported(db, plant, plant.quality_engineer), sign_in("team_leader")
    send(sign_in("quality_engineer"), f"/{made.id}/thank", {}, 422)
    assert send(leader, f"/{made.id}/thank", {"note": "Well seen"}, 201)["note"] == "Well seen"
    send(leader, f"/{made.id}/thank", {}, 409)


def test_who_may_not_see_a_rejection_takes_no_step_on_it(db: Database, plant: Plant, sign_in):
    for step, body in (("void", {"reason": "x"}), ("correct", {"reason": "x"}), ("complete", GIVEN), ("thank", {})):
        given = body if step == "thank" else {"rev": 1} | body
        answer = sign_in("quality_engineer").post(f"/api/v1/rejections/999999/{step}", json=given, headers=HEADERS)
        assert answer.status_code == 404, step
