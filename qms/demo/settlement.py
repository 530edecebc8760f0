"""Settles the links of the demo plant from its first month on, so that a statement can be looked at."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy.orm import Session

from qms.demo.deeds import World, at_plant, deed
from qms.demo.happenings import Happening
from qms.rules.accounts import Actor
from qms.workflows import satisfaction_settlement_prices as pricing

FIRST_PRICE, STEP = Decimal("2.40"), Decimal("0.65")
"""Per piece on the first link, and how much each further one adds: a made-up price list."""


def settled(on: date) -> list[Happening]:
    """Return how finance switches settlement on and sets a price for each link but the last, on the second day."""
    return list(_told(on + timedelta(days=1)))


def _told(on: date) -> Iterator[Happening]:
    yield deed(at_plant(on, 13), "finance", "satisfaction.switch_settlement", _switch)
    yield deed(at_plant(on, 13, 5), "finance", "satisfaction.set_price", partial(_set_prices, on))


def _switch(session: Session, actor: Actor, world: World) -> None:
    pricing.switch(session, actor, world.founded.site, on=True)


def _set_prices(on: date, session: Session, actor: Actor, world: World) -> None:
    links = pricing.links_to_settle(session, world.founded.site)
    for n, link in enumerate(links[:-1]):
        pricing.set_price(session, actor, link_id=link.id, price=FIRST_PRICE + n * STEP, currency="CNY", valid_from=on)
