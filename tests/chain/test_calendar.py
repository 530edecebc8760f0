"""Clocks run in plant hours: they stand on free days and between shifts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from qms.models.chain_rosters import CalendarDay, Shift
from qms.rules.accounts import SYSTEM
from qms.rules.chain_calendar import Hours, due, shifts_between, worked
from qms.workflows import chain_calendar

EARLY, LATE, NIGHT = ("06:00", "14:00", "1111100"), ("14:00", "22:00", "1111100"), ("22:00", "06:00", "1111100")
TWO = Hours("Asia/Shanghai", (EARLY, LATE))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant of November 2026 in Shanghai; the 2nd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def test_hours_run_on_within_a_shift():
    assert due(TWO, at(2, 8), 3) == at(2, 11)


def test_hours_stand_while_nobody_works():
    assert due(TWO, at(2, 21), 3) == at(3, 8)


def test_hours_begin_with_the_next_shift():
    assert due(TWO, at(2, 23, 30), 1) == at(3, 7)


def test_a_weekend_does_not_count():
    assert due(TWO, at(6, 20), 4) == at(9, 8)


def test_a_holiday_does_not_count():
    assert due(Hours("Asia/Shanghai", (EARLY, LATE), {date(2026, 11, 3): False}), at(2, 21), 3) == at(4, 8)


def test_a_free_day_that_is_worked_counts():
    assert due(Hours("Asia/Shanghai", (EARLY, LATE), {date(2026, 11, 7): True}), at(6, 20), 4) == at(7, 8)


def test_a_night_shift_belongs_to_the_day_on_which_it_began():
    three = Hours("Asia/Shanghai", (EARLY, LATE, NIGHT))
    assert due(three, at(6, 20), 10) == at(7, 6)
    assert due(three, at(6, 20), 11) == at(9, 7)


def test_shifts_that_overlap_count_once():
    assert due(Hours("UTC", (("06:00", "15:00", "1111111"), ("14:00", "22:00", "1111111"))),
               datetime(2026, 11, 2, 13, tzinfo=UTC), 4) == datetime(2026, 11, 2, 17, tzinfo=UTC)


def test_without_shifts_a_plant_works_at_all_times():
    assert due(Hours("Asia/Shanghai"), at(7, 20), 30) == at(9, 2)


def test_a_plant_that_never_works_is_told():
    with pytest.raises(ValueError, match="within a year"):
        due(Hours("UTC", (EARLY,), {date(2026, 1, 1) + timedelta(days=n): False for n in range(900)}), at(2, 8), 1)


def test_hours_worked_between_two_instants():
    assert worked(TWO, at(2, 21), at(3, 7)) == timedelta(hours=2)
    assert worked(TWO, at(3, 7), at(2, 21)) == timedelta()


def test_only_whole_shifts_are_counted():
    assert shifts_between(TWO, at(2, 6), at(3, 14)) == 3
    assert shifts_between(TWO, at(2, 7), at(3, 14)) == 2


def test_hours_are_those_of_the_site(db, plant):
    with db.transaction(SYSTEM, "tests.calendar") as session:
        session.add_all([
            Shift(site_id=plant.site, code="E", name_zh="早班", name_en="Early", starts="06:00", ends="14:00"),
            Shift(site_id=plant.site, code="N", name_zh="夜班", name_en="Night", starts="22:00", ends="06:00",
                  active=False),
            CalendarDay(site_id=plant.site, day=date(2026, 11, 3), works=False, name_zh="假日", name_en="Holiday")])
        session.flush()
        assert chain_calendar.due(session, plant.site, at(2, 13), 2) == at(4, 7)
