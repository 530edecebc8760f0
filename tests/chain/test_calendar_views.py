"""The pages of the plant calendar."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.chain_rosters import CalendarDay, Shift
from qms.rules.accounts import SYSTEM
from qms.rules.chain_calendar import Hours, of_day, stretch
from qms.rules.errors import Invalid
from tests.plant import Plant
from tests.rejections.cases import person_in_unit

HOLIDAY = {"starts_on": "2026-10-01", "ends_on": "2026-10-03", "works": "", "name_zh": "国庆节",
           "name_en": "National day"}
NIGHTS = Hours("Asia/Shanghai", (("06:00", "14:00", "1111100"), ("13:30", "21:30", "1111100"),
                                 ("22:00", "06:00", "1000000")))


@pytest.fixture
def shift(db: Database, plant: Plant) -> None:
    """One shift of eight hours from Monday to Friday."""
    with db.transaction(SYSTEM, "tests.shift") as session:
        session.add(Shift(site_id=plant.site, code="E", name_zh="早班", name_en="Early", starts="06:00", ends="14:00",
                          weekdays="1111100", active=True))


def days(db: Database) -> list[tuple[date, bool, bool]]:
    with db.reading() as session:
        return [(d.day, d.works, d.active) for d in session.scalars(select(CalendarDay).order_by(CalendarDay.day))]


def test_hours_of_a_day_count_no_hour_twice():
    assert of_day(NIGHTS, date(2026, 3, 2)) == (3, timedelta(hours=23, minutes=30))
    assert of_day(NIGHTS, date(2026, 3, 3)) == (2, timedelta(hours=15, minutes=30))
    assert of_day(NIGHTS, date(2026, 3, 7)) == (0, timedelta(0))


def test_a_stretch_runs_from_day_to_day_and_not_backwards_or_for_ever():
    first = date(2026, 12, 31)
    assert stretch(first, None) == [first]
    assert stretch(first, date(2027, 1, 1)) == [first, date(2027, 1, 1)]
    for last in (date(2026, 12, 30), date(2027, 1, 31)):
        with pytest.raises(Invalid):
            stretch(first, last)


@pytest.mark.parametrize(("language", "said"), [
    ("en", "No shift is entered: the plant counts as working at all times."), ("zh", "尚未录入班次")])
def test_a_plant_without_shifts_works_at_all_times(sign_in, page, language: str, said: str):
    assert said in page(sign_in("operator", language), "/chain/calendar/").text


@pytest.mark.parametrize(("language", "total", "free"), [
    ("en", "20 working days, 20 shifts, 160 hours", "National day"), ("zh", "20 个工作日", "国庆节")])
@pytest.mark.usefixtures("shift")
def test_the_month_shows_holidays_and_working_hours(sign_in, page, language: str, total: str, free: str):
    page(sign_in("team_leader", language), "/chain/calendar/add", HOLIDAY)
    shown = page(sign_in("operator", language), "/chain/calendar/?day=2026-10-15")
    assert total in shown.text
    assert free in shown.text
    assert len([c for c in shown.find(".//td") if "calendar-free" in c.get("class", "")]) == 3


@pytest.mark.usefixtures("shift")
def test_a_free_day_that_is_made_up_for_is_worked(sign_in, page):
    page(sign_in("production_manager"), "/chain/calendar/add", {
        **HOLIDAY, "starts_on": "2026-10-10", "ends_on": "", "works": "y"})
    assert "23 working days, 23 shifts" in page(sign_in("operator"), "/chain/calendar/?day=2026-10-10").text


def test_a_day_is_given_back_to_the_week_and_entered_again(sign_in, page, db: Database):
    chief = sign_in("team_leader")
    page(chief, "/chain/calendar/add", {**HOLIDAY, "ends_on": ""})
    shown = page(chief, "/chain/calendar/add", HOLIDAY, status=422)
    assert "2026-10-01 is in the calendar already: National day." in shown.text
    with db.reading() as session:
        day_id = session.scalars(select(CalendarDay.id)).one()
    given = {"works": "y", "name_zh": "加班", "name_en": "Overtime", "rev": 1}
    page(chief, f"/chain/calendar/{day_id}/edit", {**given, "active": "y"})
    page(chief, f"/chain/calendar/{day_id}/edit", {**given, "active": "y"}, status=409)
    page(chief, f"/chain/calendar/{day_id}/edit", {**given, "rev": 2})
    assert days(db) == [(date(2026, 10, 1), True, False)]
    page(chief, "/chain/calendar/add", HOLIDAY)
    assert days(db) == [(date(2026, 10, n), False, True) for n in (1, 2, 3)]


def test_who_arranges_for_a_unit_only_does_not_change_the_calendar_of_the_site(sign_in, page, db: Database,
                                                                              plant: Plant):
    plant.people["leader"] = person_in_unit(db, "leader", "team_leader", plant.weld)
    leader = sign_in("leader")
    assert "Enter days" not in page(leader, "/chain/calendar/").links()
    assert "You hold no grant" in page(leader, "/chain/calendar/add", HOLIDAY, status=422).text
    page(sign_in("operator"), "/chain/calendar/add", status=403)
    assert days(db) == []
