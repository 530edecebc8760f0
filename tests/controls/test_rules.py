"""The words and laws of process controls, without any database."""

from datetime import date

import pytest

from qms.rules import controls as rules
from qms.rules.chain_calendar import Hours
from qms.rules.errors import Invalid, Refused
from qms.rules.steps import allowed, step

MONDAY = date(2026, 3, 2)
WEEKDAYS = Hours("Asia/Shanghai", (("08:00", "16:00", "1111100"),), {date(2026, 3, 4): False})


def test_a_bypass_is_closed_only_after_it_ended():
    assert [s.name for s in allowed(rules.STEPS, "active")] == ["review", "tag", "review_lot", "end"]
    assert step(rules.STEPS, step(rules.STEPS, "active", "end"), "close") == "closed"


@pytest.mark.parametrize(("valid_to", "holds"), [(None, True), (MONDAY, True), (date(2026, 3, 1), False)])
def test_a_challenge_part_is_valid_to_the_end_of_its_last_day(valid_to: date | None, holds: bool):
    if holds:
        rules.check_challenge("CP-7", valid_to, MONDAY)
    else:
        with pytest.raises(Refused, match="2026-03-01"):
            rules.check_challenge("CP-7", valid_to, MONDAY)


@pytest.mark.parametrize(("approved", "active", "needed", "ref", "field"), [
    (True, True, False, None, None), (False, True, False, None, "alternate_id"),
    (True, False, False, None, "alternate_id"), (True, True, True, None, "customer_ref"),
    (True, True, True, "C-17", None)])
def test_r21_only_an_approved_alternate_in_use_stands_in(approved, active, needed, ref, field):
    given = {"approved": approved, "active": active, "customer_needed": needed, "customer_ref": ref}
    if field is None:
        rules.check_alternate(**given)
        return
    with pytest.raises(Refused) as refused:
        rules.check_alternate(**given)
    assert (refused.value.rule, refused.value.field) == ("R-21", field)


@pytest.mark.parametrize(("pieces", "nonconforming", "field"), [(20, 0, None), (19, 0, "pieces"),
                                                                (20, 1, "nonconforming")])
def test_r21_a_restart_is_verified_on_enough_pieces_that_are_all_good(pieces, nonconforming, field):
    if field is None:
        rules.check_verification(pieces, nonconforming, 20)
        return
    with pytest.raises(Refused) as refused:
        rules.check_verification(pieces, nonconforming, 20)
    assert refused.value.field == field


def test_r21_only_working_days_after_the_start_are_missed():
    days = rules.days_missed(WEEKDAYS, MONDAY, date(2026, 3, 9), {date(2026, 3, 3)})
    assert days == [date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 9)]
    assert rules.days_missed(WEEKDAYS, MONDAY, MONDAY, ()) == []


def test_a_plant_without_shifts_works_every_day():
    assert len(rules.days_missed(Hours("Asia/Shanghai"), MONDAY, date(2026, 3, 9), ())) == 7


@pytest.mark.parametrize(("kind", "severity", "every", "field"), [
    ("magic", None, None, "kind"), ("detects", 11, None, "severity"), ("detects", 8, 0, "test_every_hours")])
def test_a_control_is_what_a_control_plan_can_say(kind, severity, every, field):
    rules.check_control("detects", 10, 8)
    with pytest.raises(Invalid) as refused:
        rules.check_control(kind, severity, every)
    assert refused.value.field == field
