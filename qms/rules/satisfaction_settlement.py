"""Knows how process links are settled between units; must not know where prices and hand-overs are stored.

Settlement is between units, for the plant's own reckoning: accepted pieces are paid at the internal price, rejected
ones are not, and what an escape cost is charged to its confirmed origin (R-34). It names no person (R-35).
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from qms.rules.dispositions_costs import amount, check_currency, check_period
from qms.rules.errors import IllegalStep, Invalid

KINDS = ("operation", "process")
"""Kinds of link that are settled: the next operation, and the receiver across business processes."""


@dataclass(frozen=True, slots=True)
class Goods:
    """Pieces of one item handed over on one link at one price; `price` None: none is known, so nothing is owed yet."""

    link_id: int
    item_id: int
    accepted: int
    rejected: int
    held: int
    waiting: int
    price: Decimal | None

    @property
    def owed(self) -> Decimal | None:
        """Return what the customer owes for the accepted pieces; None where no price is known."""
        return None if self.price is None else amount(Decimal(self.accepted), self.price)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one rejection cost, charged to its confirmed origin for the unit that found it."""

    rejection_id: int
    number: str
    money: Decimal


@dataclass(frozen=True, slots=True)
class Pair:
    """The statement of one month between a supplying unit and its customer, goods by link and item."""

    supplier_id: int
    customer_id: int
    goods: tuple[Goods, ...]
    charges: tuple[Charge, ...]

    @property
    def accepted(self) -> int:
        """Return the accepted pieces."""
        return sum(line.accepted for line in self.goods)

    @property
    def rejected(self) -> int:
        """Return the rejected pieces, which are not paid."""
        return sum(line.rejected for line in self.goods)

    @property
    def unpriced(self) -> int:
        """Return the accepted pieces without a price: they are not in the sum, and not 0."""
        return sum(line.accepted for line in self.goods if line.price is None)

    @property
    def owed(self) -> Decimal:
        """Return what is owed for the pieces that have a price."""
        return sum((line.owed for line in self.goods if line.owed is not None), Decimal("0.00"))

    @property
    def charged(self) -> Decimal:
        """Return what escapes cost."""
        return sum((charge.money for charge in self.charges), Decimal("0.00"))

    @property
    def balance(self) -> Decimal:
        """Return what the customer owes the supplier in the end; below 0 the supplier owes."""
        return self.owed - self.charged


def check_settles(*, settles: bool) -> None:
    """Raise IllegalStep where settlement is switched off."""
    if not settles:
        raise IllegalStep("Settlement is switched off at this site.", "本工厂未启用内部结算。")


def check_price(kind: str, price: Decimal, currency: str, usual: str | None) -> None:
    """Raise Invalid for a price that settles nothing."""
    if kind not in KINDS:
        raise Invalid("Only links between operations and across processes are settled.", "只结算工序链接和流程链接。",
                      field="link_id")
    if not price.is_finite() or price <= 0 or price >= 10**9:
        raise Invalid("A price is more than 0.", "价格须大于 0。", field="price")
    check_currency(currency, usual)


def days_of(month: str) -> tuple[date, date]:
    """Return the first and last day of a month written as 2026-11. Raises Invalid."""
    check_period(month)
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def stretches(first: date, last: date, cuts: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Yield the stretches of days between which a price changes, `last` included; on each of `cuts` one begins."""
    begins = [first, *sorted({day for day in cuts if first < day <= last})]
    ends = [day - timedelta(days=1) for day in begins[1:]] + [last]
    yield from zip(begins, ends, strict=True)
