"""Knows what poor quality costs mean by class; must not know where the amounts come from.

Amounts of different currencies are never added up. Source: the prevention-appraisal-failure model (PAF).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

CLASSES = ("prevention", "appraisal", "internal_failure", "external_failure")
FAILURES = ("internal_failure", "external_failure")


class Posted(NamedTuple):
    """What was posted to a month in a class and currency, and how many lines it was."""

    month: str
    category: str
    currency: str
    amount: Decimal
    lines: int = 1


class Month(NamedTuple):
    """The amounts of a month in one currency, by class; a class without any amount has none."""

    month: str
    currency: str
    amounts: dict[str, Decimal]
    lines: int

    @property
    def failures(self) -> Decimal:
        """Return what failed, inside and outside."""
        return sum((self.amounts.get(category, Decimal(0)) for category in FAILURES), Decimal(0))


def by_month(posted: Iterable[Posted]) -> list[Month]:
    """Add up what was posted, by currency and month, in this order."""
    found: dict[tuple[str, str], Month] = {}
    for one in posted:
        held = found.setdefault((one.currency, one.month), Month(one.month, one.currency, {}, 0))
        held.amounts[one.category] = held.amounts.get(one.category, Decimal(0)) + one.amount
        found[one.currency, one.month] = held._replace(lines=held.lines + one.lines)
    return [found[key] for key in sorted(found)]


def total(months: Iterable[Month], currency: str, categories: Iterable[str]) -> Decimal | None:
    """Return what classes cost in a currency over months; None where nothing was posted in it at all."""
    wanted = set(categories)
    of = [month for month in months if month.currency == currency]
    amounts = [amount for month in of for category, amount in month.amounts.items() if category in wanted]
    return sum(amounts, Decimal(0)) if of else None
