"""Knows over which period figures are counted and what they count; must not know any figure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from qms.rules.clock import day_bounds
from qms.rules.errors import Invalid
from qms.rules.words import Words

STEPS: dict[str, Words] = {
    "day": Words("By day", "按日"),
    "week": Words("By week", "按周"),
    "month": Words("By month", "按月"),
}
SUBJECTS: dict[str, Words] = {
    "lots": Words("Lots not accepted at first presentation", "首次提交未接收的批次"),
    "pieces": Words("Pieces rejected", "拒收件数"),
}
SIDES: dict[str, Words] = {
    "supplier": Words("As supplier: handed over", "作为供方: 交出"),
    "customer": Words("As customer: received", "作为客户: 接收"),
}
WEIGHTS: dict[str, Words] = {
    "pieces": Words("by pieces", "按件数"),
    "records": Words("by records", "按记录数"),
}
FOUND_BY_MAKER = "0"
UNPLACED = "unknown"
AT_CUSTOMER = ("E0", "EF")
DECIDED = ("accepted", "partly_accepted", "rejected")
ACCEPTED = "accepted"
NOT_INSPECTED = "not_inspected"
VOID = "void"

MOST_POINTS = 400
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)


class Bucket(NamedTuple):
    """One stretch of time: whole days of the site, and the half-open interval of instants they cover."""

    label: str
    first: date
    last: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of a site, `last` included, cut into days, weeks from Monday, or months."""

    first: date
    last: date
    step: str
    zone: str

    def __post_init__(self) -> None:
        """Raise Invalid for a period that cannot be shown."""
        if not FIRST_DAY <= self.first <= LAST_DAY:
            raise Invalid("Give a day from 1990 to 2199.", "请填写1990年至2199年之间的日期。", field="first")
        if not FIRST_DAY <= self.last <= LAST_DAY:
            raise Invalid("Give a day from 1990 to 2199.", "请填写1990年至2199年之间的日期。", field="last")
        if self.last < self.first:
            raise Invalid("The last day is before the first.", "截止日期早于起始日期。", field="last")
        if len(self._starts()) > MOST_POINTS:
            raise Invalid(
                f"These are more than {MOST_POINTS} points: take a longer step or a shorter period.",
                f"超过{MOST_POINTS}个点: 请选择更长的间隔或更短的时段。",
                field="step",
            )

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """Return the half-open interval of instants."""
        return day_bounds(self.first, self.last, self.zone)

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """Return the points, oldest first; the first and the last may be cut short by the period."""
        starts = self._starts()
        ends = [start - timedelta(days=1) for start in starts[1:]] + [self.last]
        return tuple(
            Bucket(_label(first, self.step), first, last, *day_bounds(first, last, self.zone))
            for first, last in zip(starts, ends, strict=True)
        )

    @property
    def before(self) -> "Period | None":
        """Return the period of as many days just before this one; None where days begin."""
        first = self.first - (self.last - self.first) - timedelta(days=1)
        if first < FIRST_DAY:
            return None
        return Period(first, self.first - timedelta(days=1), "month", self.zone)

    def _starts(self) -> list[date]:
        starts = [self.first]
        while (following := _next_start(starts[-1], self.step)) <= self.last and len(starts) <= MOST_POINTS:
            starts.append(following)
        return starts


def usual_period(today: date, step: str, zone: str) -> Period:
    """Return the period shown when none was chosen: enough points for firm limits, today in the last one."""
    first = {
        "day": today - timedelta(days=29),
        "week": _week_start(today) - timedelta(weeks=25),
        "month": date(today.year - 2, today.month, 1),
    }[step]
    return Period(first, today, step, zone)


def _week_start(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _next_start(day: date, step: str) -> date:
    if step == "day":
        return day + timedelta(days=1)
    if step == "week":
        return _week_start(day) + timedelta(weeks=1)
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _label(day: date, step: str) -> str:
    if step == "day":
        return day.isoformat()
    if step == "week":
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day:%Y-%m}"
