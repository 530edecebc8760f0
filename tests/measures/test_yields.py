"""Knows published yields, DPMO and sigma levels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.measures.intervals import rate, wilson
from qms.measures.yields import (
    defects_per_million_opportunities,
    defects_per_unit,
    first_pass_yield,
    first_time_acceptance,
    parts_per_million,
    rolled_throughput_yield,
    sigma_level,
    throughput_yield,
)


def test_rty_is_the_product_of_the_steps_and_its_root_the_normalised_yield():
    found = rolled_throughput_yield([rate(good, 1000) for good in (980, 970, 995, 960)])
    assert found.value == pytest.approx(0.9080, abs=5e-5)
    assert found.normalised == pytest.approx(0.9762, abs=5e-5)
    assert (found.steps, found.n) == (4, 1000)


def test_rty_of_one_step_is_its_yield_with_its_wilson_interval():
    found = rolled_throughput_yield([rate(42, 50)])
    assert (found.low, found.high) == pytest.approx(wilson(42, 50))
    assert found.value == found.normalised == 0.84


def test_rty_is_unknown_when_nothing_entered_a_step():
    assert rolled_throughput_yield([rate(9, 10), rate(0, 0)]).value is None


def test_rty_without_steps_is_unknown():
    assert rolled_throughput_yield([]) == (0, 0, None, None, None, None)


def test_a_step_in_which_nothing_was_good_makes_rty_zero_with_a_finite_interval():
    found = rolled_throughput_yield([rate(99, 100), rate(0, 50)])
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(0.0713, abs=5e-5)


steps = st.integers(1, 10**6).flatmap(lambda n: st.builds(rate, st.integers(0, n), st.just(n)))


@given(st.lists(steps, min_size=1, max_size=12))
def test_rty_lies_in_its_interval_and_is_no_better_than_the_worst_step(route):
    found = rolled_throughput_yield(route)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.value <= min(step.value for step in route) + 1e-12


def test_fta_and_fpy_are_shares_with_wilson_intervals():
    assert first_time_acceptance(42, 50) == first_pass_yield(42, 50) == rate(42, 50)


def test_dpu_throughput_yield_and_dpmo_give_the_published_figures():
    dpu = defects_per_unit(37, 1200)
    assert dpu == pytest.approx(0.03083, abs=5e-6)
    assert throughput_yield(dpu) == pytest.approx(0.96964, abs=5e-6)
    assert defects_per_million_opportunities(37, 1200, 8) == pytest.approx(3854.17, abs=5e-3)


def test_a_dpmo_of_6210_is_four_sigma():
    assert sigma_level(6210) == pytest.approx(4.00, abs=5e-3)


@pytest.mark.parametrize("dpmo", [0, 1_000_000])
def test_sigma_has_no_bound_without_defects_and_without_good_ones(dpmo):
    assert sigma_level(dpmo) is None


def test_ppm_gives_the_published_figure():
    assert parts_per_million(14, 25_800) == pytest.approx(542.6, abs=0.05)


def test_nothing_inspected_is_unknown_not_zero():
    assert parts_per_million(0, 0) is None
    assert defects_per_unit(0, 0) is None
    assert defects_per_million_opportunities(0, 100, 0) is None
