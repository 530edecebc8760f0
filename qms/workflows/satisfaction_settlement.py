"""What units owe each other for a month: accepted pieces at the internal price, less what escapes cost. Only reads.

A hand-over belongs to the month in which it was presented. A rejection is charged only while its origin is confirmed or
decided (R-34), never for what a unit found on its own work (R-36), and in the month to which its costs were posted.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from qms.models.acceptance import Handover
from qms.models.chain import Item, Link, Site, Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions_costs import CostLine
from qms.models.rejections import Rejection
from qms.models.satisfaction_settlement import LinkPrice, SettlementSwitch
from qms.rules import satisfaction_settlement as rules
from qms.rules.accounts import Actor
from qms.rules.clock import day_bounds
from qms.rules.errors import NotFound
from qms.rules.measures import DECIDED, NOT_INSPECTED
from qms.workflows.rejections_scores import counts_against_origin

VIEW = "dispositions.costs"
FAILURES = ("internal_failure", "external_failure")
Key = tuple[int, int, int, int, Decimal | None]
"""Supplier, customer, link, item, price."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The pairs of a month, in the order of the units' codes, and what their ids stand for."""

    pairs: Sequence[rules.Pair]
    units: dict[int, Unit]
    links: dict[int, Link]
    items: dict[int, Item]

    def pair(self, supplier_id: int, customer_id: int) -> rules.Pair:
        """Return one pair. Raises NotFound."""
        for pair in self.pairs:
            if (pair.supplier_id, pair.customer_id) == (supplier_id, customer_id):
                return pair
        raise NotFound


def settles(session: Session, site_id: int) -> bool:
    """Tell whether a site settles its links; one that never switched it on does not."""
    return bool(session.scalar(select(SettlementSwitch.settles).where(SettlementSwitch.site_id == site_id)))


def statement(session: Session, person: Actor, site_id: int, month: str) -> Statement:
    """Return what the units of a site owe each other for a month. Raises Invalid, IllegalStep, NotFound, NotAllowed."""
    site = session.get(Site, site_id)
    if site is None:
        raise NotFound
    person.need(VIEW, site_id=site_id)
    rules.check_settles(settles=settles(session, site_id))
    links = {link.id: link for link in session.scalars(
        select(Link).where(Link.site_id == site_id, Link.kind.in_(rules.KINDS)))}
    goods, charges = _goods(session, site, month, links), _charges(session, site_id, month)
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.site_id == site_id))}
    pairs = [rules.Pair(*key, tuple(goods.get(key, ())), tuple(charges.get(key, ()))) for key in {*goods, *charges}]
    items = {line.item_id for lines in goods.values() for line in lines}
    pairs.sort(key=lambda pair: (units[pair.supplier_id].code, units[pair.customer_id].code))
    return Statement(pairs, units, links,
                     {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(items)))})


def _goods(session: Session, site: Site, month: str, links: dict[int, Link],
           ) -> dict[tuple[int, int], list[rules.Goods]]:
    """Return the lines of each pair, added up where the price did not change within the month."""
    first, last = rules.days_of(month)
    prices = session.scalars(select(LinkPrice).where(
        LinkPrice.link_id.in_(links), LinkPrice.valid_from <= last)).all()
    added: dict[Key, rules.Goods] = {}
    for begin, end in rules.stretches(first, last, (price.valid_from for price in prices)):
        for line in _handed_over(session, site, begin, end, links, prices):
            link = links[line.link_id]
            key = (link.supplier_id, link.customer_id, line.link_id, line.item_id, line.price)
            added[key] = _sum(added[key], line) if key in added else line
    found: dict[tuple[int, int], list[rules.Goods]] = defaultdict(list)
    for key in sorted(added, key=lambda key: key[:4]):
        found[key[0], key[1]].append(added[key])
    return found


def _handed_over(session: Session, site: Site, begin: date, end: date, links: dict[int, Link],
                 prices: Sequence[LinkPrice]) -> list[rules.Goods]:
    """Count the pieces of each link and item presented on these days, between which no price changes."""
    starts_at, ends_at = day_bounds(begin, end, site.time_zone)
    waits = case((Handover.state.not_in((*DECIDED, NOT_INSPECTED)), Handover.quantity), else_=0)
    rows = session.execute(
        select(Handover.link_id, Handover.item_id, func.sum(Handover.accepted), func.sum(Handover.rejected),
               func.sum(Handover.for_review), func.sum(waits))
        .where(Handover.site_id == site.id, Handover.presented_at >= starts_at, Handover.presented_at < ends_at)
        .group_by(Handover.link_id, Handover.item_id)).all()
    return [rules.Goods(link_id, item_id, int(accepted), int(rejected), int(held), int(waiting),
                        _price(prices, link_id, item_id, begin))
            for link_id, item_id, accepted, rejected, held, waiting in rows if link_id in links]


def _price(prices: Sequence[LinkPrice], link_id: int, item_id: int, on: date) -> Decimal | None:
    """Return the price of the item itself, else of any item on the link; None: none is known on that day."""
    valid = [price for price in prices if price.link_id == link_id and price.item_id in {None, item_id}
             and price.valid_from <= on and (price.valid_to is None or on <= price.valid_to)]
    best = max(valid, key=lambda price: price.item_id is not None, default=None)
    return None if best is None else best.price


def _sum(one: rules.Goods, other: rules.Goods) -> rules.Goods:
    return replace(one, accepted=one.accepted + other.accepted, rejected=one.rejected + other.rejected,
                   held=one.held + other.held, waiting=one.waiting + other.waiting)


def _charges(session: Session, site_id: int, month: str) -> dict[tuple[int, int], list[rules.Charge]]:
    """Return what rejections cost in a month by confirmed origin and finding unit; what cancels out is left out.

    A line of a customer's complaint counts for the rejection under which the complaint is dealt with.
    """
    rows = session.execute(
        select(Rejection.origin_unit_id, Rejection.found_unit_id, Rejection.id, Rejection.number, CostLine.amount)
        .select_from(CostLine).outerjoin(CustomerComplaint, CustomerComplaint.id == CostLine.complaint_id)
        .join(Rejection, Rejection.id == func.coalesce(CostLine.rejection_id, CustomerComplaint.rejection_id))
        .where(CostLine.site_id == site_id, CostLine.period == month, CostLine.category.in_(FAILURES),
               Rejection.origin_unit_id.is_not(None), Rejection.origin_unit_id != Rejection.found_unit_id,
               counts_against_origin())).all()
    sums: dict[tuple[int, int, int, str], Decimal] = defaultdict(Decimal)
    for origin_id, found_id, rejection_id, number, money in rows:
        sums[origin_id or 0, found_id, rejection_id, number] += money
    found: dict[tuple[int, int], list[rules.Charge]] = defaultdict(list)
    for (origin_id, found_id, rejection_id, number), money in sorted(sums.items()):
        if money:
            found[origin_id, found_id].append(rules.Charge(rejection_id, number, money))
    return found
