"""Gives the demo plant the public holidays that lie ahead; must not know what happens on any day.

Source: Regulation on Public Holidays for National Annual Festivals and Memorial Days (State Council Decree 795).
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from qms.db import Database
from qms.demo.founding import Founded
from qms.demo.units import ZONE
from qms.workflows.chain_calendar_days import add_days

AHEAD = timedelta(days=365)


class Holiday(NamedTuple):
    """A stretch of days on which the plant is closed."""

    first: date
    days: int
    zh: str
    en: str


_NEW_YEARS_OF_THE_MOON = (date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13))


def holidays_of(year: int) -> list[Holiday]:
    """Return the holidays of a year; the Spring Festival, from its eve, of years whose new moon is known here."""
    fixed = [Holiday(date(year, 1, 1), 1, "元旦", "New Year's Day"),
             Holiday(date(year, 5, 1), 2, "劳动节", "Labour Day"),
             Holiday(date(year, 10, 1), 3, "国庆节", "National Day")]
    spring = [Holiday(first - timedelta(days=1), 4, "春节", "Spring Festival")
              for first in _NEW_YEARS_OF_THE_MOON if first.year == year]
    return sorted([*fixed, *spring])


def add_holidays(database: Database, founded: Founded, at: datetime, until: datetime) -> None:
    """Enter the holidays of the year after the demo's end: those before it were worked, as its records show."""
    today = until.astimezone(ZoneInfo(ZONE)).date()
    manager = founded.people["manager"]
    with database.transaction(manager, "chain.add_calendar_days", clock=lambda: at) as session:
        for year in (today.year, today.year + 1):
            for holiday in holidays_of(year):
                if today < holiday.first <= today + AHEAD:
                    add_days(session, manager, site_id=founded.site, starts_on=holiday.first,
                             ends_on=holiday.first + timedelta(days=holiday.days - 1), works=False,
                             name_zh=holiday.zh, name_en=holiday.en)
