"""Knows how autocorrelation shrinks what a series is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.measures.association import association, effective_n


@pytest.mark.parametrize(("n", "rho", "worth"), [(36, 0.6, 17), (24, 0.7, 8)])
def test_r39_autocorrelated_months_are_worth_fewer(n, rho, worth):
    assert round(effective_n(n, rho, rho)) == worth


def test_r39_independent_periods_are_worth_themselves():
    assert effective_n(36, 0, 0.9) == 36


def test_r39_periods_are_never_worth_more_than_themselves():
    assert effective_n(36, 0.6, -0.6) == 36


def test_r39_the_interval_is_that_of_the_effective_number():
    loose, naive = association(0.5, 36, 0.6, 0.6), association(0.5, 36)
    assert (naive.low, naive.high) == pytest.approx((0.21, 0.71), abs=5e-3)
    assert loose.low < naive.low
    assert loose.high > naive.high


def test_r39_too_few_effective_periods_give_no_interval():
    assert association(0.5, 10, 0.9, 0.9)[3:] == (None, None)


def test_an_impossible_autocorrelation_is_refused():
    with pytest.raises(ValueError, match="autocorrelation"):
        effective_n(36, 1, 0.5)


@given(st.integers(0, 1000), st.floats(-0.99, 0.99), st.floats(-0.99, 0.99))
def test_effective_n_is_between_0_and_n(n, rho_x, rho_y):
    assert 0 <= effective_n(n, rho_x, rho_y) <= n
