"""What a concession covers, how far, and when it is over: words and laws without a database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from qms.rules import dispositions_concessions as rules
from qms.rules.errors import IllegalStep, Invalid, Refused
from qms.rules.steps import step

TODAY = date(2026, 7, 1)
HELD = rules.Terms(number="CN-1", state="active", item_id=1, drawing_rev="C", defect_id=2, lot_id=None,
                   rejection_id=None, starts_on=TODAY, expires_on=TODAY + timedelta(days=30), authorised=100, used=40)
WANTED = rules.Wanted(rejection_id=7, item_id=1, drawing_rev="C", defect_id=2, lot_id=3, quantity=60, on=TODAY)


@pytest.mark.parametrize(("authorised", "last"), [(100, None), (None, TODAY), (100, TODAY)])
def test_r12_a_quantity_or_a_last_day_limits_a_concession(authorised: int | None, last: date | None):
    rules.check_limits(authorised, None, last)


def test_r12_a_concession_without_quantity_and_last_day_is_refused():
    with pytest.raises(Refused) as refused:
        rules.check_limits(None, TODAY, None)
    assert refused.value.rule == "R-12"


def test_limits_that_cannot_be_are_invalid():
    for limits in ((0, None, None), (5, TODAY, TODAY - timedelta(days=1))):
        with pytest.raises(Invalid):
            rules.check_limits(*limits)


def test_r12_who_drafted_a_request_does_not_approve_it():
    rules.check_approver(1, 2)
    with pytest.raises(Refused, match="another person"):
        rules.check_approver(2, 2)


def test_r12_the_customer_is_told_of_sub_components_that_are_used_again():
    rules.check_told(sub_components=True, customer_told=True)
    rules.check_told(sub_components=False, customer_told=False)
    with pytest.raises(Refused):
        rules.check_told(sub_components=True, customer_told=False)


def test_the_customer_is_asked_only_after_the_own_approval():
    assert step(rules.STEPS, "internal_approved", "send") == "at_customer"
    with pytest.raises(IllegalStep):
        step(rules.STEPS, "draft", "send")


@pytest.mark.parametrize(("changed", "missing"), [
    ({}, None), ({"item_id": 9}, "item"), ({"item_id": None}, "item"), ({"drawing_rev": "D"}, "drawing revision"),
    ({"defect_id": 9}, "defect"), ({"defect_id": None}, "defect")])
def test_r12_a_concession_covers_one_item_revision_and_defect(changed: dict, missing: str | None):
    wanted = replace(WANTED, **changed)
    if missing is None:
        rules.check_covers(HELD, wanted, "R-12")
        return
    with pytest.raises(Refused, match=missing) as refused:
        rules.check_covers(HELD, wanted, "R-12")
    assert refused.value.rule == "R-12"


@pytest.mark.parametrize(("lot", "covered"), [(3, True), (4, False), (None, False)])
def test_r11_a_concession_of_one_lot_covers_no_other(lot: int | None, covered: bool):
    held, wanted = replace(HELD, lot_id=3), replace(WANTED, lot_id=lot)
    if covered:
        rules.check_covers(held, wanted, "R-11")
        return
    with pytest.raises(Refused) as refused:
        rules.check_covers(held, wanted, "R-11")
    assert refused.value.rule == "R-11"


def test_a_concession_without_a_defect_covers_only_its_own_rejection():
    held = replace(HELD, defect_id=None, rejection_id=7)
    assert rules.not_covered(held, WANTED) is None
    assert rules.not_covered(held, replace(WANTED, rejection_id=8)) is not None


def test_r13_what_is_left_is_covered_to_the_last_piece_and_no_further():
    rules.check_covers(HELD, WANTED, "R-12")
    for over in (replace(WANTED, quantity=61), replace(WANTED, pledged=1)):
        with pytest.raises(Refused, match="of 100 pieces left") as refused:
            rules.check_covers(HELD, over, "R-12")
        assert refused.value.rule == "R-13"


def test_r13_a_concession_holds_on_its_last_day_and_not_on_the_next():
    last = replace(WANTED, on=HELD.expires_on)
    rules.check_covers(HELD, last, "R-12")
    with pytest.raises(Refused, match="expired") as refused:
        rules.check_covers(HELD, replace(last, on=HELD.expires_on + timedelta(days=1)), "R-12")
    assert refused.value.rule == "R-13"


def test_a_concession_begins_on_its_first_day_whether_or_not_the_clock_has_run():
    held = replace(HELD, state="approved", starts_on=TODAY)
    rules.check_covers(held, WANTED, "R-12")
    with pytest.raises(Refused) as refused:
        rules.check_covers(held, replace(WANTED, on=TODAY - timedelta(days=1)), "R-12")
    assert refused.value.rule == "R-12"


@pytest.mark.parametrize("state", ["draft", "internal_approved", "at_customer", "refused", "withdrawn", "closed"])
def test_r12_what_the_customer_has_not_authorised_or_no_longer_does_covers_nothing(state: str):
    with pytest.raises(Refused):
        rules.check_covers(replace(HELD, state=state), WANTED, "R-12")


def test_r13_every_container_is_named_once():
    assert rules.check_containers("K-1, K-2，K-1\nK-3；") == ("K-1", "K-2", "K-3")
    for nothing in (None, " ", ",;"):
        with pytest.raises(Refused) as refused:
            rules.check_containers(nothing)
        assert (refused.value.rule, refused.value.field) == ("R-13", "containers")


def test_a_concession_warns_before_its_last_day_and_when_little_is_left():
    day = HELD.expires_on - rules.WARNED_BEFORE
    assert rules.warnings(HELD, day - timedelta(days=1)) == ()
    assert [w.en for w in rules.warnings(HELD, day)] == ["ends in 14 d"]
    assert [w.en for w in rules.warnings(replace(HELD, used=80), day - timedelta(days=1))] == ["80 % used"]
    assert rules.warnings(replace(HELD, used=79), day - timedelta(days=1)) == ()
    assert rules.warnings(replace(HELD, state="used_up", used=100), day) == ()
