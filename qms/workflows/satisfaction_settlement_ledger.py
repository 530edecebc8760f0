"""The lines of a month's settlement as a table: goods and charges, pair by pair; must not know any file."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.models.chain import Item, Unit
from qms.rules import satisfaction_settlement as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.rules.words import Words
from qms.workflows.satisfaction_settlement import Statement, statement
from qms.workflows.satisfaction_settlement_prices import currency_of

GOODS, CHARGE = Words("Pieces handed over", "交接产品"), Words("Cost of an escape", "流出损失")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which month of which site, and of which pair; None: every pair."""

    site_id: int | None = None
    period: str = ""
    supplier_id: int | None = None
    customer_id: int | None = None


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,  # noqa: ARG001
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per item and link, and per charge, pair by pair. `amount` None: no price is known.

    What the customer owes is positive, what is charged to the supplier negative. Raises Invalid, IllegalStep, NotFound.
    """
    told = _asked(session, person, wanted)
    currency = currency_of(session, wanted.site_id or 0)
    for pair in _pairs(told, wanted):
        start = {"period": wanted.period, "supplier": _coded(told.units[pair.supplier_id], language),
                 "customer": _coded(told.units[pair.customer_id], language), "currency": currency}
        for line in pair.goods:
            item, link = told.items[line.item_id], told.links[line.link_id]
            yield start | {
                "kind": GOODS.to(language), "what": f"{item.code} {_named(item, language)}", "accepted": line.accepted,
                "rejected": line.rejected, "held": line.held, "waiting": line.waiting, "price": line.price,
                "amount": line.owed, "rejection": None, "link": f"{address}/chain/links/{link.id}" if address else None}
        for charge in pair.charges:
            yield start | _charged(charge, language, address)


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many lines the settlement of the month has. Raises Invalid, IllegalStep, NotFound, NotAllowed."""
    return sum(len(pair.goods) + len(pair.charges) for pair in _pairs(_asked(session, person, wanted), wanted))


def _asked(session: Session, person: Actor, wanted: Filter) -> Statement:
    if wanted.site_id is None:
        raise Invalid("Choose a site.", "请选择工厂。", field="site_id")
    return statement(session, person, wanted.site_id, wanted.period)


def _pairs(told: Statement, wanted: Filter) -> list[rules.Pair]:
    return [pair for pair in told.pairs if wanted.supplier_id in (None, pair.supplier_id)
            and wanted.customer_id in (None, pair.customer_id)]


def _charged(charge: rules.Charge, language: str, address: str) -> dict[str, Any]:
    nothing: dict[str, int | Decimal | None] = dict.fromkeys(("accepted", "rejected", "held", "waiting", "price"))
    return nothing | {"kind": CHARGE.to(language), "what": None, "amount": -charge.money, "rejection": charge.number,
                      "link": f"{address}/rejections/{charge.rejection_id}" if address else None}


def _coded(unit: Unit, language: str) -> str:
    return f"{unit.code} {_named(unit, language)}"


def _named(record: Unit | Item, language: str) -> str:
    names = (record.name_zh, record.name_en) if language == "zh" else (record.name_en, record.name_zh)
    return names[0] or names[1]
