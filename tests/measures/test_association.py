"""Knows how autocorrelation shrinks what a series is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.measures.association import across, association, effective_n, holm, lagged
from qms.rules.review_association import Finding, told, told_across, too_few


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


def _months(count: int, seed: int = 3) -> list[float]:
    return [float(value) for value in np.random.default_rng(seed).standard_normal(count)]


def test_r39_below_24_pairs_nothing_is_told():
    x, y = _months(25), _months(25, 4)
    assert len(lagged(x, y, [0, 1])) == 2
    assert not lagged(x, y, [0, 2])
    assert not lagged(x[:23], y[:23], [0])
    assert across(x[:23], y[:23]) is None


def test_r39_an_effect_is_found_at_its_own_lag_and_only_what_leads_is_called_so():
    x = _months(60)
    y = [0.0, 0.0, *(0.9 * before for before in x[:-2])]
    at = {found.lag: found for found in lagged(x, y, [0, 1, 2, 3])}
    assert at[2].called
    assert at[2].r > 0.99
    assert at[2].n == 58
    assert [at[lag].called for lag in (0, 1, 3)] == [False, False, False]


def test_r39_more_lags_tried_make_each_less_sure():
    x, y = _months(48), _months(48, 4)
    alone, = lagged(x, y, [1])
    among = next(found for found in lagged(x, y, [0, 1, 2, 3]) if found.lag == 1)
    assert among.p == alone.p
    assert among.p_adjusted > alone.p_adjusted


def test_two_lines_that_only_rise_are_not_associated_by_rising():
    x, y = _months(48), _months(48, 4)
    risen = lagged([value + month for month, value in enumerate(x)], [value + month for month, value in enumerate(y)],
                   [0])
    plain = lagged(x, y, [0])
    assert risen[0].r == pytest.approx(plain[0].r)
    assert not risen[0].called


def test_a_series_that_never_changes_says_nothing():
    assert not lagged([5.0] * 30, _months(30), [0])
    assert not lagged([float(month) for month in range(30)], _months(30), [0])
    assert across([5.0] * 30, _months(30)) is None


def test_the_bootstrap_interval_is_the_same_each_time_and_holds_the_coefficient():
    x = _months(48)
    y = [a + b for a, b in zip(x, _months(48, 4), strict=True)]
    one, again = lagged(x, y, [0]), lagged(x, y, [0])
    assert one == again
    assert one[0].low < one[0].r < one[0].high


@pytest.mark.parametrize("wrong", [[], [0, 0], [-1], [13]])
def test_lags_that_cannot_be_tried_are_refused(wrong):
    with pytest.raises(ValueError, match="lags"):
        lagged(_months(40), _months(40), wrong)


def test_series_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="length"):
        lagged(_months(40), _months(39), [0])
    with pytest.raises(ValueError, match="length"):
        across(_months(40), _months(39))


def test_holm_adjusts_each_by_how_many_are_left_and_never_falls():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@pytest.mark.parametrize(("phi", "most"), [(0.5, 0.08), (0.8, 0.08)])
def test_r39_unrelated_series_that_swing_are_rarely_called_associated(phi, most):
    draw = np.random.default_rng(5)

    def walk() -> list[float]:
        values = [float(draw.standard_normal())]
        for step in draw.standard_normal(35) * np.sqrt(1 - phi**2):
            values.append(phi * values[-1] + float(step))
        return values

    called = sum(any(found.called for found in lagged(walk(), walk(), [0, 1, 2, 3], draws=200)) for _ in range(200))
    assert called / 200 <= most


@pytest.mark.parametrize(("n", "start"), [
    (30, "An indication: the two are associated"), (48, "The two are associated")])
def test_r39_what_is_said_is_associated_and_never_why(n, start):
    said = told(Finding(1, n, 20, 0.6, 0.2, 0.8, 0.01, 4, called=True))
    assert said.en.startswith(start)
    assert "lags tried: 4" in said.en
    assert "caus" not in said.en.lower()
    assert "导致" not in said.zh
    unsure = told(Finding(0, n, 20, 0.1, -0.3, 0.5, 1.0, 4, called=False))
    assert unsure.en.startswith("No association can be told")
    assert "看不出关联" in unsure.zh


def test_r39_units_asked_of_the_same_people_carry_the_warning():
    assert "same people" in told_across(2000, 0.8, 0.78, 0.82, shared_method=True).en
    assert "same people" not in told_across(2000, 0.8, 0.78, 0.82, shared_method=False).en
    assert told_across(30, 0.1, -0.2, 0.4, shared_method=False).en.startswith("Over 30 units no association")
    assert "12 of at least 24" in too_few(12).en
