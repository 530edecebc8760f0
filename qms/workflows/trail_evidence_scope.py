"""How a question becomes conditions on records: sites that the person sees, days there, things, single records.

Knows no clause. Whoever may not see a record at its own page does not find it here either.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session

from qms.db import Record
from qms.models.chain import Item, Link, Lot, Site, Unit
from qms.rules.accounts import Actor
from qms.rules.clock import day_bounds
from qms.rules.errors import Invalid, NotFound
from qms.workflows.chain_lots import descendants, lot_family
from qms.workflows.trail_evidence_numbers import named_records
from qms.workflows.trail_evidence_question import Asked
from qms.workflows.trail_evidence_threads import THREADS

NEEDED = ("trail.view", "exports.run")
Ids = tuple[type[Record], Select[Any]]
"""A kind of record, and the query for the ids of those that are meant."""
Meets = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Days:
    """The days that are asked for at one site: as days there, and as the half-open interval in UTC."""

    first: date
    last: date
    start: datetime
    end: datetime


When = Callable[[Days], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Scope:
    """A question of one person about one clause, as what a query needs. None: not asked for.

    Days of None: at any time. `seen`: every site where the person may see such evidence, also those not asked for;
    `everywhere`: no site is left out. `named` maps kinds of record to the ids of those that were asked for by number.
    `family`: the lots that these lots and records are about, all that they were made from and that was made from them.
    """

    sites: Mapping[int, Days | None]
    seen: Sequence[int]
    everywhere: bool = False
    customers: Sequence[int] | None = None
    items: Sequence[int] | None = None
    lots: Sequence[int] | None = None
    links: Sequence[int] | None = None
    named: Mapping[type[Record], Sequence[int]] | None = None
    family: Sequence[int] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether whole sites are asked for, not a thing or single records there."""
        return all(one is None for one in (self.customers, self.items, self.lots, self.links, self.named))

    def root(self, model: Any, when: When, *, site: Any = None, customers: Sequence[Meets] = (),
             item: Meets | None = None, lot: Meets | None = None, link: Meets | None = None) -> Select[Any]:
        """Return the query for the ids of the records with which a clause begins.

        `customers`, `item`, `lot` and `link` make, of ids, the condition on records that are about these. A thing that
        is asked for and that a kind of record does not know (None) leaves all of that kind out; an item's customer
        counts as the record's.
        """
        column = model.site_id if site is None else site
        met = [or_(false(), *(and_(column == site_id, true() if days is None else when(days))
                                 for site_id, days in self.sites.items()))]
        if self.customers is not None:
            own = [meets(self.customers) for meets in customers]
            if item is not None:
                own.append(item(select(Item.id).where(Item.customer_id.in_(self.customers))))
            met.append(or_(false(), *own))
        for wanted, meets in ((self.items, item), (self.lots, lot), (self.links, link)):
            if wanted is not None:
                met.append(meets(wanted) if meets is not None else false())
        if self.named is not None:
            met.append(self._named(model))
        return select(model.id).where(*met)

    def _named(self, model: Any) -> ColumnElement[bool]:
        named = self.named or {}
        return or_(false(), model.id.in_(named.get(model, ())),
                   *(hangs(named[other]) for other, hangs in THREADS.get(model, {}).items() if named.get(other)))


def at(column: Any) -> When:
    """Return when an instant lies within the days."""
    return lambda days: and_(column >= days.start, column < days.end)


def on(column: Any) -> When:
    """Return when a day is one of the days."""
    return lambda days: and_(column >= days.first, column <= days.last)


def overlapping(first: Any, last: Any) -> When:
    """Return when something that lasted from a day to a day, or lasts still, was so on one of the days."""
    return lambda days: and_(first <= days.last, or_(last.is_(None), last >= days.first))


def whenever(_days: Days) -> ColumnElement[bool]:
    """Return what holds on any days."""
    return true()


def scope_of(session: Session, person: Actor, asked: Asked, permissions: Sequence[str]) -> Scope:
    """Return what a clause, which takes these permissions, is asked for. Raises Invalid, NotFound, NotAllowed."""
    for permission in (*NEEDED, *permissions):
        person.need(permission)
    held = seen_sites(person, permissions)
    seen = [site_id for site_id in session.scalars(select(Site.id)) if held is None or site_id in held]
    sites = _sites(session, seen, asked)
    ids = list(sites)
    lots = _coded(session, Lot, Lot.number, asked.lot, ids, "lot")
    named = named_records(session, person, asked.records) if asked.records else None
    return Scope(
        sites=sites, seen=seen, everywhere=held is None and not asked.site,
        customers=_customers(session, asked.customer, ids),
        items=_coded(session, Item, Item.code, asked.item, ids, "item"), lots=lots,
        links=_links(session, asked.link, ids), named=named, family=_family(session, lots or (), named or {}))


def seen_sites(person: Actor, permissions: Sequence[str]) -> set[int] | None:
    """Return the sites where the person may export what takes these permissions; None: every site."""
    held = [sites for permission in (*NEEDED, *permissions) if (sites := person.sites(permission)) is not None]
    return set.intersection(*held) if held else None


def _sites(session: Session, seen: Sequence[int], asked: Asked) -> dict[int, Days | None]:
    query = select(Site.id, Site.time_zone).where(Site.id.in_(seen)).order_by(Site.id)
    if asked.site:
        query = query.where(Site.code == asked.site)
    found = {site_id: _days(asked, zone) for site_id, zone in session.execute(query)}
    if asked.site and not found:
        raise NotFound(f"There is no site {asked.site}.", f"没有工厂 {asked.site}。")
    return found


def _days(asked: Asked, zone: str) -> Days | None:
    if asked.first is None or asked.last is None:
        return None
    return Days(asked.first, asked.last, *day_bounds(asked.first, asked.last, zone))


def _family(session: Session, lots: Sequence[int], named: Mapping[type[Record], Sequence[int]]) -> list[int]:
    """Return the lots that lots and records are about, with everything they were made from and became."""
    about = [hangs(named[other]) for other, hangs in THREADS[Lot].items() if named.get(other)]
    first = {*lots, *named.get(Lot, ())}
    if about:
        first.update(session.scalars(select(Lot.id).where(or_(*about))))
    return sorted(set().union(*(lot_family(session, lot) | descendants(session, lot) for lot in first)))


def _coded(session: Session, model: Any, column: Any, text: str, sites: Sequence[int], field: str) -> list[int] | None:
    """Return the ids of what bears a code at these sites; None when none was typed. Raises Invalid."""
    if not text:
        return None
    found = list(session.scalars(select(model.id).where(column == text, model.site_id.in_(sites))))
    if not found:
        raise _unknown(text, field)
    return found


def _customers(session: Session, code: str, sites: Sequence[int]) -> list[int] | None:
    if not code:
        return None
    found = list(session.scalars(select(Unit.id).where(Unit.code == code, Unit.kind == "customer",
                                                       Unit.site_id.in_(sites))))
    if not found:
        raise _unknown(code, "customer")
    return found


def _links(session: Session, text: str, sites: Sequence[int]) -> list[int] | None:
    if not text:
        return None
    ends = [end.strip() for end in text.replace("→", ">").split(">")]
    found: list[int] = []
    if len(ends) == 2:
        units = [select(Unit.id).where(Unit.code == code) for code in ends]
        found = list(session.scalars(select(Link.id).where(
            Link.site_id.in_(sites), Link.supplier_id.in_(units[0]), Link.customer_id.in_(units[1]))))
    if not found:
        raise _unknown(text, "link")
    return found


def _unknown(text: str, field: str) -> Invalid:
    shown = text[:80]
    return Invalid(f"Nothing that you may see is called {shown}.", f"在您可查看的范围内没有 {shown}。", field=field)
