"""Which periods are offered, and which period another one is compared with."""

from datetime import date

import pytest

from qms.rules.review_periods import before, usual


@pytest.mark.parametrize(("span", "today", "first", "last", "before_first", "before_last", "title"), [
    ("half", date(2026, 7, 10), date(2026, 1, 1), date(2026, 6, 30), date(2025, 7, 1), date(2025, 12, 31),
     "Management review, first half of 2026"),
    ("half", date(2026, 6, 30), date(2025, 7, 1), date(2025, 12, 31), date(2025, 1, 1), date(2025, 6, 30),
     "Management review, second half of 2025"),
    ("quarter", date(2026, 1, 5), date(2025, 10, 1), date(2025, 12, 31), date(2025, 7, 1), date(2025, 9, 30),
     "Management review, fourth quarter of 2025"),
    ("quarter", date(2024, 4, 1), date(2024, 1, 1), date(2024, 3, 31), date(2023, 10, 1), date(2023, 12, 31),
     "Management review, first quarter of 2024"),
    ("year", date(2026, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2024, 1, 1), date(2024, 12, 31),
     "Management review, 2025")])
def test_the_last_whole_period_is_offered(span, today, first, last, before_first, before_last, title):
    found = usual(span, today)
    assert found[:4] == (first, last, before_first, before_last)
    assert found.title.en == title


@pytest.mark.parametrize(("first", "last", "wanted"), [
    (date(2026, 1, 1), date(2026, 6, 30), (date(2025, 7, 1), date(2025, 12, 31))),
    (date(2026, 3, 1), date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28))),
    (date(2026, 1, 5), date(2026, 1, 14), (date(2025, 12, 26), date(2026, 1, 4)))])
def test_a_period_is_compared_with_as_long_a_one_before(first, last, wanted):
    assert before(first, last) == wanted
