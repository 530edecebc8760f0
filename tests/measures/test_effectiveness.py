"""Knows the published cases of a fall in failures, proof and not proof."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.measures.effectiveness import fewer_per_exposure, lower_proportion


def test_nine_in_sixty_shifts_against_one_in_sixty_is_proof():
    found = fewer_per_exposure(9, 60, 1, 60)
    assert found.p_value == pytest.approx(0.0107, abs=5e-5)
    assert found.proven


@pytest.mark.parametrize(
    ("before", "p_value", "proven"), [(5, 0.03125, True), (4, 0.0625, False), (3, 0.125, False)]
)
def test_none_after_is_proof_only_if_enough_went_before(before, p_value, proven):
    assert fewer_per_exposure(before, 30, 0, 30) == (pytest.approx(p_value), proven)


def test_watching_longer_turns_four_against_none_into_proof():
    assert not fewer_per_exposure(4, 30, 0, 30).proven
    assert fewer_per_exposure(4, 30, 0, 40).proven


def test_nothing_before_and_nothing_after_proves_nothing():
    assert fewer_per_exposure(0, 60, 0, 60) == (1.0, False)


@pytest.mark.parametrize("exposures", [(0, 60), (60, 0)])
def test_no_exposure_is_no_evidence(exposures):
    before, after = exposures
    assert fewer_per_exposure(5, before, 0, after) == (None, False)


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        fewer_per_exposure(-1, 10, 0, 10)


def test_twelve_in_four_hundred_against_two_in_five_hundred_is_proof():
    found = lower_proportion(12, 400, 2, 500)
    assert found.p_value == pytest.approx(0.00176, abs=5e-6)
    assert found.proven


def test_nothing_looked_at_afterwards_is_no_evidence():
    assert lower_proportion(12, 400, 0, 0) == (None, False)


def test_more_failures_than_pieces_are_refused():
    with pytest.raises(ValueError, match="out of"):
        lower_proportion(5, 4, 0, 10)


@given(st.integers(0, 40), st.integers(1, 500), st.integers(0, 40), st.integers(1, 500))
def test_a_rise_is_never_proof_of_a_fall(before, before_exposure, after, after_exposure):
    found = fewer_per_exposure(before, before_exposure, after, after_exposure)
    assert 0 <= found.p_value <= 1
    if after * before_exposure >= before * after_exposure:
        assert not found.proven
