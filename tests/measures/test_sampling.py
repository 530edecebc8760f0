"""Knows sample sizes that follow from the hypergeometric distribution."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.measures.sampling import every_kth_size, full_size, zero_acceptance_size, zero_failure_size


def chance_to_miss(lot_size, bad, sample):
    return comb(lot_size - bad, sample) / comb(lot_size, sample)


@given(st.integers(1, 400).flatmap(lambda lot: st.tuples(st.just(lot), st.integers(1, lot))))
def test_the_size_is_the_smallest_that_finds_the_bad_lot(drawn):
    lot_size, bad = drawn
    size = zero_acceptance_size(lot_size, nonconforming=bad)
    assert chance_to_miss(lot_size, bad, size) <= 0.05 + 1e-9
    assert size == 1 or chance_to_miss(lot_size, bad, size - 1) > 0.05


@pytest.mark.parametrize(
    ("lot_size", "bad", "size"), [(20, 1, 19), (100, 1, 95), (100, 100, 1), (1, 1, 1), (50, 5, 22)]
)
def test_sizes_that_a_reader_can_check(lot_size, bad, size):
    assert zero_acceptance_size(lot_size, nonconforming=bad) == size


def test_an_exact_confidence_is_reached_in_spite_of_floats():
    assert zero_acceptance_size(10, nonconforming=1, confidence=0.9) == 9


def test_a_rate_is_rounded_up_to_whole_pieces_and_at_least_one():
    assert zero_acceptance_size(30, rate=0.1) == zero_acceptance_size(30, nonconforming=3)
    assert zero_acceptance_size(31, rate=0.1) == zero_acceptance_size(31, nonconforming=4)
    assert zero_acceptance_size(8, rate=0.001) == 8


def test_a_large_lot_needs_no_more_than_a_stream_without_end():
    assert zero_acceptance_size(10**9, rate=0.01) == zero_failure_size(0.01) == 299


def test_an_empty_lot_needs_no_sample():
    assert zero_acceptance_size(0, rate=0.01) == full_size(0) == every_kth_size(0, 5) == 0


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"nonconforming": 1, "rate": 0.1},
        {"nonconforming": 0},
        {"nonconforming": 11},
        {"rate": 0},
        {"rate": 2},
    ],
)
def test_a_plan_without_sense_is_refused(asked):
    with pytest.raises(ValueError, match=r"nonconforming|rate"):
        zero_acceptance_size(10, **asked)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_an_impossible_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence"):
        zero_acceptance_size(10, nonconforming=1, confidence=confidence)


@pytest.mark.parametrize("lot_size", [-1, -100])
def test_a_negative_lot_is_refused(lot_size):
    for size in (lambda: full_size(lot_size), lambda: every_kth_size(lot_size, 1)):
        with pytest.raises(ValueError, match="lot of"):
            size()
    with pytest.raises(ValueError, match="lot of"):
        zero_acceptance_size(lot_size, rate=0.1)


@given(st.integers(0, 10_000), st.integers(1, 500))
def test_every_kth_counts_the_first_piece_and_each_kth_after_it(lot_size, k):
    assert every_kth_size(lot_size, k) == len(range(0, lot_size, k))


def test_a_hundred_percent_looks_at_all():
    assert full_size(37) == 37


@pytest.mark.parametrize(
    ("rate", "size"), [(0.1, 29), (0.05, 59), (0.02, 149), (0.01, 299), (0.005, 598), (0.001, 2995)]
)
def test_zero_failures_prove_the_published_rates(rate, size):
    assert zero_failure_size(rate) == size
