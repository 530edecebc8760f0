"""Knows the published example of ten answers."""

import pytest

from qms.measures.intervals import rate
from qms.measures.satisfaction import satisfaction_index, top_two_box, weighted_index

ANSWERS = [5, 4, 4, 3, 5, 2, 4, 5, 4, 4]


def test_ten_answers_have_an_index_of_75_and_a_top_two_box_of_80_percent():
    assert satisfaction_index(sum(ANSWERS) / len(ANSWERS)) == 75
    assert top_two_box(ANSWERS) == rate(8, 10)


def test_nobody_answered_is_unknown_not_zero():
    assert top_two_box([]).value is None
    assert weighted_index([], []) is None


def test_importance_weighs_the_index():
    assert weighted_index([4, 2], [3, 1]) == pytest.approx(3.5)
