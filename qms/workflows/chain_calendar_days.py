"""A month of a plant's calendar, and how days that differ from the week are entered. Knows no clock that reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Site
from qms.models.chain_rosters import CalendarDay
from qms.rules import chain_calendar as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Doubled, NotFound
from qms.workflows.chain_calendar import hours_of
from qms.workflows.chain_records import change, check_version, required, sees

ARRANGE = "chain.roster"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar: what differs from the week (None: nothing), and how much the plant works on it."""

    on: date
    in_month: bool
    told: CalendarDay | None
    shifts: int
    hours: float


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a site in whole weeks from Monday on."""

    site: Site
    first: date
    today: date
    weeks: Sequence[Sequence[Day]]
    has_shifts: bool

    @property
    def days(self) -> list[Day]:
        """Return the days of the month itself."""
        return [day for week in self.weeks for day in week if day.in_month]

    @property
    def hours(self) -> float:
        """Return how many hours the plant works in the month."""
        return sum(day.hours for day in self.days)

    @property
    def shifts(self) -> int:
        """Return how many shifts begin in the month."""
        return sum(day.shifts for day in self.days)

    @property
    def worked_days(self) -> int:
        """Return on how many days of the month the plant works."""
        return sum(day.shifts > 0 for day in self.days)


def month_of(session: Session, person: Actor, site_id: int, day: date | None, at: datetime) -> Month:
    """Return the month of a site in which a day lies; today's when none is named. Raises NotFound."""
    site = session.get(Site, site_id)
    if site is None or not sees(person, site_id):
        raise NotFound("There is no such site.", "没有这个工厂。")
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    first = (day or today).replace(day=1)
    monday = first - timedelta(days=first.weekday())
    hours = hours_of(session, site_id)
    told = {row.day: row for row in session.scalars(select(CalendarDay).where(
        CalendarDay.site_id == site_id, CalendarDay.active, CalendarDay.day >= monday,
        CalendarDay.day < monday + timedelta(weeks=6)))}
    weeks, week = [], monday
    while week == monday or week.month == first.month:
        weeks.append([_day(hours, told, week + timedelta(days=n), first) for n in range(7)])
        week += timedelta(weeks=1)
    return Month(site, first, today, weeks, bool(hours.shifts))


def one_day(session: Session, person: Actor, day_id: int) -> CalendarDay:
    """Return a day of a site's calendar that the person may see. Raises NotFound."""
    found = session.get(CalendarDay, day_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def add_days(session: Session, person: Actor, *, site_id: int, starts_on: date, ends_on: date | None, works: bool,
             name_zh: str, name_en: str) -> list[CalendarDay]:
    """Enter days that differ from the week, one or a stretch of them. Raises Invalid, Doubled, NotFound, NotAllowed."""
    if session.get(Site, site_id) is None or not sees(person, site_id):
        raise NotFound("There is no such site.", "没有这个工厂。")
    person.need(ARRANGE, site_id=site_id, unit_path="")
    given = {"works": works, "name_zh": required(name_zh, "name_zh"), "name_en": required(name_en, "name_en"),
             "active": True}
    days = rules.stretch(starts_on, ends_on)
    held = {row.day: row for row in session.scalars(select(CalendarDay).where(
        CalendarDay.site_id == site_id, CalendarDay.day.in_(days)))}
    taken = next((row for row in held.values() if row.active), None)
    if taken is not None:
        raise Doubled(f"{taken.day} is in the calendar already: {taken.name_en}.",
                      f"日历中已有 {taken.day}: {taken.name_zh}。", field="starts_on")
    made = [held.get(day) or CalendarDay(site_id=site_id, day=day) for day in days]
    for row in made:
        change(row, given)
    session.add_all(made)
    session.flush()
    return made


def edit_day(session: Session, person: Actor, day_id: int, rev: int, **fields: Any) -> CalendarDay:
    """Change a day; `active` False gives it back to the week. Raises Stale, Invalid, NotFound, NotAllowed."""
    held = session.get(CalendarDay, day_id, with_for_update=True)
    if held is None or not sees(person, held.site_id):
        raise NotFound
    person.need(ARRANGE, site_id=held.site_id, unit_path="")
    check_version(held, rev, fields)
    change(held, {key: required(value, key) if key.startswith("name_") else value for key, value in fields.items()})
    session.flush()
    return held


def _day(hours: rules.Hours, told: dict[date, CalendarDay], on: date, first: date) -> Day:
    shifts, worked = rules.of_day(hours, on)
    return Day(on, on.month == first.month, told.get(on), shifts, worked.total_seconds() / 3600)
