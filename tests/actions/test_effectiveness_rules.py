"""What may be called proof, by the words and laws alone."""

import pytest

from qms.measures.effectiveness import (
    exposure_to_prove,
    fewer_per_exposure,
    lower_proportion,
    number_to_prove,
)
from qms.rules.actions_effectiveness import (
    Count,
    check_confirmer,
    check_plan,
    check_scope,
    progress,
    rule_of_three,
    told,
    verdict,
)
from qms.rules.errors import Refused


@pytest.mark.parametrize(("before", "after", "p", "proven"), [
    (9, 1, 0.0107, True), (5, 0, 0.0313, True), (4, 0, 0.0625, False), (3, 0, 0.125, False)])
def test_equal_windows_prove_as_the_published_vectors_say(before: int, after: int, p: float, proven: bool):
    found = fewer_per_exposure(before, 60, after, 60)
    assert found == (pytest.approx(p, abs=6e-5), proven)


def test_a_share_proves_as_the_published_vector_says():
    assert round(lower_proportion(12, 400, 2, 500).p_value or 0, 5) == 0.00176


@pytest.mark.parametrize(("before", "exposure", "after"), [(4, 60, 0), (9, 60, 1), (1, 10, 0), (5, 60, 3)])
def test_the_shortest_window_is_proof_and_one_less_is_not(before: int, exposure: int, after: int):
    least = exposure_to_prove(before, exposure, after)
    assert least is not None
    assert fewer_per_exposure(before, exposure, after, least).proven
    assert not fewer_per_exposure(before, exposure, after, least - 1).proven


def test_the_smallest_share_is_proof_and_one_less_is_not():
    least = number_to_prove(12, 400, 2)
    assert least is not None
    assert lower_proportion(12, 400, 2, least).proven
    assert not lower_proportion(12, 400, 2, least - 1).proven


def test_where_nothing_was_found_nothing_can_be_proven():
    assert exposure_to_prove(0, 60) is None
    assert number_to_prove(0, 400) is None


def test_three_mean_intervals_are_about_what_has_to_stay_clean():
    assert rule_of_three(Count(6, 60)) == 30
    assert rule_of_three(Count(0, 60)) is None


def test_r26_a_window_that_could_never_prove_is_refused_and_the_needed_one_taken():
    before = Count(4, 60)
    with pytest.raises(Refused, match="67 shifts at least") as refused:
        check_plan("per_shift", before, most=0, needed=66, least=67)
    assert (refused.value.rule, refused.value.field) == ("R-26", "needed")
    check_plan("per_shift", before, most=0, needed=67, least=67)


@pytest.mark.parametrize(("before", "field"), [(Count(0, 60), "baseline_from"), (Count(4, 0), "baseline_from")])
def test_r26_a_baseline_with_nothing_to_compare_is_refused(before: Count, field: str):
    with pytest.raises(Refused) as refused:
        check_plan("per_shift", before, most=0, needed=60, least=None)
    assert (refused.value.rule, refused.value.field) == ("R-26", field)


def test_r26_a_share_of_more_than_was_handed_over_is_refused():
    with pytest.raises(Refused, match="Count per shift"):
        check_plan("share", Count(5, 4), most=0, needed=60, least=None)


def test_r26_a_plan_says_what_is_counted():
    with pytest.raises(Refused):
        check_scope("per_shift", has_scope=False, has_exposure=False)
    with pytest.raises(Refused):
        check_scope("share", has_scope=True, has_exposure=False)
    check_scope("share", has_scope=True, has_exposure=True)


def test_r27_who_owns_a_measure_or_drafted_does_not_confirm_and_another_does():
    for person in (1, 2):
        with pytest.raises(Refused):
            check_confirmer(person, drafter_id=1, owners={2, 3})
    check_confirmer(4, drafter_id=1, owners={2, 3})


@pytest.mark.parametrize(("count", "proof", "said"), [
    (Count(0, 66), True, "not_yet"), (Count(0, 67), True, "proven"), (Count(0, 0), False, "not_yet"),
    (Count(0, 90), False, "not_yet"), (Count(2, 10), False, "come_back"), (Count(1, 67), True, "proven")])
def test_only_a_full_window_with_proof_is_proven(count: Count, proof: bool, said: str):
    assert verdict(count, most=1, needed=67, is_proof=proof) == said


def test_progress_is_said_in_both_languages():
    said = progress("per_shift", Count(0, 12), most=0, needed=30)
    assert (said.en, said.zh) == ("12 of 30 clean shifts", "30 个班次中 12 个无缺陷")
    assert progress("per_shift", Count(1, 12), most=2, needed=30).en == "12 of 30 shifts watched, 1 found (at most 2)"
    shared = progress("share", Count(3, 1200), most=5, needed=2000)
    assert shared.zh == "2000 件中已交接 1200 件, 不合格 3 件 (最多 5 件)"


def test_a_window_that_is_not_full_is_not_called_weak_proof():
    said = told("per_shift", Count(9, 50), Count(0, 60), 0.0008, "not_yet")
    assert said.en.endswith("p = 0.0008. The window is not full yet.")


def test_a_verdict_is_told_with_n_and_p():
    said = told("per_shift", Count(4, 60), Count(0, 60), 0.0625, "not_yet")
    assert said.en == "Before: 4 in 60 shifts; since: 0 in 60 shifts, p = 0.0625. Not proof yet."
    assert said.zh == "之前 60 个班次中 4; 之后 60 个班次中 0, p = 0.0625。尚不足以证明。"
