"""Containment and origins by JSON: refused by the same named rules as in the workflows, and taken by the same steps."""

import pytest

from qms.db import Database
from qms.models.rejections import Rejection
from tests.plant import Plant
from tests.rejections.cases import reported
from tests.signing import signed

HEADERS = {"X-Requested-By": "tests"}
NONE = {"suspect": 0, "checked": 0, "nonconforming": 0, "good": 0}


def send(browser, path: str, body: dict, status: int = 200, method: str = "POST") -> dict:
    """Send a body and return the answer's."""
    answer = browser.open(f"/api/v1/rejections{path}", method=method, json=body, headers=HEADERS)
    assert answer.status_code == status, answer.text
    return answer.get_json(force=True)


def rev(db: Database, made: Rejection) -> int:
    with db.reading() as session:
        return session.get_one(Rejection, made.id).rev


def test_r22_contained_by_json_only_when_every_place_has_answered(db: Database, plant: Plant, sign_in):
    made, leader = reported(db, plant), sign_in("team_leader")
    told = send(leader, f"/{made.id}/containment", {"rev": rev(db, made)}, 201)
    assert told["open"] == len(told["lines"]) > 1
    *others, last = told["lines"]
    for line in others:
        told = send(leader, f"/containment/{line['id']}", {"rev": line["rev"]} | NONE, method="PUT")
    assert (told["open"], told["state"]) == (1, "held")
    told = send(leader, f"/containment/{last['id']}", {"rev": last["rev"]} | NONE, method="PUT")
    assert (told["open"], told["state"]) == (0, "contained")
    assert leader.get(f"/api/v1/rejections/{made.id}/containment").get_json() == told


def test_r22_a_blank_is_no_answer_and_a_sum_must_fit_by_json(db: Database, plant: Plant, sign_in):
    made, leader = reported(db, plant), sign_in("team_leader")
    line = send(leader, f"/{made.id}/containment", {"rev": rev(db, made)}, 201)["lines"][0]
    where, at = f"/containment/{line['id']}", {"rev": line["rev"]}
    blank = {key: value for key, value in NONE.items() if key != "suspect"}
    assert send(leader, where, at | blank, 422, "PUT")["field"] == "suspect"
    assert send(leader, where, at | NONE | {"suspect": 5, "checked": 5, "good": 6}, 422, "PUT")["status"] == 422
    assert leader.get(f"/api/v1/rejections/{made.id}/containment").get_json()["lines"][0]["answered_at"] is None
    told = send(leader, where, at | NONE | {"suspect": 5, "checked": 5, "nonconforming": 2, "good": 3}, method="PUT")
    assert told["lines"][0]["nonconforming"] == 2
    assert send(leader, where, at | NONE, 409, "PUT")


def test_containment_by_json_is_for_those_who_may(db: Database, plant: Plant, sign_in):
    made = reported(db, plant)
    send(sign_in("auditor"), f"/{made.id}/containment", {"rev": rev(db, made)}, 403)
    send(sign_in("team_leader"), f"/{made.id}/containment", {"rev": 99}, 409)
    send(sign_in("team_leader"), "/containment/999999", {"rev": 1} | NONE, 404, "PUT")
    assert sign_in("auditor").get(f"/api/v1/rejections/{made.id}/containment").get_json()["lines"] == []


def test_r52_the_reporter_does_not_confirm_by_json_but_a_judge_does(db: Database, plant: Plant, sign_in):
    made = reported(db, plant, plant.quality_engineer)
    given = {"rev": rev(db, made)}
    assert send(sign_in("quality_engineer"), f"/{made.id}/origin/confirm", given, 409)["rule"] == "R-52"
    told = send(sign_in("quality_manager"), f"/{made.id}/origin/confirm", given | {"reason": "Tool marks"})
    assert (told["origin_state"], told["statements"][-1]["reason"]) == ("confirmed", "Tool marks")


def test_r52_a_contested_origin_is_decided_by_json_by_someone_uninvolved(db: Database, plant: Plant, sign_in):
    made = reported(db, plant, plant.quality_engineer)
    press = sign_in("team_leader")
    assert send(press, f"/{made.id}/origin/contest", {"rev": rev(db, made)}, 422)["field"] == "reason"
    told = send(press, f"/{made.id}/origin/contest", {"rev": rev(db, made), "reason": "Came in like this"})
    decide = {"rev": told["rev"], "unit_id": plant.press, "reason": "Tool marks"} | signed("origin")
    assert send(sign_in("quality_engineer"), f"/{made.id}/origin/decide", decide, 409)["rule"] == "R-52"
    told = send(sign_in("quality_manager"), f"/{made.id}/origin/decide", decide)
    assert (told["origin_state"], told["origin_unit_id"]) == ("decided", plant.press)
    assert [said["state"] for said in told["statements"]][-2:] == ["contested", "decided"]


def test_another_origin_is_assumed_by_json(db: Database, plant: Plant, sign_in):
    made, leader = reported(db, plant), sign_in("team_leader")
    told = send(leader, f"/{made.id}/origin/assume", {"rev": rev(db, made), "unit_id": plant.weld})
    assert (told["origin_state"], told["origin_unit_id"]) == ("assumed", plant.weld)
    assert send(leader, f"/{made.id}/origin/assume", {"rev": 1, "unit_id": plant.press}, 409)
    assert leader.get(f"/api/v1/rejections/{made.id}/origin").get_json() == told


@pytest.mark.parametrize("step", ["contest", "decide"])
def test_who_does_not_speak_for_the_origin_is_turned_away_by_json(db: Database, plant: Plant, sign_in, step: str):
    made = reported(db, plant)
    given = {"rev": rev(db, made), "reason": "x", "unit_id": plant.weld}
    send(sign_in("operator"), f"/{made.id}/origin/{step}", given, 403)
