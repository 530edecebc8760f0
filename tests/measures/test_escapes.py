"""Knows the published example of escape distances."""

import pytest

from qms.measures.escapes import (
    detection_effectiveness,
    false_rejection,
    mean_escape_distance,
    source_containment,
    step_escape,
)
from qms.measures.intervals import rate

FOUND_AT = {0: 60, 1: 25, 2: 10, 3: 4, 4: 1}


def test_sixty_of_a_hundred_found_at_the_origin_is_sixty_percent_containment():
    assert source_containment(FOUND_AT) == rate(60, 100)


def test_mean_distance_of_the_example_is_061():
    found = mean_escape_distance(FOUND_AT)
    assert found.n == 100
    assert found.mean == pytest.approx(0.61)
    assert found.low < 0.61 < found.high


def test_no_defect_known_leaves_containment_and_distance_unknown():
    assert source_containment({}).value is None
    assert mean_escape_distance({}).mean is None


def test_nothing_found_at_the_origin_is_zero_containment():
    assert source_containment({2: 5}) == rate(0, 5)


def test_step_escape_is_passed_on_out_of_made():
    assert step_escape(40, 100) == rate(40, 100)


def test_detection_counts_what_was_found_here_against_what_could_have_been():
    assert detection_effectiveness(30, 10) == rate(30, 40)
    assert detection_effectiveness(0, 0).value is None


def test_false_rejection_is_no_fault_found_out_of_rejections():
    assert false_rejection(2, 50) == rate(2, 50)
