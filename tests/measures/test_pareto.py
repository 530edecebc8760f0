"""Knows what a ranking of causes must hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.measures.pareto import Cause, pareto

PLATES = [
    Cause("Pastry", 158, 158),
    Cause("Z_Scratch", 190, 190),
    Cause("K_Scratch", 391, 391),
    Cause("Stains", 72, 72),
    Cause("Dirtiness", 55, 55),
    Cause("Bumps", 402, 402),
    Cause("Other", 673, 673),
]


def labels(ranking):
    return [bar.label for bar in ranking.bars]


def test_the_steel_plates_are_ranked_with_other_last_though_it_is_the_largest():
    ranking = pareto(PLATES, other="Other")
    assert labels(ranking) == ["Bumps", "K_Scratch", "Z_Scratch", "Pastry", "Stains", "Dirtiness", "Other"]
    assert (ranking.n, ranking.weight) == (1941, 1941)
    assert ranking.bars[0].share == ranking.bars[0].cumulative == 402 / 1941
    assert ranking.bars[1].cumulative == 793 / 1941
    assert ranking.bars[-1].cumulative == 1


def test_causes_beyond_those_kept_are_added_to_other():
    ranking = pareto(PLATES, other="Other", keep=2)
    assert labels(ranking) == ["Bumps", "K_Scratch", "Other"]
    assert ranking.bars[-1].n == 1941 - 402 - 391


def test_ties_stay_in_the_order_given():
    ranking = pareto([Cause("b", 1, 5), Cause("a", 1, 5), Cause("c", 1, 9)])
    assert labels(ranking) == ["c", "b", "a"]


def test_weight_decides_the_rank_and_n_stays_the_number_of_cases():
    ranking = pareto([Cause("many and cheap", 90, 10), Cause("few and dear", 3, 1000)])
    assert labels(ranking) == ["few and dear", "many and cheap"]
    assert (ranking.bars[0].n, ranking.n) == (3, 93)


def test_no_cause_gives_no_bar():
    assert pareto([], other="Other", keep=5) == ((), 0, 0)


def test_causes_without_weight_have_no_share():
    assert [(bar.share, bar.cumulative) for bar in pareto([Cause("a", 2, 0)]).bars] == [(None, None)]


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="negative"):
        pareto([Cause("a", 1, -1)])


def test_leaving_causes_out_without_a_label_for_them_is_refused():
    with pytest.raises(ValueError, match="need a label"):
        pareto(PLATES, keep=2)


causes = st.lists(
    st.builds(Cause, st.text(max_size=3), st.integers(0, 1000), st.integers(0, 10**6)),
    max_size=30,
    unique_by=lambda cause: cause.label,
)


@given(causes, st.none() | st.integers(0, 10))
def test_shares_sum_to_one_and_nothing_is_lost(drawn, keep):
    ranking = pareto(drawn, other="other", keep=keep)
    assert ranking.weight == sum(cause.weight for cause in drawn)
    assert ranking.n == sum(cause.n for cause in drawn)
    if ranking.weight:
        assert sum(bar.share for bar in ranking.bars) == pytest.approx(1)
        assert ranking.bars[-1].cumulative == 1
    ranked = [bar.weight for bar in ranking.bars if bar.label != "other"]
    assert ranked == sorted(ranked, reverse=True)
