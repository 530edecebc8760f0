"""Every face of a pack writes a value with the same digits, and nothing counted is never a zero."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from qms.rules.review_shown import between, changed, shown, unit_of, unit_of_kind
from qms.rules.review_snapshots import KINDS, Column, Estimate
from qms.rules.words import Words


@pytest.mark.parametrize(("value", "kind", "text"), [
    (None, "count", "–"), (0, "count", "0"), (1234567, "count", "1,234,567"), (0.84, "percent", "84.0%"),
    (0.0625, "percent", "6.3%"), (1, "percent", "100.0%"), (542.635, "ppm", "543"),
    (Decimal("1234.5"), "money", "1,234.50"), (2.5, "hours", "2.5"), (90, "days", "90"), (7.25, "minutes", "7.3"),
    (3, "decimal", "3"), (1.005, "decimal", "1.01"), (-0.0004, "percent", "0.0%"), (float("nan"), "decimal", "–"),
    (True, "text", "Yes"), (Words("Open", "未完成"), "state", "Open"), (date(2026, 1, 31), "date", "2026-01-31"),
    (datetime(2026, 1, 31, 8, 5, 9, tzinfo=UTC), "date", "2026-01-31 08:05"), ("", "text", "–")])
def test_a_value_is_written_with_the_digits_of_its_kind(value, kind, text):
    assert shown(value, kind, "en") == text


def test_every_kind_can_be_written():
    for kind in KINDS:
        assert shown(1, kind, "zh") != shown(None, kind, "zh") == "–"


def test_an_interval_is_written_only_where_there_is_one():
    assert between(Estimate(0.84, 50, 0.71491, 0.91662), "percent", "en") == "71.5% to 91.7%"
    assert between(Estimate(0.84, 50, 0.71491, 0.91662), "percent", "zh") == "71.5% 至 91.7%"
    assert between(Estimate(5, 5), "count", "en") == ""


@pytest.mark.parametrize(("now", "before", "kind", "text"), [
    (Estimate(12), Estimate(9), "count", "+3"), (Estimate(0.8), Estimate(0.85), "percent", "-5.0 pp"),
    (Estimate(0.80001), Estimate(0.8), "percent", "0.0 pp"), (Estimate(1), None, "count", "–"),
    (Estimate(1), Estimate(None, 0), "count", "–"), (Estimate(0.3), Estimate(0.1), "percent", "+20.0 pp"),
    (Estimate(Decimal("10.00")), Estimate(7.5), "money", "+2.50")])
def test_a_change_has_a_sign_and_is_a_dash_where_one_side_is_unknown(now, before, kind, text):
    assert changed(now, before, kind, "en") == text


def test_units_stand_in_the_heading_unless_the_number_says_them():
    assert unit_of(Column("a", Words("A", "甲"), "hours")) == KINDS["hours"]
    assert unit_of(Column("a", Words("A", "甲"), "money", Words("CNY", "元"))) == Words("CNY", "元")
    assert [unit_of_kind(kind) for kind in ("percent", "count", "text", "money")] == [None] * 4
