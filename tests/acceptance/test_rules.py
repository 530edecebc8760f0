"""What the tables of steps and the rules on plans and numbers promise."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qms.rules.acceptance import (
    HANDOVER,
    STANDARD,
    CharacteristicPlan,
    conforms,
    requirement,
    sample_words,
    standing,
)
from qms.rules.acceptance_plans import check_plan, exact_number
from qms.rules.accounts import PERMISSIONS
from qms.rules.errors import IllegalStep, Invalid, NeedsReason, Refused
from qms.rules.steps import StepTable, allowed, diagram, step

GAP = CharacteristicPlan("间隙", "Gap", "measured", unit="mm", lower=Decimal("0.45"), upper=Decimal("0.55"))
BURR = CharacteristicPlan("毛刺", "Burr", sampling="zero_acceptance", sampling_value=20)


def test_a_legal_step_leads_to_its_state():
    assert step(HANDOVER, "presented", "accept") == "accepted"
    assert step(HANDOVER, "rejected", "present_again") == "rejected"


def test_an_illegal_step_is_refused_in_words():
    with pytest.raises(IllegalStep) as refused:
        step(HANDOVER, "accepted", "reject")
    assert refused.value.words.zh == "工序交接：当前状态为已接收，不能拒收。"


def test_the_allowed_steps_are_those_that_do_not_raise():
    for table in (HANDOVER, STANDARD):
        for state in table.states:
            names = {s.name for s in allowed(table, state)}
            for each in table.steps:
                if each.name in names:
                    step(table, state, each.name)
                else:
                    with pytest.raises(IllegalStep):
                        step(table, state, each.name)


def test_every_step_needs_a_permission_that_exists():
    assert {s.permission for table in (HANDOVER, STANDARD) for s in table.steps} <= set(PERMISSIONS)


def test_the_diagram_shows_every_state_and_step():
    drawn = diagram(HANDOVER, "zh")
    assert "    presented --> accepted: 接收\n" in drawn
    assert "    rejected --> rejected: 重新提交\n" in drawn
    assert "    accepted --> [*]\n" in drawn
    assert "presented --> [*]" not in drawn


def test_a_table_refuses_states_that_are_not_there():
    with pytest.raises(ValueError, match="no such state"):
        StepTable(HANDOVER.what, "gone", HANDOVER.states, HANDOVER.steps)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("0.050", "0.050"), (" 12 ", "12"), ("-3.0", "-3.0"), (".5", "0.5"), ("０．０５", "0.05"), ("−1", "-1")],
)
def test_a_number_is_kept_exactly_as_typed(typed: str, kept: str):
    assert format(exact_number(typed), "f") == kept


@pytest.mark.parametrize(
    "typed", ["0,05", "1.000,5", "0。05", "1e5", "NaN", "Infinity", "", "5.", "0x10", "٣", "9" * 31]
)
def test_what_is_not_plainly_a_number_is_refused(typed: str):
    with pytest.raises(Invalid):
        exact_number(typed)


def test_a_comma_gets_an_error_that_says_what_to_write():
    with pytest.raises(Invalid, match=r"decimal point, no comma"):
        exact_number("0,05")


def test_a_value_on_the_limit_is_good_and_one_beyond_is_not():
    low, high = Decimal("0.45"), Decimal("0.55")
    assert conforms(low, high, Decimal("0.450"))
    assert conforms(low, high, Decimal("0.55"))
    assert not conforms(low, high, Decimal("0.5501"))
    assert conforms(None, high, Decimal("-7"))


def test_r04_a_plan_that_accepts_on_one_is_blocked_under_iatf_and_passes_on_zero():
    check_plan(BURR, "iatf")
    with pytest.raises(Refused) as refused:
        check_plan(replace(BURR, accept_number=1), "iatf", "because")
    assert (refused.value.rule, refused.value.field) == ("R-04", "accept_number")


def test_r04_under_iso_accepting_on_one_needs_a_reason():
    with pytest.raises(NeedsReason):
        check_plan(replace(BURR, accept_number=1), "iso", " ")
    check_plan(replace(BURR, accept_number=1), "iso", "agreed with the customer")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(GAP, lower=None, upper=None), "lower"),
        (replace(GAP, unit=None), "unit"),
        (replace(GAP, lower=Decimal(1)), "lower"),
        (replace(GAP, target=Decimal(2)), "target"),
        (replace(GAP, accept_number=1), "accept_number"),
        (replace(BURR, upper=Decimal(1)), "kind"),
        (replace(BURR, sampling_value=None), "sampling_value"),
        (replace(BURR, sampling="every_kth", sampling_value=0), "sampling_value"),
        (replace(BURR, sampling="all"), "sampling_value"),
        (replace(BURR, confidence_percent=100), "confidence_percent"),
        (replace(GAP, kind="count", lower=None, upper=Decimal("1.5")), "upper"),
        (replace(BURR, kind="guess"), "kind"),
        (replace(BURR, special="XX"), "special"),
        (replace(BURR, name_en="", name_zh=" "), "name_zh"),
    ],
)
def test_an_unsound_plan_is_refused_beside_its_field(wrong: CharacteristicPlan, field: str):
    check_plan(GAP, "iatf")
    with pytest.raises(Invalid) as refused:
        check_plan(wrong, "iatf")
    assert refused.value.field == field


def test_r50_what_a_revision_means_depends_on_the_day():
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    assert standing("approved", first, None, date(2026, 2, 28)).words.en == "Approved, not yet in force"
    assert standing("approved", first, None, first).words.en == "In force"
    assert standing("superseded", first, last, last).words.en == "In force until replaced"
    assert standing("superseded", first, last, date(2026, 4, 1)).words.en == "Superseded"
    assert standing("draft", None, None, first).words.en == "Draft"


def test_limits_read_as_on_the_form():
    assert requirement("measured", Decimal("0.450"), Decimal("0.55"), "mm").zh == "0.450 – 0.55 mm"
    assert requirement("measured", Decimal(5), None, "N").en == "≥ 5 N"
    assert requirement("count", None, Decimal(0), None).en == "≤ 0"


def test_a_sample_size_is_explained():
    said = sample_words("zero_acceptance", 25, 95, 103, 1000)
    assert "103 of 1000" in said.en
    assert "2.5 %" in said.en
    assert sample_words("zero_acceptance", 25, 95, 8, 8).zh == "全检 8 件。"
    assert sample_words("every_kth", 10, 95, 5, 50).zh == "从 50 件中检 5 件：首件起每 10 件检 1 件。"
