"""The clock of requests with its pauses, and what may be judged by whom."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.rules import service_requests as rules
from qms.rules.chain_calendar import Hours, due, worked
from qms.rules.errors import Invalid, Refused

DAY = Hours("Asia/Shanghai", (("08:00", "16:00", "1111100"),))
ROUND_THE_CLOCK = Hours("Asia/Shanghai")
ASKED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def at(**later: float) -> datetime:
    return ASKED + timedelta(**later)


def test_the_clock_stands_while_no_shift_works():
    assert rules.spent(DAY, ASKED, at(hours=20), ()) == timedelta(hours=7)
    assert rules.spent(DAY, ASKED, at(days=1), ()) == timedelta(hours=8)


def test_a_pause_takes_only_its_own_plant_hours_out():
    overnight = rules.Pause(at(hours=6), at(hours=24))
    assert rules.spent(DAY, ASKED, at(hours=25), [overnight]) == timedelta(hours=7)
    assert rules.due_at(DAY, ASKED, 8 * 60, [overnight]) == at(hours=26)


def test_no_due_time_is_told_while_the_clock_stands():
    assert rules.due_at(DAY, ASKED, 60, [rules.Pause(at(minutes=10), None)]) is None


@pytest.mark.parametrize(("minutes", "kept"), [(120, True), (119, False)])
def test_a_promise_is_kept_to_the_minute(minutes: int, kept: bool):
    assert rules.is_kept(DAY, ASKED, at(hours=2), minutes, ()) is kept


@given(st.lists(st.integers(0, 14 * 24 * 60), max_size=12, unique=True), st.integers(0, 14 * 24 * 60),
       st.sampled_from([DAY, ROUND_THE_CLOCK]))
def test_spent_is_elapsed_plant_time_minus_that_of_the_pauses(marks: list[int], end: int, hours: Hours):
    edges = [at(minutes=m) for m in sorted(marks)]
    pauses = [rules.Pause(a, b) for a, b in list(pairwise(edges))[::2]]
    until = at(minutes=end)
    running = [ASKED, *(edge for p in pauses for edge in (p.started_at, p.ended_at or until)), until]
    apart = sum((worked(hours, min(a, until), min(b, until)) for a, b in list(zip(running[::2], running[1::2],
                                                                               strict=True))), timedelta())
    assert rules.spent(hours, ASKED, until, pauses) == apart


@given(st.lists(st.integers(0, 5 * 24 * 60), max_size=6, unique=True), st.integers(1, 40 * 60),
       st.sampled_from([DAY, ROUND_THE_CLOCK]))
def test_what_is_done_at_its_due_time_is_kept_and_a_minute_later_missed(marks: list[int], minutes: int, hours: Hours):
    edges = [at(minutes=m) for m in sorted(marks)]
    pauses = [rules.Pause(a, b) for a, b in list(pairwise(edges))[::2]]
    last = max((p.ended_at for p in pauses if p.ended_at), default=ASKED)
    promised = max(minutes, int(rules.spent(hours, ASKED, last, pauses).total_seconds() // 60) + 1)
    end = rules.due_at(hours, ASKED, promised, pauses)
    assert end is not None
    assert rules.is_kept(hours, ASKED, end, promised, pauses)
    assert not rules.is_kept(hours, ASKED, due(hours, end, 1 / 60), promised, pauses)


def test_a_pause_needs_a_commitment_that_allows_it_and_a_listed_reason():
    rules.check_pause("asker", pausable=True)
    with pytest.raises(Invalid):
        rules.check_pause("asker", pausable=False)
    with pytest.raises(Invalid):
        rules.check_pause("lunch", pausable=True)


def test_r32_whoever_served_does_not_judge():
    rules.check_asking_side(1, {2, 3})
    with pytest.raises(Refused, match="asking unit"):
        rules.check_asking_side(2, {2, 3})


@pytest.mark.parametrize(("rating", "words", "quality", "met"), [
    (0, "x", False, None), (6, "x", False, None), (2, " ", False, None), (5, "", True, None), (5, "", False, True)])
def test_a_rating_that_says_nothing_is_refused(rating: int, words: str, quality: bool, met: bool | None):
    with pytest.raises(Invalid):
        rules.check_rating(rating, words, quality=quality, met=met)


def test_a_bad_rating_with_words_and_a_good_one_without_are_taken():
    rules.check_rating(1, "Sticks again", quality=False, met=None)
    rules.check_rating(5, "", quality=True, met=True)
