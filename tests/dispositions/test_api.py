"""Dispositions by JSON: every step, refused by the same named rules as in the workflows."""

from flask.testing import FlaskClient

from tests.dispositions.scene import Scene
from tests.signing import signed

WORK = {"instruction_ref": "WI-30-R", "instruction_rev": "2", "instruction_on": "2026-10-01"}
RISK = {"risk_ref": "PFMEA 30.4", "risk_rev": "C", "risk_on": "2026-10-01"}


def send(browser: FlaskClient, address: str, body: dict, status: int = 200, method: str = "POST") -> dict:
    """Send a body and return the answer's."""
    answer = browser.open(f"/api/v1{address}", method=method, json=body, headers={"X-Requested-By": "tests"})
    assert answer.status_code == status, answer.text
    return answer.get_json(force=True)


def lines(browser: FlaskClient, rejection_id: int, *wanted: dict, status: int = 201) -> dict:
    """Decide lines for the one hold that is undecided, at the version that is read."""
    held = browser.get(f"/api/v1/rejections/{rejection_id}/dispositions").get_json()
    hold_id = held["undecided"][0]["hold_id"]
    body = {"rev": held["rev"], "lines": [{"hold_id": hold_id} | line for line in wanted]} | signed("disposition")
    return send(browser, f"/rejections/{rejection_id}/dispositions", body, status)


def test_rework_goes_from_the_decision_to_the_release(scene: Scene, sign_in):
    engineer, leader, inspector = (sign_in(role) for role in ("quality_engineer", "team_leader", "inspector"))
    rejection = scene.reported()
    line = lines(engineer, rejection.id, {"code": "rework", "quantity": 10} | RISK)["lines"][0]
    home = f"/dispositions/{line['id']}"
    line = send(leader, f"{home}/start", {"rev": line["rev"]} | WORK)
    line = send(leader, f"{home}/report", {"rev": line["rev"], "result": "Deburred", "hours": "1.5"})
    line = send(inspector, f"{home}/verify", {"rev": line["rev"], "verification": "All edges", "good": 9,
                                              "scrapped": 1})
    assert (line["state"], line["runs"][0]["good"], line["runs"][0]["hours"]) == ("completed", 9, "1.5")
    told = engineer.get(f"/api/v1/rejections/{rejection.id}/dispositions").get_json()
    assert [(one["meaning"], one["role"], one["void_since"]) for one in told["signatures"]] == [
        ("disposition", "quality_engineer", None)]
    assert [hold["quantity"] for hold in told["undecided"]] == [1]


def test_scrap_leaves_only_after_a_witness(scene: Scene, sign_in):
    engineer, leader, inspector = (sign_in(role) for role in ("quality_engineer", "team_leader", "inspector"))
    line = lines(engineer, scene.reported().id, {"code": "scrap", "quantity": 10})["lines"][0]
    home = f"/dispositions/{line['id']}"
    line = send(leader, f"{home}/start", {"rev": line["rev"], "place": "Scrap cage"})
    assert line["scrap_ticket"]["number"].startswith("SC-SH-")
    line = send(leader, f"{home}/report", {"rev": line["rev"], "result": "Cut", "method": "cut", "weight_kg": "12.5"})
    send(leader, f"{home}/dispose", {"rev": line["rev"]}, 409)
    line = send(inspector, f"{home}/witness", {"rev": line["rev"]})
    line = send(leader, f"{home}/dispose", {"rev": line["rev"]})
    assert (line["state"], line["scrap_ticket"]["weight_kg"]) == ("completed", "12.5")


def test_r07_lines_that_do_not_add_up_are_refused_by_json_too(scene: Scene, sign_in):
    engineer, rejection = sign_in("quality_engineer"), scene.reported()
    problem = lines(engineer, rejection.id, {"code": "scrap", "quantity": 4}, status=409)
    assert (problem["rule"], problem["field"]) == ("R-07", "quantity")
    lines(engineer, rejection.id, {"code": "scrap", "quantity": 4}, {"code": "rework", "quantity": 6} | RISK)


def test_r08_rework_without_a_risk_analysis_is_refused_by_json_too(scene: Scene, sign_in):
    engineer, rejection = sign_in("quality_engineer"), scene.reported()
    problem = lines(engineer, rejection.id, {"code": "rework", "quantity": 10}, status=409)
    assert problem["rule"] == "R-08"
    assert problem["clauses"] == ["IATF 16949:2016 8.7.1.4"]
    lines(engineer, rejection.id, {"code": "rework", "quantity": 10} | RISK)


def test_r09_whoever_worked_does_not_verify_by_json_either(scene: Scene, sign_in):
    engineer, inspector = sign_in("quality_engineer"), sign_in("inspector")
    line = lines(engineer, scene.reported().id, {"code": "sort", "quantity": 10})["lines"][0]
    home = f"/dispositions/{line['id']}"
    line = send(engineer, f"{home}/start", {"rev": line["rev"]} | WORK)
    line = send(engineer, f"{home}/report", {"rev": line["rev"], "result": "Sorted"})
    found = {"rev": line["rev"], "verification": "Looked at all", "good": 10, "scrapped": 0}
    assert send(engineer, f"{home}/verify", found, 409)["rule"] == "R-09"
    assert send(inspector, f"{home}/verify", found)["state"] == "completed"


def test_r06_who_may_not_decide_is_refused_by_json_too(scene: Scene, sign_in):
    rejection = scene.reported()
    body = {"rev": rejection.rev, "lines": [{"hold_id": 1, "code": "scrap", "quantity": 10}]}
    send(sign_in("operator"), f"/rejections/{rejection.id}/dispositions", body, 403)
    lines(sign_in("quality_engineer"), rejection.id, {"code": "scrap", "quantity": 10})


def test_an_older_version_is_answered_with_409(scene: Scene, sign_in):
    engineer = sign_in("quality_engineer")
    line = lines(engineer, scene.reported().id, {"code": "scrap", "quantity": 10})["lines"][0]
    body = {"rev": line["rev"] + 1, "reason": "Wrong lot"}
    send(engineer, f"/dispositions/{line['id']}/withdraw", body, 409)
    body["rev"] = line["rev"]
    assert send(engineer, f"/dispositions/{line['id']}/withdraw", body)["state"] == "withdrawn"


def test_a_board_votes_and_agrees(scene: Scene, sign_in, plant):
    engineer, manager, head = (sign_in(role) for role in ("quality_engineer", "quality_manager", "production_manager"))
    rejection = scene.reported()
    review = send(engineer, f"/rejections/{rejection.id}/board-reviews", {
        "rev": rejection.rev, "chair_id": plant.quality_manager.id, "proposal": "Use as is?"}, 201)
    home = f"/board-reviews/{review['id']}"
    send(manager, f"{home}/vote", {"function": "quality", "vote": "agree", "code": "scrap"}, method="PUT")
    closed = {"rev": review["rev"], "code": "scrap", "outcome": "Scrap all"}
    assert send(manager, f"{home}/close", closed, 409)["rule"] == "R-06"
    send(head, f"{home}/vote", {"function": "production", "vote": "agree"}, method="PUT")
    assert send(manager, f"{home}/close", closed)["state"] == "closed"
    assert [vote["function"] for vote in engineer.get(f"/api/v1{home}").get_json()["votes"]] == [
        "quality", "production"]


def test_a_field_that_is_not_listed_is_refused(scene: Scene, sign_in):
    engineer, rejection = sign_in("quality_engineer"), scene.reported()
    send(engineer, f"/rejections/{rejection.id}/dispositions", {"rev": 1, "lines": [], "quick": True}, 422)
