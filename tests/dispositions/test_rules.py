"""The words and laws of dispositions, without a database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qms.rules import dispositions as rules
from qms.rules import dispositions_board as board
from qms.rules import dispositions_checks as checks
from qms.rules.accounts import ROLE_PERMISSIONS, Actor, Grant
from qms.rules.dispositions_authority import AUTHORITY, SCRAP_LIMIT, Case, authorising, is_raised, roles_for
from qms.rules.errors import Invalid, Refused
from qms.rules.rejections import OPEN, STEPS, settled
from qms.rules.steps import step
from tests.dispositions.scene import APPROVED, RISK, TODAY

SCRAP = Case("scrap", "MA")


def draft(code: str, **given) -> checks.Draft:
    return checks.Draft(1, code, 5, **given)


def refused(rule: str, check, *args, **given) -> str | None:
    """Return the field that a rule refuses."""
    with pytest.raises(Refused) as caught:
        check(*args, **given)
    assert caught.value.rule == rule
    return caught.value.field


def test_every_code_has_its_words_hint_authority_and_what_it_brings():
    for table in (rules.CODE_HINTS, AUTHORITY, rules.BRINGS):
        assert set(table) == set(rules.CODES)
    assert {name for names in rules.BRINGS.values() for name in names} <= set(checks.Draft.__dataclass_fields__)


def test_every_role_with_authority_may_decide_at_all():
    holds = {role for role, held in ROLE_PERMISSIONS.items() if "dispositions.decide" in held}
    assert {role for roles in AUTHORITY.values() for role in roles} == holds


def test_a_line_goes_from_decision_to_verification_and_scrap_past_a_witness():
    state = rules.STEPS.first
    for name in ("start", "report", "verify"):
        state = step(rules.STEPS, state, name)
    assert state == "completed"
    assert step(rules.STEPS, step(rules.STEPS, "verifying", "witness"), "dispose") == "completed"


@pytest.mark.parametrize(("case", "roles"), [
    (SCRAP, {"quality_engineer", "quality_manager"}),
    (replace(SCRAP, value=SCRAP_LIMIT), {"quality_engineer", "quality_manager"}),
    (replace(SCRAP, value=SCRAP_LIMIT + Decimal("0.01")), {"quality_manager"}),
    (replace(SCRAP, severity="CR"), {"quality_manager"}),
    (replace(SCRAP, severity="CR", chairs=True), {"quality_manager", "mrb_member"}),
    (Case("return_upstream", "MI"), {"team_leader", "quality_engineer", "quality_manager"}),
    (Case("rework", "MI"), {"quality_engineer", "quality_manager"}),
    (Case("rework", "MI", reworks=1), {"quality_manager"}),
    (Case("repair", "MI", reworks=1), {"quality_manager"}),
    (Case("repair", "MI"), {"quality_manager", "mrb_member"}),
    (Case("use_as_is", "MI"), {"quality_manager", "mrb_member"}),
    (Case("no_fault", "MA"), {"quality_engineer", "quality_manager", "mrb_member"}),
    (Case("no_fault", "MA", outside=True), {"quality_engineer", "quality_manager"}),
])
def test_r06_code_severity_value_and_customer_say_who_decides(case: Case, roles: set[str]):
    assert set(roles_for(case)) == roles
    assert is_raised(case) == (set(roles_for(case)) != set(AUTHORITY[case.code]) and not case.outside)


def test_r06_the_grant_that_is_authorised_is_the_one_that_is_kept():
    place = {"permission": "dispositions.decide", "site_id": 1, "path": "3."}
    both = Actor(1, "x", (Grant(7, "team_leader"), Grant(8, "quality_engineer")))
    assert authorising(both, SCRAP, **place) == Grant(8, "quality_engineer")
    assert authorising(both, Case("return_upstream", "MI"), **place) == Grant(7, "team_leader")
    elsewhere = Actor(1, "x", (Grant(7, "team_leader"), Grant(8, "quality_engineer", unit_path="4.")))
    assert refused("R-06", authorising, elsewhere, SCRAP, **place) == "code"
    assert authorising(Actor(0, "system", everything=True), SCRAP, **place) is None


def test_r07_lines_cover_every_held_quantity_exactly():
    held = {1: 10, 2: 4}
    lines = [checks.Draft(1, "scrap", 3), checks.Draft(1, "rework", 7), checks.Draft(2, "scrap", 4)]
    checks.check_sum(lines, held)
    for wrong in (lines[:2], [*lines, checks.Draft(2, "scrap", 1)], [],
                  [replace(lines[0], quantity=4), lines[1], replace(lines[2], quantity=3)]):
        assert refused("R-07", checks.check_sum, wrong, held) == "quantity"
    for field, wrong in (("quantity", replace(lines[0], quantity=0)), ("hold_id", replace(lines[0], hold_id=9))):
        with pytest.raises(Invalid) as caught:
            checks.check_sum([wrong, *lines[1:]], held)
        assert caught.value.field == field


@pytest.mark.parametrize(("good", "scrapped", "left"), [(10, 0, 0), (7, 2, 1), (0, 0, 10), (0, 10, 0)])
def test_r07_good_and_scrapped_and_open_are_what_went_in(good: int, scrapped: int, left: int):
    assert checks.check_balance(good, scrapped, 10) == left
    assert refused("R-07", checks.check_balance, good + 1 + left, scrapped, 10) == "good"
    assert refused("R-07", checks.check_balance, -1, scrapped, 10) == "good"
    with pytest.raises(Invalid):
        checks.check_balance(good, None, 10)


WHERE = {"decided_on": TODAY, "outside": False, "asks_customer": False}


def test_r08_the_risk_analysis_is_not_younger_than_the_decision():
    checks.check_brings(draft("rework", **RISK | {"risk_on": TODAY}), **WHERE)
    assert refused("R-08", checks.check_brings, draft("rework", **RISK | {"risk_on": date(2026, 11, 3)}),
                   **WHERE) == "risk_on"
    for lacking in RISK:
        assert refused("R-08", checks.check_brings, draft("rework", **RISK | {lacking: None}), **WHERE) == lacking


def test_r08_the_instruction_is_released_before_the_work():
    checks.check_instruction("WI-1", "2", TODAY, today=TODAY)
    assert refused("R-08", checks.check_instruction, "WI-1", "2", date(2026, 11, 3), today=TODAY) == "instruction_on"
    assert refused("R-08", checks.check_instruction, "WI-1", None, TODAY, today=TODAY) == "instruction_rev"
    assert refused("R-08", checks.check_instruction, None, "2", TODAY, today=TODAY) == "instruction_ref"


def test_r09_who_verifies_neither_worked_on_it_nor_reported_it():
    checks.check_second_person(3, workers=(1, None), reported_by_id=2)
    refused("R-09", checks.check_second_person, 1, workers=(1, None), reported_by_id=2)
    refused("R-09", checks.check_second_person, 2, workers=(1, None), reported_by_id=2)


def test_r10_a_customer_is_asked_before_rework_of_special_parts():
    assert checks.customer_is_asked("rework", outside_customer=True, special="SC")
    assert not checks.customer_is_asked("rework", outside_customer=True, special="")
    assert not checks.customer_is_asked("rework", outside_customer=False, special="CC")
    assert not checks.customer_is_asked("sort", outside_customer=True, special="CC")
    asked = WHERE | {"asks_customer": True}
    checks.check_brings(draft("rework", **RISK, customer_ref="SM-1"), **asked)
    assert refused("R-10", checks.check_brings, draft("rework", **RISK), **asked) == "customer_ref"


def test_r14_scrap_is_made_unusable_in_a_known_way_and_seen_by_another():
    checks.check_method("crush", None)
    checks.check_method("contractor", "C-17")
    assert refused("R-14", checks.check_method, None, None) == "method"
    assert refused("R-14", checks.check_method, "contractor", None) == "certificate"
    checks.check_witness(2, 1)
    refused("R-14", checks.check_witness, 1, 1)


def test_r15_regrade_brings_the_approval_of_the_customer():
    whole = {"justification": "For trials", **APPROVED}
    checks.check_brings(draft("regrade", **whole), **WHERE)
    for lacking in APPROVED:
        assert refused("R-15", checks.check_brings, draft("regrade", **whole | {lacking: None}), **WHERE) == lacking
    with pytest.raises(Invalid):
        checks.check_brings(draft("regrade", **whole | {"customer_approved_on": date(2027, 1, 1)}), **WHERE)


def test_r31_no_fault_on_what_came_from_outside_names_agreed_criteria():
    outside = WHERE | {"outside": True}
    checks.check_brings(draft("no_fault"), **WHERE)
    checks.check_brings(draft("no_fault", criteria_ref="NTF-3"), **outside)
    assert refused("R-31", checks.check_brings, draft("no_fault"), **outside) == "criteria_ref"


@pytest.mark.parametrize(("code", "field"), [("return_to_supplier", "supplier_claim"), ("use_as_is", "justification"),
                                             ("melt", "code")])
def test_a_line_that_lacks_what_it_brings_is_not_taken(code: str, field: str):
    with pytest.raises(Invalid) as caught:
        checks.check_brings(draft(code), **WHERE)
    assert caught.value.field == field


def test_r52_who_answers_for_production_there_does_not_chair():
    place = {"site_id": 1, "paths": ["3.4.", "5."]}
    for grants in ([Grant(1, "quality_manager")], [Grant(1, "unit_head", 1, "6.")], [Grant(1, "team_leader", 2)],
                   [Grant(1, "team_leader", 1, "3.4.9.")]):
        board.check_chair(grants, **place)
    for grant in (Grant(1, "unit_head", 1, "3."), Grant(1, "team_leader", 1, "5."), Grant(1, "production_manager")):
        assert refused("R-52", board.check_chair, [Grant(2, "quality_manager"), grant], **place) == "chair_id"


def test_a_board_closes_on_a_code_after_two_functions_were_heard():
    board.check_close("repair", ["quality", "production"])
    refused("R-06", board.check_close, "repair", ["quality", "quality"])
    for wrong in (None, "melt"):
        with pytest.raises(Invalid):
            board.check_close(wrong, ["quality", "production"])
    for vote in (("sales", "agree", None), ("quality", "maybe", None), ("quality", "agree", "melt")):
        with pytest.raises(Invalid):
            board.check_vote(*vote)
    board.check_vote("quality", "abstain", None)


@pytest.mark.parametrize(("held", "asked", "answered", "state"), [
    ([], 0, 0, "closed"), ([], 3, 3, "closed"), ([], 3, 2, "held"), ([None], 0, 0, "held"), ([None], 3, 2, "held"),
    ([None, "executing"], 3, 3, "contained"), (["decided"], 0, 0, "decided"), (["decided"], 3, 2, "decided"),
    (["decided", "waiting_customer"], 0, 0, "waiting_customer"), (["executing", "waiting_customer"], 0, 0, "executing"),
    (["verifying", "decided"], 0, 0, "executing"), (["unusable"], 0, 0, "executing"),
    (["verifying", "verifying"], 0, 0, "verifying"),
])
def test_the_state_of_a_rejection_follows_from_its_holds_and_places(held, asked: int, answered: int, state: str):
    assert settled(held, asked=asked, answered=answered) == state
    assert (state in OPEN) == (state != "closed")
    assert state in STEPS.states
