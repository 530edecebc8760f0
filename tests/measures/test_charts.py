"""Knows the control charts that NIST and the domain reference publish."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.measures.charts import (
    Baseline,
    Subgroup,
    c_chart,
    laney_chart,
    np_chart,
    p_chart,
    share_chart,
    u_chart,
)

HEADER_LINES = 25


def nist_rows(name):
    """Return the rows of numbers of a NIST Dataplot sample file, in file order."""
    lines = (Path(__file__).parent / "nist" / f"nist_{name}.DAT").read_text().splitlines()
    return [[float(cell) for cell in line.split()] for line in lines[HEADER_LINES:] if line.strip()]


def groups(counts, sizes):
    return [Subgroup(str(i), k, n) for i, (k, n) in enumerate(zip(counts, sizes, strict=True), 1)]


def uppers(chart):
    return [point.upper for point in chart.points]


def out(chart):
    return [point.label for point in chart.out]


WAFER_SHARES = groups([round(50 * share) for _, share in nist_rows("MONITOR-6_3_3_2")], [50] * 30)
WAFER_DEFECTS = groups([int(defects) for _, defects in nist_rows("MONITOR-6_3_3_1")], [1] * 25)
LANEY = groups(
    [22, 31, 18, 40, 27, 25, 52, 30, 19, 35], [1000, 1200, 900, 1100, 1000, 1050, 1300, 980, 940, 1150]
)


def test_the_p_chart_of_the_handbook_has_its_centre_limits_and_two_points_out():
    chart = p_chart(WAFER_SHARES)
    assert chart.centre == pytest.approx(0.2313, abs=5e-5)
    assert {round(point.lower, 4) for point in chart.points} == {0.0524}
    assert {round(point.upper, 4) for point in chart.points} == {0.4102}
    assert out(chart) == ["15", "23"]
    assert not chart.provisional


def test_the_c_chart_of_the_handbook_has_a_point_on_the_limit_that_is_not_out():
    chart = c_chart(WAFER_DEFECTS)
    wafer_3 = chart.points[2]
    assert (chart.centre, wafer_3.lower, wafer_3.upper, wafer_3.value) == (16, 4, 28, 28)
    assert out(chart) == ["24"]
    assert not wafer_3.out


def test_the_c_chart_of_painted_surfaces_has_the_last_one_out():
    chart = c_chart([Subgroup(str(int(x)), int(k), area) for k, area, x in nist_rows("CCC")])
    assert chart.centre == pytest.approx(113 / 20)
    assert chart.points[0].upper == pytest.approx(5.65 + 3 * math.sqrt(5.65))
    assert chart.points[0].lower == 0
    assert out(chart) == ["20"]
    assert chart.provisional


def test_the_p_chart_of_motors_has_stepped_limits_and_subgroup_14_out():
    rows = nist_rows("PCC")
    chart = p_chart([Subgroup(str(int(x)), int(k), n) for x, k, n in rows])
    assert chart.centre == pytest.approx(465 / 4678)
    assert uppers(chart)[:2] == pytest.approx([0.1797, 0.1629], abs=5e-5)
    assert out(chart) == ["14"]


def test_the_np_chart_of_mirrors_has_subgroup_25_out():
    chart = np_chart([Subgroup(str(int(x)), int(k), n) for x, k, n in nist_rows("PNCC")])
    last = chart.points[-1]
    assert (last.value, last.centre, last.lower) == (14, pytest.approx(5.48), 0)
    assert last.upper == pytest.approx(5.48 + 3 * math.sqrt(5.48 * (1 - 5.48 / 150)))
    assert out(chart) == ["25"]


def test_the_u_chart_of_wires_steps_with_length_and_has_no_point_out():
    chart = u_chart([Subgroup(str(int(x)), int(k), metres) for x, k, metres in nist_rows("UCC")])
    assert chart.centre == pytest.approx(98 / 46.25)
    limits = {point.size: round(point.upper, 3) for point in chart.points}
    assert limits == {2.0: 5.207, 2.25: 5.030, 2.5: 4.881, 2.75: 4.752}
    assert out(chart) == []


def test_the_u_chart_of_the_reference_has_its_limits():
    chart = u_chart(groups([4, 7, 3, 9, 5], [50, 60, 45, 55, 50]))
    assert chart.centre == pytest.approx(0.107692, abs=5e-7)
    assert uppers(chart) == pytest.approx([0.2469, 0.2348, 0.2545, 0.2404, 0.2469], abs=5e-5)
    assert {point.lower for point in chart.points} == {0}


def test_laneys_chart_of_the_reference_has_its_sigma_z_and_limits():
    chart = laney_chart(LANEY)
    assert chart.kind == "p'"
    assert chart.centre == pytest.approx(0.0281544, abs=5e-8)
    assert chart.sigma_z == pytest.approx(1.64814, abs=5e-6)
    assert uppers(chart)[:3] == pytest.approx([0.05402, 0.05176, 0.05542], abs=5e-6)
    assert uppers(p_chart(LANEY))[:3] == pytest.approx([0.04385, 0.04248, 0.04470], abs=5e-6)


def test_overdispersed_shares_are_charted_as_p_prime():
    assert share_chart(LANEY) == laney_chart(LANEY)


def test_shares_that_vary_by_chance_are_charted_as_p():
    mirrors = [Subgroup(str(int(x)), int(k), n) for x, k, n in nist_rows("PNCC")]
    assert share_chart(mirrors) == p_chart(mirrors)


def test_a_baseline_fixes_centre_limits_and_kind():
    baseline = laney_chart(LANEY).baseline
    later = share_chart([Subgroup("11", 60, 1000)], baseline)
    assert later.kind == "p'"
    assert later.points[0].upper == pytest.approx(0.05402, abs=5e-6)
    assert out(later) == ["11"]


def test_a_firm_baseline_makes_later_limits_firm_and_a_short_one_leaves_them_provisional():
    point = [Subgroup("1", 1, 100)]
    assert not p_chart(point, Baseline(0.02, 1.0, 25)).provisional
    assert p_chart(point, Baseline(0.02, 1.0, 24)).provisional


def test_limits_are_provisional_below_25_inspected_subgroups():
    assert p_chart(groups([1] * 24 + [0], [50] * 24 + [0])).provisional
    assert not p_chart(groups([1] * 25 + [0], [50] * 25 + [0])).provisional


def test_a_subgroup_not_inspected_keeps_its_place_and_changes_nothing_else():
    with_gap, without = p_chart(groups([3, 0, 5], [50, 0, 60])), p_chart(groups([3, 5], [50, 60]))
    gap = with_gap.points[1]
    assert (gap.value, gap.lower, gap.upper, gap.out) == (None, None, None, False)
    assert (with_gap.centre, with_gap.sigma_z, with_gap.plotted) == (without.centre, without.sigma_z, 2)


def test_an_empty_chart_is_unknown_not_zero():
    chart = share_chart([])
    assert (chart.kind, chart.points, chart.centre, chart.sigma_z) == ("p", (), None, None)
    assert chart.baseline is None
    assert chart.provisional


@pytest.mark.parametrize("counts", [[0, 0, 0], [10, 10, 10]])
def test_shares_that_are_all_0_or_all_1_have_limits_on_the_centre_and_none_out(counts):
    chart = share_chart(groups(counts, [10, 10, 10]))
    assert (chart.kind, chart.sigma_z, out(chart)) == ("p", None, [])


@pytest.mark.parametrize("make", [p_chart, np_chart, laney_chart, u_chart, c_chart])
@pytest.mark.parametrize(("count", "size"), [(-1, 10), (1, 0), (0, -1)])
def test_impossible_counts_are_refused(make, count, size):
    with pytest.raises(ValueError, match="in a subgroup of"):
        make([Subgroup("1", count, size)])


@pytest.mark.parametrize("make", [p_chart, np_chart, laney_chart, share_chart])
def test_more_nonconforming_than_inspected_is_refused(make):
    with pytest.raises(ValueError, match="11 out of 10"):
        make([Subgroup("1", 11, 10)])


def test_more_defects_than_units_are_charted_as_u():
    assert u_chart([Subgroup("1", 11, 10)]).centre == 1.1


def test_a_c_chart_of_unequal_sizes_is_refused():
    with pytest.raises(ValueError, match="one size"):
        c_chart(groups([1, 2], [10, 11]))


sizes = st.lists(st.integers(0, 10_000), max_size=40)
shares = sizes.flatmap(lambda ns: st.tuples(*(st.tuples(st.integers(0, n), st.just(n)) for n in ns)))


@given(shares)
def test_limits_hold_the_centre_and_only_points_beyond_them_are_out(drawn):
    chart = share_chart(groups([k for k, _ in drawn], [n for _, n in drawn]))
    assert len(chart.points) == len(drawn)
    for point in chart.points:
        if point.value is None:
            assert not point.size
            continue
        assert 0 <= point.lower <= point.centre <= point.upper <= 1
        assert not (point.out and point.lower <= point.value <= point.upper)


@given(shares)
def test_the_np_chart_finds_the_same_points_out_as_the_p_chart(drawn):
    taken = groups([k for k, _ in drawn], [n for _, n in drawn])
    assert out(np_chart(taken)) == out(p_chart(taken))
