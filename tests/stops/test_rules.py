"""The laws of calls and stops, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from qms.rules.accounts import ROLES
from qms.rules.errors import IllegalStep, Invalid, Refused
from qms.rules.steps import diagram, step
from qms.rules.stops import (
    CHECKS,
    LADDER,
    OPEN,
    STEPS,
    check_first_piece,
    check_reason,
    check_restart,
    check_restarter,
    checks_needed,
    is_product_affecting,
    is_run_out,
    minutes_lost,
    restart_roles,
)

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)

ALL_GOOD = dict.fromkeys(CHECKS, True)


def test_r19_restart_needs_every_check_good():
    check_restart(ALL_GOOD, product_affecting=True, needs_consent=False, consented=False)
    with pytest.raises(Refused, match="First pieces good") as refused:
        check_restart({**ALL_GOOD, "first_piece": False}, product_affecting=True, needs_consent=False, consented=False)
    assert refused.value.rule == "R-19"


def test_r19_restart_needs_the_consent_of_the_receiving_operation_that_stopped_the_line():
    check_restart(ALL_GOOD, product_affecting=True, needs_consent=True, consented=True)
    with pytest.raises(Refused, match="receiving operation"):
        check_restart(ALL_GOOD, product_affecting=True, needs_consent=True, consented=False)


def test_a_stop_that_cannot_affect_product_asks_for_the_measure_only():
    assert checks_needed(product_affecting=False) == ("measure",)


def test_a_first_piece_looks_at_three_pieces_and_does_not_contradict_itself():
    check_first_piece(3, 0, good=True)
    for pieces, nonconforming in ((2, 0), (3, 1), (None, 0)):
        with pytest.raises(Invalid):
            check_first_piece(pieces, nonconforming, good=True)


def test_the_team_leader_does_not_restart_what_may_affect_product():
    assert "team_leader" in restart_roles(product_affecting=False, critical=False)
    assert "team_leader" not in restart_roles(product_affecting=True, critical=False)
    assert "shift_quality" not in restart_roles(product_affecting=True, critical=True)


def test_r19_the_refusal_names_who_may_restart():
    check_restarter(["operator", "shift_quality"], product_affecting=True, critical=False)
    with pytest.raises(Refused, match="Quality engineer, Quality manager") as refused:
        check_restarter(["shift_quality"], product_affecting=True, critical=True)
    assert "质量工程师" in refused.value.words.zh


def test_a_stop_passes_its_states_in_order_and_skips_none():
    state = STEPS.first
    for name, leads_to in (("stop", "stopped"), ("contain", "contained"), ("ask_restart", "restart_requested"),
                           ("restart", "restarted"), ("review", "reviewed")):
        state = step(STEPS, state, name)
        assert state == leads_to
    for name in ("contain", "restart", "resolve"):
        with pytest.raises(IllegalStep):
            step(STEPS, "reviewed", name)


def test_the_diagram_shows_every_state_in_both_languages():
    for language in ("en", "zh"):
        drawn = diagram(STEPS, language)
        assert all(state.words.to(language) in drawn for state in STEPS.states.values())


def test_a_reason_is_one_of_the_tiles():
    check_reason("machine")
    with pytest.raises(Invalid):
        check_reason("weather")


def test_the_ladder_climbs_and_names_roles_that_there_are():
    assert [plan.after for plan in LADDER] == sorted(plan.after for plan in LADDER)
    assert LADDER[0].after == timedelta(0)
    assert {role for plan in LADDER for role in plan.roles} <= set(ROLES)


def test_a_critical_stop_affects_product_whatever_was_said():
    assert is_product_affecting("machine", said=False, from_upstream=False, critical=True)
    assert not is_product_affecting("machine", said=None, from_upstream=False, critical=False)


@pytest.mark.parametrize(("state", "arrived", "seconds", "is_over"), [
    ("called", False, 60, True), ("called", False, 59, False), ("called", True, 99, False),
    ("stopped", False, 99, False)])
def test_a_window_ends_unless_somebody_came(state: str, arrived: bool, seconds: int, is_over: bool):
    assert is_run_out(state, AT + timedelta(seconds=60), AT if arrived else None,
                      AT + timedelta(seconds=seconds)) is is_over


def test_a_line_that_never_stood_lost_no_minute():
    assert minutes_lost(None, AT, AT) == 0
    assert minutes_lost(AT, None, AT + timedelta(minutes=7, seconds=59)) == 7
    assert minutes_lost(AT, AT + timedelta(minutes=3), AT + timedelta(hours=9)) == 3


def test_what_is_open_is_what_has_not_ended():
    assert set(OPEN) == set(STEPS.states) - {"restarted", "resolved", "reviewed"}
