"""Knows how long records are kept: rules, when one is due, what a hold stops; not which tables there are (R-44)."""

from dataclasses import dataclass, field
from datetime import date

from qms.rules.words import Words

LEAST_YEARS, MOST_YEARS = 1, 100
MOST_AT_ONCE = 200
"""Records that one proposal names at most, with all that belongs to them."""

KINDS: dict[str, Words] = {
    "years": Words("fixed years", "固定年限"),
    "active": Words("while the product is active, and years after", "产品有效期内及其后年限"),
    "event": Words("kept while in use, never due by itself", "使用期间保存, 不自动到期"),
}

HOLD_KINDS: dict[str, Words] = {
    "record": Words("One record", "单个记录"),
    "lot": Words("A lot", "批次"),
    "item": Words("An item", "产品"),
    "customer": Words("An outside customer", "外部顾客"),
    "period": Words("A period", "时间段"),
}

STATES: dict[str, tuple[Words, str]] = {
    "proposed": (Words("Proposed", "待批准"), "pending"),
    "approved": (Words("Approved", "已批准"), "held"),
    "refused": (Words("Refused", "已拒绝"), "void"),
    "done": (Words("Carried out", "已执行"), "accepted"),
}


@dataclass(frozen=True, slots=True)
class Root:
    """A kind of record that is disposed of as a whole. `start`: column from which its time counts; None: not begun.

    `opened`: column with the time at which it began, for holds of a period.
    """

    start: str
    opened: str


@dataclass(frozen=True, slots=True)
class Part:
    """A table whose rows belong to one row of another: `column` names which row of `table`."""

    column: str
    table: str


@dataclass(frozen=True, slots=True)
class Retention:
    """One class of records. `years` after the start; `special_years` where a special characteristic is concerned."""

    words: Words
    owner: str
    kind: str
    years: int | None
    begins: Words
    special_years: int | None = None
    roots: dict[str, Root] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """Name every table of the class."""
        return (*self.roots, *self.parts, *self.others)


def due_on(start: date, years: int) -> date:
    """Return the day from which a record may go, so many years after its start; of 29 February the 1st of March."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def latest_start(today: date, years: int) -> date:
    """Return the last start from which everything is due today."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 2, 28)
