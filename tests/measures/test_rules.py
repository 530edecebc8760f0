"""Knows what periods hold."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.rules.errors import Invalid
from qms.rules.measures import MOST_POINTS, STEPS, Period, usual_period


def test_weeks_begin_on_monday_and_the_ends_are_cut_by_the_period():
    period = Period(date(2026, 1, 1), date(2026, 1, 14), "week", "Asia/Shanghai")
    assert [(b.label, b.first.day, b.last.day) for b in period.buckets] == [
        ("2026-W01", 1, 4), ("2026-W02", 5, 11), ("2026-W03", 12, 14),
    ]


def test_days_are_those_of_the_site():
    period = Period(date(2026, 3, 4), date(2026, 3, 4), "day", "Asia/Shanghai")
    assert period.bounds == (datetime(2026, 3, 3, 16, tzinfo=UTC), datetime(2026, 3, 4, 16, tzinfo=UTC))


def test_a_day_on_which_clocks_change_is_an_hour_shorter():
    start, end = Period(date(2026, 3, 29), date(2026, 3, 29), "day", "Europe/Berlin").bounds
    assert (end - start).total_seconds() == 23 * 3600


def test_months_run_over_the_turn_of_the_year():
    period = Period(date(2025, 11, 15), date(2026, 1, 2), "month", "Asia/Shanghai")
    assert [bucket.label for bucket in period.buckets] == ["2025-11", "2025-12", "2026-01"]


@given(st.dates(date(1990, 1, 1), date(2190, 1, 1)), st.integers(0, MOST_POINTS - 1), st.sampled_from(sorted(STEPS)))
def test_buckets_cover_the_period_without_gap_or_overlap(first, days, step):
    period = Period(first, date.fromordinal(first.toordinal() + days), step, "Asia/Shanghai")
    buckets = period.buckets
    assert (buckets[0].starts_at, buckets[-1].ends_at) == period.bounds
    assert all(a.ends_at == b.starts_at for a, b in pairwise(buckets))


@pytest.mark.parametrize("step", sorted(STEPS))
def test_the_usual_period_ends_today_and_weeks_and_months_suffice_for_firm_limits(step):
    period = usual_period(date(2026, 11, 21), step, "Asia/Shanghai")
    assert period.last == date(2026, 11, 21)
    assert len(period.buckets) >= 25


def test_the_period_before_has_as_many_days_and_ends_the_day_before():
    before = Period(date(2026, 3, 8), date(2026, 3, 14), "day", "Asia/Shanghai").before
    assert (before.first, before.last) == (date(2026, 3, 1), date(2026, 3, 7))


def test_nothing_comes_before_the_first_day_there_is():
    assert Period(date(1990, 1, 1), date(1990, 1, 2), "day", "Asia/Shanghai").before is None


@pytest.mark.parametrize(
    ("first", "last", "step", "field"),
    [
        (date(2026, 1, 2), date(2026, 1, 1), "day", "last"),
        (date(1, 1, 1), date(2026, 1, 1), "month", "first"),
        (date(2026, 1, 1), date(9999, 12, 31), "month", "last"),
        (date(2020, 1, 1), date(2026, 1, 1), "day", "step"),
    ],
)
def test_a_period_that_cannot_be_shown_is_refused_beside_its_field(first, last, step, field):
    with pytest.raises(Invalid) as refusal:
        Period(first, last, step, "Asia/Shanghai")
    assert refusal.value.field == field
