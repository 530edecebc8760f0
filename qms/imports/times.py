"""Knows how time stamps are written in a plant's files; must not know which column they stand in."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qms.imports.cells import required_text, shown
from qms.rules.errors import Invalid, Problem
from qms.rules.inspections import YEAR_FIRST

SHEET = "sheet"
FIRST_YEAR, LAST_YEAR = 1970, 2100

_PARTS = {
    "Y": r"(?P<year>\d{4})",
    "m": r"(?P<month>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
    "H": r"(?P<hour>\d{1,2})",
    "M": r"(?P<minute>\d{2})",
    "S": r"(?P<second>\d{2})",
    "f": r"(?P<fraction>\d{1,9})",
}
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})[ T]"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r" ?(?P<offset>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_SHEET = re.compile(rf"{_YEAR_FIRST.pattern}|(?P<the_year>\d{{4}})-(?P<the_month>\d\d)-(?P<the_day>\d\d)", re.ASCII)
# Excel shows 2012/01/29 23:24:00.000 as minutes, seconds and tenths, and saves that: day and hour are lost.
_EXCEL_DAMAGE = re.compile(r"\d{1,3}:\d{2}[.,]\d", re.ASCII)


def is_excel_damage(cell: str) -> bool:
    """Say whether the cell is what Excel leaves of a time stamp with fractions of a second."""
    return _EXCEL_DAMAGE.fullmatch(cell) is not None


def zone_of(name: str) -> ZoneInfo:
    """Return the IANA time zone of this name. Raises Invalid."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(
            f"There is no time zone {shown(name)}; give one such as Asia/Shanghai.",
            f"没有时区 {shown(name)}，请写如 Asia/Shanghai。",
            field="zone",
        ) from error


@lru_cache(maxsize=32)
def pattern_of(form: str) -> re.Pattern[str]:
    """Return the pattern of a time format: the letters Y m d H M S f, other characters as they stand.

    YEAR_FIRST takes any of 2012/01/29 23:24, 2012-01-29T23:24:00.000, with or without offset; SHEET also a
    day alone, which is how a workbook's cell tells midnight. Raises Invalid.
    """
    if form in (YEAR_FIRST, SHEET):
        return _YEAR_FIRST if form == YEAR_FIRST else _SHEET
    letters = [mark for mark in form if mark.isalpha() and mark != "T"]
    if "%" in form or len(set(letters)) != len(letters) or not {"Y", "m", "d"} <= set(letters) <= set(_PARTS):
        raise Invalid(
            f"{shown(form)} is no time format: write the letters Y m d H M S f once each, as in d/m/Y H:M:S.",
            f"{shown(form)} 不是时间格式：请用字母 Y m d H M S f 各一次，如 d/m/Y H:M:S。",
            field="format",
        )
    return re.compile("".join(_PARTS.get(mark) or re.escape(mark) for mark in form), re.ASCII)


def time_stamp(cell: str, form: str, line: int, column: str) -> datetime:
    """Return the time as written: naive wall-clock time, or aware if it has an offset. Raises Problem."""
    text = required_text(cell, line, column)
    found = pattern_of(form).fullmatch(text)
    kind = "time"
    if is_excel_damage(text):
        kind = "excel_time"
        en, zh = (
            f"{shown(cell)} is a time stamp that Excel destroyed: day and hour are gone.",
            f"{shown(cell)} 是被 Excel 损坏的时间：日期和小时已丢失。",
        )
    elif not found:
        example = "2012/01/29 23:24:00.000" if form in (YEAR_FIRST, SHEET) else form
        en, zh = (
            f"{shown(cell)} is no time stamp of the form {example}.",
            f"{shown(cell)} 不是 {example} 形式的时间。",
        )
    else:
        try:
            return _moment({name.removeprefix("the_"): part for name, part in found.groupdict().items() if part})
        except ValueError:
            en, zh = f"{shown(cell)} is no time that was ever on a clock.", f"{shown(cell)} 不是有效的时间。"
    raise Problem(en, zh, line=line, column=column, kind=kind)


def _moment(parts: dict[str, str]) -> datetime:
    year = int(parts["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(year)
    moment = datetime(  # noqa: DTZ001 - wall-clock time without zone is what the file says
        year,
        int(parts["month"]),
        int(parts["day"]),
        int(parts.get("hour", 0)),
        int(parts.get("minute", 0)),
        int(parts.get("second", 0)),
        int(parts.get("fraction", "0").ljust(6, "0")[:6]),
    )
    offset = parts.get("offset")
    if not offset:
        return moment
    return moment.replace(tzinfo=datetime.strptime(offset.replace("Z", "+0000"), "%z").tzinfo)


def wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the naive time that the site's clock showed; a naive time is taken to be that already."""
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def instant(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the aware UTC instant of a wall-clock time; the first of the two when the clock was set back."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def is_uncertain(moment: datetime, zone: ZoneInfo) -> bool:
    """Say whether this wall-clock time came twice or never, because the clock was set back or forward."""
    first, second = (moment.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second
