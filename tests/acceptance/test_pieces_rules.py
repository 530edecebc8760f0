"""How first pieces and patrols are judged, and when they fall due."""

from datetime import UTC, datetime, timedelta

import pytest

from qms.rules import acceptance_pieces as rules
from qms.rules.errors import IllegalStep, Invalid, Refused

BEGUN = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)


def test_a_first_piece_passes_through_self_mutual_and_dedicated():
    state = "due"
    for verdict, after in (("self", "self_done"), ("mutual", "mutual_done"), ("dedicated", "passed")):
        assert rules.next_verdict("first_piece", state) == verdict
        state = rules.judged("first_piece", state, verdict, good=True)
        assert state == after
    assert rules.next_verdict("first_piece", state) is None


@pytest.mark.parametrize(("state", "verdict"), [("due", "self"), ("self_done", "mutual"), ("self_done", "dedicated"),
                                                ("mutual_done", "dedicated")])
def test_not_good_anywhere_fails(state: str, verdict: str):
    assert rules.judged("first_piece", state, verdict, good=False) == "failed"


@pytest.mark.parametrize(("state", "verdict"), [("due", "dedicated"), ("due", "mutual"), ("self_done", "self"),
                                                ("passed", "self"), ("failed", "dedicated"), ("missed", "self")])
def test_a_verdict_out_of_its_order_is_refused(state: str, verdict: str):
    with pytest.raises(IllegalStep):
        rules.judged("first_piece", state, verdict, good=True)


def test_a_patrol_passes_at_its_first_verdict_which_is_not_the_operators():
    assert rules.next_verdict("patrol", "due") == "dedicated"
    assert [rules.judged("patrol", "due", v, good=True) for v in ("mutual", "dedicated")] == ["passed", "passed"]
    assert rules.judged("patrol", "due", "dedicated", good=False) == "failed"
    with pytest.raises(Invalid):
        rules.judged("patrol", "due", "self", good=True)


def test_there_is_no_fourth_verdict():
    with pytest.raises(Invalid) as refused:
        rules.judged("first_piece", "due", "chief", good=True)
    assert refused.value.field == "verdict"


@pytest.mark.parametrize(("kind", "pieces", "nonconforming", "good"), [
    ("first_piece", 3, 0, True), ("first_piece", 5, 2, False), ("patrol", 1, 0, True), ("patrol", 1, 1, False)])
def test_a_verdict_that_agrees_with_its_numbers_stands(kind: str, pieces: int, nonconforming: int, good: bool):
    rules.check_count(kind, pieces, nonconforming, good=good)


@pytest.mark.parametrize(("kind", "pieces", "nonconforming", "good", "field"), [
    ("first_piece", 2, 0, True, "pieces"), ("patrol", 0, 0, True, "pieces"), ("patrol", 101, 0, True, "pieces"),
    ("first_piece", 3, 1, True, "nonconforming"), ("first_piece", 3, 0, False, "nonconforming"),
    ("first_piece", 3, 4, False, "nonconforming"), ("first_piece", 3, -1, False, "nonconforming")])
def test_a_verdict_that_contradicts_its_numbers_is_refused(kind, pieces, nonconforming, good, field):
    with pytest.raises(Invalid) as refused:
        rules.check_count(kind, pieces, nonconforming, good=good)
    assert refused.value.field == field


def test_r09_whoever_judged_does_not_judge_again():
    rules.check_judge(3, [1, None, 2])
    with pytest.raises(Refused) as refused:
        rules.check_judge(2, [1, None, 2])
    assert refused.value.rule == "R-09"


def test_patrols_fall_due_within_the_shift():
    times = rules.patrol_times(BEGUN, timedelta(hours=8), 120)
    assert times == [BEGUN + timedelta(hours=n) for n in (2, 4, 6)]
    assert len(rules.patrol_times(BEGUN, timedelta(hours=8), 90)) == 5
    assert rules.patrol_times(BEGUN, timedelta(hours=8), 480) == []


@pytest.mark.parametrize("every_min", [0, 9, 1441])
def test_a_patrol_plan_is_neither_too_dense_nor_too_thin(every_min: int):
    rules.check_interval(10)
    with pytest.raises(Invalid):
        rules.check_interval(every_min)


def test_a_shift_past_midnight_lasts_till_the_morning():
    assert rules.runs("22:00", "06:00") == timedelta(hours=8)
    assert rules.begins(BEGUN.date(), "06:00", "Asia/Shanghai") == BEGUN.replace(hour=22) - timedelta(days=1)
