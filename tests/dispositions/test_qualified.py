"""Rework, and the verification of it, ask for people whose training is in force (R-51)."""

import pytest

from qms.db import Database
from qms.workflows import dispositions
from tests.accounts.test_qualifications import given, setting
from tests.dispositions.scene import Scene
from tests.dispositions.test_api import RISK, WORK, lines, send
from tests.plant import Plant


def test_r51_rework_and_its_verification_take_a_reason_by_json(scene: Scene, db: Database, plant: Plant, sign_in):
    engineer, leader, inspector = (sign_in(role) for role in ("quality_engineer", "team_leader", "inspector"))
    line = lines(engineer, scene.reported().id, {"code": "rework", "quantity": 10} | RISK)["lines"][0]
    setting(db, plant, "warn")
    home = f"/dispositions/{line['id']}"
    problem = send(leader, f"{home}/start", {"rev": line["rev"]} | WORK, 409)
    assert (problem["rule"], problem["field"]) == ("R-51", "reason")
    line = send(leader, f"{home}/start", {"rev": line["rev"], "reason": "only one here"} | WORK)
    line = send(leader, f"{home}/report", {"rev": line["rev"], "result": "Deburred"})
    found = {"rev": line["rev"], "verification": "All edges", "good": 10, "scrapped": 0}
    assert send(inspector, f"{home}/verify", found, 409)["rule"] == "R-51"
    given(db, plant, "inspector", "inspection")
    assert send(inspector, f"{home}/verify", found)["state"] == "completed"


def test_r51_scrap_is_set_apart_by_anybody(scene: Scene, db: Database, plant: Plant, sign_in):
    line = lines(sign_in("quality_engineer"), scene.reported().id, {"code": "scrap", "quantity": 10})["lines"][0]
    setting(db, plant, "block")
    with db.transaction(plant.team_leader, "dispositions.start") as session:
        assert dispositions.start(session, plant.team_leader, line["id"], line["rev"], place="Cage").state


@pytest.mark.parametrize("language", ["zh", "en"])
def test_r51_the_page_of_a_step_asks_for_the_reason_and_goes_on_with_it(
        scene: Scene, db: Database, plant: Plant, sign_in, page, language: str):
    wanted = {"code": "rework", "quantity": 10} | RISK
    line = lines(sign_in("quality_engineer"), scene.reported().id, wanted)["lines"][0]
    setting(db, plant, "warn")
    browser, address = sign_in("team_leader", language), f"/dispositions/{line['id']}/start"
    assert not page(browser, address).find(".//textarea[@name='reason']")
    warned = page(browser, address, post=WORK | {"rev": line["rev"]}, status=409)
    assert "R-51" in warned.text
    assert warned.find(".//textarea[@name='reason']")
    page(browser, address, post=WORK | {"rev": line["rev"], "reason": "only one here"})
    assert browser.get(f"/api/v1/dispositions/{line['id']}").get_json()["runs"]
