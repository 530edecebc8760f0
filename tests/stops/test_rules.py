"""The laws of calls and stops, without a database."""

import pytest

from qms.rules.errors import Invalid, Refused
from qms.rules.stops import CHECKS, check_first_piece, check_restart, checks_needed, restart_roles

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
