"""What dispositions must bring, told by JSON: each refusal beside what is taken, which differs only in the point."""

import pytest
from sqlalchemy import select

from qms.models.dispositions import BoardReview, Disposition
from qms.models.rejections import Rejection
from tests.dispositions import concessions
from tests.dispositions.scene import Scene
from tests.dispositions.test_api import RISK, WORK, lines, send

APPROVED = {"customer_ref": "SM-88", "customer_approver": "Li", "customer_approved_on": "2026-11-01"}


def taken_only_with(scene: Scene, browser, rejection: Rejection, rule: str, line: dict, more: dict) -> dict:
    """Hold that a line is refused by a rule, and taken with more; return it."""
    whole = line | {"quantity": 10}
    assert lines(browser, rejection.id, whole, status=409)["rule"] == rule
    assert [hold.state for hold in scene.holds(rejection)] == ["held"]
    return lines(browser, rejection.id, whole | more)["lines"][0]


def test_r10_a_special_part_is_reworked_only_with_the_customers_approval(scene: Scene, sign_in):
    scene.special()
    taken_only_with(scene, sign_in("quality_engineer"), scene.reported(), "R-10", {"code": "rework"} | RISK, APPROVED)


def test_r15_another_use_has_the_customers_approval(scene: Scene, sign_in):
    made = scene.reported()
    scene.agreed(made, "regrade")
    taken_only_with(scene, sign_in("quality_manager"), made, "R-15",
                    {"code": "regrade", "justification": "For training"}, APPROVED)


def test_r31_no_fault_on_what_a_customer_found_names_the_agreed_criteria(scene: Scene, sign_in):
    made = scene.reported(found_unit_id=scene.plant.customer, link_id=scene.plant.final_customer)
    taken_only_with(scene, sign_in("quality_engineer"), made, "R-31", {"code": "no_fault"},
                    {"criteria_ref": "AGR-7 rev. 2"})


@pytest.mark.parametrize(("code", "rule"), [("repair", "R-11"), ("use_as_is", "R-12")])
def test_r11_r12_and_r13_what_is_not_conceded_is_not_begun_nor_unlabelled(scene: Scene, sign_in, code: str, rule: str):
    made, manager, leader = scene.reported(), sign_in("quality_manager"), sign_in("team_leader")
    scene.agreed(made, code)
    brought = {"justification": "Not visible"} | (RISK if code == "repair" else {})
    line = lines(manager, made.id, {"code": code, "quantity": 10} | brought)["lines"][0]
    home, work = f"/dispositions/{line['id']}", WORK if code == "repair" else {}
    assert send(leader, f"{home}/start", {"rev": line["rev"]} | work, 409)["rule"] == rule
    held = concessions.active(scene.db, scene.plant, quantity_authorised=10)
    line = send(manager, f"{home}/cover", {"rev": line["rev"], "concession_id": held.id})
    line = send(leader, f"{home}/start", {"rev": line["rev"]} | work)
    done = {"rev": line["rev"], "result": "Done"}
    assert send(leader, f"{home}/report", done, 409)["rule"] == "R-13"
    assert concessions.read(scene.db, held).quantity_used == 0
    assert send(leader, f"{home}/report", done | {"containers": "C-1"})["state"] == "verifying"
    assert concessions.read(scene.db, held).quantity_used == 10


def test_r13_a_concession_for_fewer_pieces_does_not_cover_a_line(scene: Scene, sign_in):
    made, manager = scene.reported(), sign_in("quality_manager")
    scene.agreed(made, "use_as_is")
    small, large = (concessions.active(scene.db, scene.plant, quantity_authorised=n) for n in (9, 10))
    taken_only_with(scene, manager, made, "R-13", {
        "code": "use_as_is", "justification": "Not visible", "concession_id": small.id}, {"concession_id": large.id})


def test_r14_scrap_is_told_how_and_seen_by_another(scene: Scene, sign_in):
    engineer, inspector = sign_in("quality_engineer"), sign_in("inspector")
    line = lines(engineer, scene.reported().id, {"code": "scrap", "quantity": 10})["lines"][0]
    home = f"/dispositions/{line['id']}"
    line = send(engineer, f"{home}/start", {"rev": line["rev"], "place": "Cage"})
    done = {"rev": line["rev"], "result": "Away", "method": "contractor"}
    problem = send(engineer, f"{home}/report", done, 409)
    assert (problem["rule"], problem["field"]) == ("R-14", "certificate")
    line = send(engineer, f"{home}/report", done | {"certificate": "CERT-5"})
    assert send(engineer, f"{home}/witness", {"rev": line["rev"]}, 409)["rule"] == "R-14"
    assert send(inspector, f"{home}/witness", {"rev": line["rev"]})["state"] == "unusable"


def test_r49_a_line_and_a_board_keep_the_role_and_the_grant_by_which_they_were_decided(scene: Scene, sign_in):
    made, chair = scene.reported(), scene.other("mrb_member")
    scene.agreed(made, "regrade", chair)
    lines(sign_in("quality_manager"), made.id,
          {"code": "regrade", "quantity": 10, "justification": "For training"} | APPROVED)
    with scene.db.reading() as session:
        line, review = (session.scalars(select(kept)).one() for kept in (Disposition, BoardReview))
    manager = scene.plant.quality_manager.grants[0]
    assert (line.role, line.grant_id) == ("quality_manager", manager.id)
    assert review.grant_id == chair.grants[0].id


def test_r49_what_is_refused_keeps_no_grant(scene: Scene, sign_in):
    made = scene.reported()
    assert lines(sign_in("team_leader"), made.id, {"code": "scrap", "quantity": 10}, status=409)["rule"] == "R-06"
    with scene.db.reading() as session:
        assert session.scalars(select(Disposition)).all() == []
