"""Knows when a shift runs and on which day it began; must not know how shifts or rosters are stored."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from qms.rules.acceptance_pieces import begins, runs
from qms.rules.errors import Invalid
from qms.rules.stops import LADDER

EVERY_DAY = "1111111"
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAYS = re.compile(r"[01]{7}")

ON_CALL: tuple[str, ...] = tuple(dict.fromkeys(role for rung in LADDER for role in rung.roles))
"""Roles that a call or stop climbs to, in that order: a roster names people for them."""


def check_shift(starts: str, ends: str, weekdays: str) -> None:
    """Raise Invalid for times that are not HH:MM, or for a shift that never works."""
    for field, value in (("starts", starts), ("ends", ends)):
        if not _TIME.fullmatch(value):
            raise Invalid("Write the time as HH:MM, for example 06:00.", "时间请写成 HH:MM, 例如 06:00。", field=field)
    if not _DAYS.fullmatch(weekdays) or "1" not in weekdays:
        raise Invalid("A shift works on one day of the week at least.", "班次每周至少有一个工作日。", field="weekdays")


def check_role(role: str) -> None:
    """Raise Invalid for a role that no call or stop climbs to."""
    if role not in ON_CALL:
        raise Invalid(f"No call climbs to the role {role}.", f"呼叫不会升级到角色 {role}。", field="role")


def check_days(starts_on: date, ends_on: date | None) -> None:
    """Raise Invalid when the last day lies before the first."""
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("The last day lies before the first.", "结束日期早于开始日期。", field="ends_on")


def works_on(weekdays: str, day: date) -> bool:
    """Tell whether a shift begins on a day."""
    return weekdays[day.weekday()] == "1"


def began_on(starts: str, ends: str, weekdays: str, at: datetime, zone: str) -> date | None:
    """Return the site's day on which the shift that runs at an instant began; None when it does not run then.

    The night shift of Monday still runs on Tuesday morning, and is Monday's.
    """
    today = at.astimezone(ZoneInfo(zone)).date()
    for day in (today, today - timedelta(days=1)):
        begun = begins(day, starts, zone)
        if works_on(weekdays, day) and begun <= at < begun + runs(starts, ends):
            return day
    return None
