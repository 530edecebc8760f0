"""Knows which periods a management review usually covers and how they are called; must not know any review."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from qms.rules.words import Words

SPANS: dict[str, Words] = {
    "quarter": Words("Last quarter", "上一季度"),
    "half": Words("Last half year", "上一个半年"),
    "year": Words("Last year", "上一年度"),
}
_MONTHS = {"quarter": 3, "half": 6, "year": 12}
_ORDINALS = ("first", "second", "third", "fourth")
_ZH_ORDINALS = ("一", "二", "三", "四")


class Usual(NamedTuple):
    """A period, the one of the same length before it, and a title for the review of it."""

    first_on: date
    last_on: date
    before_first_on: date
    before_last_on: date
    title: Words


def usual(span: str, today: date) -> Usual:
    """Return the last whole quarter, half year or year before a day, compared with the one before. Raises KeyError."""
    length = _MONTHS[span]
    end = (today.month - 1) // length * length
    first, last = _months(today.year, end - length, length)
    before_first, before_last = _months(today.year, end - 2 * length, length)
    return Usual(first, last, before_first, before_last, _title(span, first))


def before(first: date, last: date) -> tuple[date, date]:
    """Return the period to compare with: as many whole months before, else as many days before."""
    is_whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    if not is_whole:
        return first - (last - first) - timedelta(days=1), first - timedelta(days=1)
    length = (last.year - first.year) * 12 + last.month - first.month + 1
    return _months(first.year, first.month - 1 - length, length)


def months_before(today: date, length: int) -> tuple[date, date]:
    """Return the last whole months before the month of a day."""
    return _months(today.year, today.month - 1 - length, length)


def _months(year: int, start: int, length: int) -> tuple[date, date]:
    """Return the first and last day of some months; `start` counts from 0 for January and may lie before the year."""
    first_year, first_month = divmod(year * 12 + start, 12)
    last_year, last_month = divmod(year * 12 + start + length - 1, 12)
    return (date(first_year, first_month + 1, 1),
            date(last_year, last_month + 1, monthrange(last_year, last_month + 1)[1]))


def _title(span: str, first: date) -> Words:
    part = (first.month - 1) // _MONTHS[span]
    en = {"quarter": f"{_ORDINALS[part]} quarter of {first.year}", "half": f"{_ORDINALS[part]} half of {first.year}",
          "year": str(first.year)}[span]
    zh = {"quarter": f"{first.year}年第{_ZH_ORDINALS[part]}季度", "half": f"{first.year}年{'上下'[part % 2]}半年",
          "year": f"{first.year}年"}[span]
    return Words(f"Management review, {en}", f"{zh}管理评审")
