"""What dispositions must bring, told on the pages: each refusal beside what is taken, differing only in the point."""

from typing import Any

import pytest
from sqlalchemy import select

from qms.models.dispositions import Disposition
from qms.models.rejections import Rejection
from tests.dispositions import concessions
from tests.dispositions.scene import APPROVED, INSTRUCTION, RISK, Scene
from tests.dispositions.test_views import lines


def decided(page, scene: Scene, browser, rejection: Rejection, line: dict[str, Any], status: int = 200):
    """Decide one line for all that is held, as the page sends it; return the page that answers."""
    hold = scene.holds(rejection)[0]
    whole = {"hold_id": hold.id, "quantity": 10} | line
    return page(browser, f"/dispositions/rejections/{rejection.id}/decide",
                post=lines(whole, rev=scene.read(Rejection, rejection.id).rev), status=status)


def taken_only_with(page, scene: Scene, browser, rejection: Rejection, rule: str, line: dict[str, Any],
                    more: dict[str, Any]) -> Disposition:
    """Hold that a page names the rule that refuses a line, and takes the line with more; return it."""
    assert rule in decided(page, scene, browser, rejection, line, 409).text
    assert scene.told(rejection) == [(10, "held")]
    decided(page, scene, browser, rejection, line | more)
    with scene.db.reading() as session:
        return session.scalars(select(Disposition).order_by(Disposition.id.desc()).limit(1)).one()


def step(page, scene: Scene, browser, line: Disposition, name: str, status: int = 200, **given: Any):
    """Take a step on a line at the version that it has now."""
    rev = scene.read(Disposition, line.id).rev
    return page(browser, f"/dispositions/{line.id}/{name}", post={"rev": rev, **given}, status=status)


def test_r06_the_page_refuses_who_may_not_decide_and_takes_who_may(page, sign_in, scene: Scene):
    made = scene.reported()
    assert "R-06" in decided(page, scene, sign_in("team_leader"), made, {"code": "scrap"}, 409).text
    assert scene.told(made) == [(10, "held")]
    decided(page, scene, sign_in("quality_engineer"), made, {"code": "scrap"})
    assert scene.read(Rejection, made.id).state == "decided"


def test_r08_the_page_takes_rework_only_with_an_earlier_risk_analysis(page, sign_in, scene: Scene):
    taken_only_with(page, scene, sign_in("quality_engineer"), scene.reported(), "R-08", {"code": "rework"}, RISK)


def test_r09_the_page_refuses_that_the_reworker_verifies_and_takes_another(page, sign_in, scene: Scene):
    made = scene.reported()
    line = scene.one(made, "rework", **RISK)
    inspector = sign_in("inspector")
    step(page, scene, inspector, line, "start", **INSTRUCTION)
    step(page, scene, inspector, line, "report", result="Deburred")
    found = {"good": 10, "scrapped": 0, "verification": "Gauged"}
    assert "R-09" in step(page, scene, inspector, line, "verify", 409, **found).text
    step(page, scene, sign_in("quality_engineer"), line, "verify", **found)
    assert scene.told(made) == [(10, "released")]


def test_r10_the_page_takes_rework_of_a_special_part_only_with_the_customers_approval(page, sign_in, scene: Scene):
    scene.special()
    line = taken_only_with(page, scene, sign_in("quality_engineer"), scene.reported(), "R-10",
                           {"code": "rework"} | RISK, APPROVED)
    assert line.customer_ref == "SM-88"


@pytest.mark.parametrize(("code", "rule"), [("repair", "R-11"), ("use_as_is", "R-12")])
def test_r11_r12_and_r13_the_page_begins_only_what_is_conceded_and_ends_only_what_is_labelled(
        page, sign_in, scene: Scene, code: str, rule: str):
    made, manager, leader = scene.reported(), sign_in("quality_manager"), sign_in("team_leader")
    scene.agreed(made, code)
    more = {"justification": "Not visible"} | (RISK if code == "repair" else {})
    decided(page, scene, manager, made, {"code": code} | more)
    with scene.db.reading() as session:
        line = session.scalars(select(Disposition)).one()
    work = INSTRUCTION if code == "repair" else {}
    assert rule in step(page, scene, leader, line, "start", 409, **work).text
    held = concessions.active(scene.db, scene.plant, quantity_authorised=10)
    step(page, scene, manager, line, "cover", concession_id=held.id)
    step(page, scene, leader, line, "start", **work)
    assert "R-13" in step(page, scene, leader, line, "report", 409, result="Done").text
    assert concessions.read(scene.db, held).quantity_used == 0
    step(page, scene, leader, line, "report", result="Done", containers="C-1")
    assert concessions.read(scene.db, held).quantity_used == 10


def test_r15_the_page_takes_another_use_only_with_the_customers_approval(page, sign_in, scene: Scene):
    made = scene.reported()
    scene.agreed(made, "regrade")
    taken_only_with(page, scene, sign_in("quality_manager"), made, "R-15",
                    {"code": "regrade", "justification": "For training"}, APPROVED)


def test_r31_the_page_takes_no_fault_at_the_customer_only_with_the_agreed_criteria(page, sign_in, scene: Scene):
    made = scene.reported(found_unit_id=scene.plant.customer, link_id=scene.plant.final_customer)
    taken_only_with(page, scene, sign_in("quality_engineer"), made, "R-31", {"code": "no_fault"},
                    {"criteria_ref": "AGR-7 rev. 2"})


def test_r49_the_page_of_a_line_names_the_role_that_allowed_it_and_what_is_refused_keeps_none(
        page, sign_in, scene: Scene):
    made = scene.reported()
    decided(page, scene, sign_in("team_leader"), made, {"code": "scrap"}, 409)
    with scene.db.reading() as session:
        assert session.scalars(select(Disposition)).all() == []
    engineer = sign_in("quality_engineer")
    decided(page, scene, engineer, made, {"code": "scrap"})
    with scene.db.reading() as session:
        line = session.scalars(select(Disposition)).one()
    grant = scene.plant.quality_engineer.grants[0]
    assert (line.role, line.grant_id) == ("quality_engineer", grant.id)
    assert "Quality engineer" in page(engineer, f"/dispositions/{line.id}").text
