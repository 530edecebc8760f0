"""Knows published intervals and what every interval must hold."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.measures.intervals import (
    UNKNOWN,
    Rate,
    correlation_interval,
    event_rate,
    mean,
    net_promoter,
    rate,
    wilson,
)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(42, 50, 0.7149, 0.9166), (8, 10, 0.4902, 0.9433), (0, 50, 0, 0.0713), (20, 20, 0.8389, 1)],
)
def test_wilson_gives_the_published_intervals(k, n, low, high):
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


def test_r38_a_rate_carries_its_n_and_interval():
    found = rate(42, 50)
    assert (found.n, found.value) == (50, 0.84)
    assert (found.low, found.high) == pytest.approx((0.7149, 0.9166), abs=5e-5)


def test_r38_nothing_counted_has_no_value_to_show():
    assert wilson(0, 0) == UNKNOWN == (None, None)
    assert rate(0, 0) == Rate(0, 0, None, None, None)


@pytest.mark.parametrize(("k", "n"), [(3, 2), (-1, 2), (0, -1)])
def test_an_impossible_share_is_refused(k, n):
    with pytest.raises(ValueError, match="is not a share"):
        rate(k, n)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_an_impossible_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence"):
        wilson(1, 2, confidence)


@st.composite
def shares(draw):
    n = draw(st.integers(1, 10**9))
    return draw(st.integers(0, n)), n


@given(shares())
def test_a_rate_lies_in_its_interval_and_the_interval_between_0_and_1(share):
    found = rate(*share)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high
    assert found.n == share[1]


@given(shares(), st.floats(0.5, 0.9), st.floats(0.91, 0.999))
def test_more_confidence_gives_a_wider_interval(share, less, more):
    narrow, wide = wilson(*share, less), wilson(*share, more)
    assert wide.low <= narrow.low
    assert wide.high >= narrow.high


@given(shares())
def test_the_interval_of_the_rest_is_the_mirror_image(share):
    k, n = share
    low, high = wilson(k, n)
    assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39), (100, 81.36, 121.63)]
)
def test_a_count_of_events_has_the_published_poisson_interval(events, low, high):
    found = event_rate(events, 1)
    assert (found.value, found.low) == (events, pytest.approx(low, abs=5e-3))
    assert found.high == pytest.approx(high, abs=5e-3)


def test_events_are_divided_by_their_exposure():
    assert event_rate(10, 1000)[2:] == pytest.approx([x / 1000 for x in event_rate(10, 1)[2:]])


def test_no_exposure_leaves_the_rate_unknown():
    assert event_rate(0, 0) == (0, 0, None, None, None)


def test_negative_events_are_refused():
    with pytest.raises(ValueError, match="events"):
        event_rate(-1, 10)


@pytest.mark.parametrize(("n", "low", "high"), [(12, -0.10, 0.83), (24, 0.12, 0.75), (36, 0.21, 0.71)])
def test_a_correlation_of_a_half_has_the_published_interval(n, low, high):
    assert correlation_interval(0.5, n) == pytest.approx((low, high), abs=5e-3)


@pytest.mark.parametrize("n", [0, 2, 3])
def test_three_pairs_give_no_interval_of_a_correlation(n):
    assert correlation_interval(0.5, n) == UNKNOWN


def test_a_perfect_correlation_has_no_width():
    assert correlation_interval(-1, 10) == (-1, -1)


def test_a_correlation_beyond_one_is_refused():
    with pytest.raises(ValueError, match="not a correlation"):
        correlation_interval(1.01, 10)


@given(st.floats(-0.999, 0.999), st.floats(4, 1e6))
def test_a_correlation_lies_in_its_interval(r, n):
    low, high = correlation_interval(r, n)
    assert -1 <= low <= r <= high <= 1


def test_the_mean_of_ten_answers_has_the_published_t_interval():
    found = mean([5, 4, 4, 3, 5, 2, 4, 5, 4, 4])
    assert (found.n, found.mean) == (10, 4.0)
    assert found.deviation == pytest.approx(0.9428, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((3.326, 4.674), abs=5e-4)


def test_counted_values_have_the_mean_of_the_values_written_out():
    assert mean([2, 3, 4, 5], [1, 1, 5, 3]) == pytest.approx(mean([5, 4, 4, 3, 5, 2, 4, 5, 4, 4]))


def test_one_value_has_a_mean_but_no_interval():
    assert mean([3.5]) == (1, 3.5, None, None, None)


def test_no_value_has_no_mean():
    assert mean([]) == (0, None, None, None, None)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_a_mean_lies_in_its_interval(values):
    found = mean(values)
    assert found.low <= found.mean <= found.high
    assert all(math.isfinite(x) for x in found)


@pytest.mark.parametrize(
    ("counted", "raw", "adjusted", "interval"),
    [((20, 6, 40), 35, 32.56, (10.73, 54.39)), ((6, 2, 10), 40, 30.77, (-12.59, 74.12))],
)
def test_net_promoter_has_the_published_adjusted_wald_interval(counted, raw, adjusted, interval):
    found = net_promoter(*counted)
    assert found.raw == pytest.approx(raw)
    assert found.adjusted == pytest.approx(adjusted, abs=5e-3)
    assert (found.low, found.high) == pytest.approx(interval, abs=5e-3)


def test_net_promoter_of_nobody_is_unknown():
    assert net_promoter(0, 0, 0) == (0, None, None, None, None)


def test_more_promoters_and_detractors_than_answers_are_refused():
    with pytest.raises(ValueError, match="out of 10"):
        net_promoter(6, 5, 10)
