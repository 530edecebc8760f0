"""What the rules of corrective actions say by themselves: routes, clocks, gates, order."""

from datetime import UTC, date, datetime, timedelta

import pytest

from qms.rules import actions as rules
from qms.rules import actions_gates as gates
from qms.rules.actions_clocks import day_hours, due_times
from qms.rules.actions_routes import TABLE, Case, check_route, decide, is_safety
from qms.rules.chain_calendar import Hours
from qms.rules.errors import IllegalStep, Invalid, NeedsReason, Refused

AT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
MONDAY_TO_FRIDAY = "1111100"


@pytest.mark.parametrize(("case", "route", "mandatory"), [
    (Case("rejections", "MI", safety=True), "8d", True),
    (Case("customer_notices", "MI", customer=True), "8d", True),
    (Case("rejections", "CR"), "8d", False),
    (Case("rejections", "MA", repeat=True), "8d", False),
    (Case("rejections", "MI", repeat=True), "4d", False),
    (Case("rejections", "MA"), "4d", False),
    (Case("stops", "MI"), "5why", False),
    (Case("rejections", "MI"), "correction", False),
    (Case(), "4d", False),
])
def test_r24_the_table_decides_the_route(case: Case, route: str, mandatory: bool):
    line = decide(case)
    assert (line.route, line.is_mandatory) == (route, mandatory)


def test_r24_the_last_line_fits_every_case():
    assert all(TABLE[-1].fits(Case(kind, severity, repeat, repeat, repeat))
               for kind in ("", *rules.SOURCES) for severity in ("CR", "MA", "MI") for repeat in (True, False))


def test_r24_another_route_needs_a_reason():
    line = decide(Case("rejections", "MA"))
    assert check_route(line, "4d", None) is None
    assert check_route(line, "correction", " known one-off ") == "known one-off"
    with pytest.raises(NeedsReason) as refused:
        check_route(line, "correction", " ")
    assert (refused.value.rule, refused.value.field) == ("R-24", "route_reason")


def test_r23_no_reason_is_good_enough_for_less_than_8d_in_a_safety_case():
    line = decide(Case("rejections", "CR", safety=True))
    assert check_route(line, "8d", None) is None
    with pytest.raises(Refused) as refused:
        check_route(line, "4d", "we know the cause")
    assert refused.value.rule == "R-23"


@pytest.mark.parametrize(("special", "severity", "said", "safety"), [
    ("CC", "MI", False, True), ("", "CR", True, True), ("", "CR", False, False), ("SC", "MA", False, False)])
def test_safety_comes_from_the_characteristic_or_from_what_is_said_of_a_critical_fault(special, severity, said,
                                                                                        safety):
    assert is_safety(special, severity, said=said) is safety


def test_what_touches_safety_is_critical():
    with pytest.raises(Invalid) as refused:
        is_safety("", "MA", said=True)
    assert refused.value.field == "severity"


def test_clocks_run_in_hours_of_the_plant():
    due = due_times(Hours("UTC"), AT, ("D3", "D5", "D8"))
    assert due == {"D3": AT + timedelta(hours=24), "D5": AT + timedelta(days=7), "D8": AT + timedelta(days=60)}
    one_shift = Hours("UTC", (("08:00", "16:00", MONDAY_TO_FRIDAY),), {date(2026, 3, 3): False})
    due = due_times(one_shift, AT + timedelta(hours=12), ("D3", "D4"))
    assert due["D3"] == datetime(2026, 3, 4, 12, tzinfo=UTC)  # 4 h of Monday, Tuesday is free, 4 h of Wednesday.
    assert due["D4"] == datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(("shifts", "hours"), [
    ((), 24), ((("06:00", "14:00", MONDAY_TO_FRIDAY),), 8),
    ((("06:00", "14:00", MONDAY_TO_FRIDAY), ("14:00", "22:00", MONDAY_TO_FRIDAY)), 16),
    ((("06:00", "14:00", "1111110"), ("14:00", "22:00", MONDAY_TO_FRIDAY)), 88 / 6),
    ((("00:00", "00:00", MONDAY_TO_FRIDAY), ("06:00", "14:00", MONDAY_TO_FRIDAY)), 24),
])
def test_a_day_is_what_the_plant_works_on_one(shifts, hours):
    assert day_hours(Hours("UTC", shifts)) == pytest.approx(hours)


def test_a_plant_that_hardly_works_has_days_of_the_calendar():
    once_a_week = Hours("UTC", (("08:00", "16:00", "1000000"),))
    assert due_times(once_a_week, AT, ("D8",))["D8"] == AT + timedelta(days=60)


def test_every_discipline_has_a_clock_and_every_route_ends_with_d8():
    assert all(rules.disciplines(route)[-1] == "D8" for route in rules.ROUTES)
    assert set(due_times(Hours("UTC"), AT, rules.DISCIPLINES)) == set(rules.DISCIPLINES)


def test_disciplines_are_passed_in_the_order_of_the_route():
    rules.check_order("5why", {"D2"}, "D4")
    for route, done, step in (("8d", {"D0"}, "D2"), ("8d", {"D0"}, "D0"), ("5why", set(), "D0")):
        with pytest.raises(IllegalStep):
            rules.check_order(route, done, step)


def test_a_case_that_looked_for_causes_closes_only_when_it_is_effective():
    rules.check_close("correction", "open")
    rules.check_close("8d", "effective")
    with pytest.raises(IllegalStep):
        rules.check_close("8d", "open")


@pytest.mark.parametrize(("state", "standing", "column"), [
    ("open", "D0", "contain"), ("open", "D5", "cause"), ("open", "D6", "act"), ("watching", "D7", "watching"),
    ("effective", "D7", "finish"), ("open", "D8", "finish")])
def test_waiting_for_effectiveness_is_a_column_of_its_own(state: str, standing: str, column: str):
    assert rules.column_of(state, standing) == column
    assert column in rules.COLUMNS


def test_r23_a_safety_case_has_to_see_its_emergency_response_work():
    gates.check_emergency("Line stopped", AT, safety=True)
    gates.check_emergency("Line stopped", None, safety=False)
    with pytest.raises(Refused) as refused:
        gates.check_emergency("Line stopped", None, safety=True)
    assert refused.value.rule == "R-23"


def test_r22_a_place_that_has_not_answered_holds_up_containment():
    gates.check_stock([], 3)
    for unanswered, answered in ((["wip"], 2), ([], 0)):
        with pytest.raises(Refused) as refused:
            gates.check_stock(unanswered, answered)
        assert refused.value.rule == "R-22"


def test_r30_origin_and_escape_path_are_named_or_it_is_said_why_not():
    gates.check_paths(1, 2, None)
    gates.check_paths(None, 2, "part was not returned")
    for origin, detecting in ((None, 2), (1, None)):
        with pytest.raises(Refused) as refused:
            gates.check_paths(origin, detecting, None)
        assert refused.value.rule == "R-30"


@pytest.mark.parametrize(("paths", "origin", "detecting", "good"), [
    (["1.", "2."], "1.", "2.", True), (["1.5.", "2."], "1.", "2.", True), (["1."], "1.", "1.", True),
    (["2."], "1.", "2.", False), (["1."], "1.", "2.", False), (["2."], None, "2.", True), (["1."], "1.5.", None, False),
])
def test_the_team_speaks_for_origin_and_customer(paths, origin, detecting, good):
    if good:
        gates.check_team(paths, origin=origin, detecting=detecting)
    else:
        with pytest.raises(Invalid):
            gates.check_team(paths, origin=origin, detecting=detecting)


@pytest.mark.parametrize(("check", "good", "bad", "field"), [
    (gates.check_symptom, ("burr",), ("",), "symptom"),
    (gates.check_heads, (1, 2), (1, None), "leader_id"),
    (gates.check_heads, (1, 2), (None, 2), "sponsor_id"),
    (gates.check_deviation, ("≤ 0.1 mm", "0.4 mm"), ("≤ 0.1 mm", "much too big"), "actual"),
    (gates.check_deviation, ("≤ 0.1 mm", "0.4 mm"), (None, "0.4 mm"), "requirement"),
    (gates.check_extent, (1, 2), (0, 2), "problem_quantity"),
    (gates.check_extent, (1, 2), (1, None), "detecting_unit_id"),
    (gates.check_reproduced, (True,), (False,), "reproduced"),
    (gates.check_containment, ("sorting", True, "200 good"), ("sorting", True, None), "containment_effective"),
    (gates.check_containment, ("sorting", True, "200 good"), (None, True, "200 good"), "containment"),
    (gates.check_informed, (None, None), (1, None), "customer_informed_at"),
    (gates.check_informed, (1, AT), (1, None), "customer_informed_at"),
    (gates.check_accepted, (None, None, None), (1, AT.date(), None), "customer_accepted_on"),
    (gates.check_thanks, ("thank you",), (None,), "thanks"),
])
def test_every_gate_names_the_field_that_it_asks_for(check, good, bad, field):
    check(*good)
    with pytest.raises(Invalid) as refused:
        check(*bad)
    assert refused.value.field == field


def test_containment_stays_until_d6_is_finished():
    gates.check_removed(AT, validated=True)
    gates.check_removed(None, validated=False)
    with pytest.raises(Invalid):
        gates.check_removed(AT, validated=False)
