"""Knows the colours of scorecard readings and the laws of special status (R-42); must not know where they are stored.

Source: IATF 16949:2016 9.1.2.1. Colours are our own rule: green at the target or better, yellow up to a tenth of it
worse, red beyond. A target of 0 leaves no yellow. Without a target there is no colour.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from qms.rules.customers_metrics import METRICS
from qms.rules.errors import Invalid, NeedsReason
from qms.rules.steps import State
from qms.rules.words import Words

COLOURS: dict[str, State] = {
    "green": State(Words("On target", "达标"), "accepted"),
    "yellow": State(Words("Near target", "接近目标"), "held"),
    "red": State(Words("Off target", "未达标"), "rejected"),
    "none": State(Words("No target", "无目标值"), "neutral"),
}
MISSING = State(Words("Not read", "未读取"), "rejected")
NEAR = Decimal("0.1")
RULE = Words("Green: at the target or better. Yellow: at most 10 % of the target worse. Red: beyond, or not read.",
             "绿: 达到或优于目标。黄: 差距不超过目标的 10 %。红: 超出, 或未读取。")

STATUSES: dict[str, Words] = {
    "cs1": Words("Controlled shipping level 1", "受控发运 1 级"),
    "cs2": Words("Controlled shipping level 2", "受控发运 2 级"),
    "new_business_hold": Words("New business hold", "暂停新业务"),
    "other": Words("Other", "其他"),
}
SHOWN_MONTHS = 12
_ORDER = ("red", "yellow", "none", "green")


class Month(NamedTuple):
    """How a month of a customer stands: its worst colour, what was not read, whether nothing was due."""

    first: date
    colour: str
    missing: tuple[str, ...]
    is_due: bool
    readings: int


def colour(metric: str, value: Decimal, target: Decimal | None) -> str:
    """Return the colour of a value beside its target."""
    if target is None:
        return "none"
    worse = target - value if METRICS[metric].more_is_better else value - target
    if worse <= 0:
        return "green"
    return "yellow" if worse <= abs(target) * NEAR else "red"


def check_off_target(shade: str, note: str | None, action_id: int | None) -> None:
    """Raise NeedsReason (R-42) for a value off its target without an action and without a reason."""
    if shade == "red" and not note and action_id is None:
        raise NeedsReason("R-42", "This value is off its target: name the action, or say why none is needed.",
                          "该值未达标: 请指明措施, 或说明为何不需要。", field="note")


def check_month(month: date, today: date) -> date:
    """Return the first day of a month. Raises Invalid for one that is still to come."""
    first = month.replace(day=1)
    if first > today:
        raise Invalid("This month is still to come.", "该月份尚未到来。", field="month")
    return first


def check_status(kind: str, from_on: date, to_on: date | None, body_told_on: date | None, today: date) -> None:
    """Raise Invalid for a special status that cannot be as it is said."""
    if kind not in STATUSES:
        raise Invalid(f"There is no special status {kind}.", f"没有特殊状态 {kind}。", field="kind")
    if to_on is not None and to_on < from_on:
        raise Invalid("The last day lies before the first.", "截止日期早于起始日期。", field="to_on")
    for day, field in ((from_on, "from_on"), (to_on, "to_on"), (body_told_on, "body_told_on")):
        if day is not None and day > today:
            raise Invalid("This day is still to come.", "该日期尚未到来。", field=field)


def months(last: date, count: int = SHOWN_MONTHS) -> list[date]:
    """Return the first days of so many months, the month of `last` at the end."""
    found = [last.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def end_of(month: date) -> date:
    """Return the last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def month_of(first: date, read: Iterable[tuple[str, str]], expected: Collection[str], *, begun: date | None,
             today: date) -> Month:
    """Return how a month stands. `read`: (metric, colour) of its readings; `expected`: metrics that had a target then.

    `begun` is the first day from which a target was agreed; None: none ever. A month counts once it is over.
    """
    held = list(read)
    is_due = begun is not None and begun <= end_of(first) < today
    missing = tuple(metric for metric in expected if metric not in {name for name, _shade in held}) if is_due else ()
    shades = {shade for _name, shade in held}
    worst = next((shade for shade in _ORDER if shade in shades), "")
    return Month(first, "red" if missing else worst, missing, is_due, len(held))
