"""What is listed of the chain: units, links, items, defect codes, lots and routings by filter. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from qms.models.chain import Defect, Item, Link, Lot, LotSource, Routing, RoutingStep, Unit
from qms.rules.accounts import Actor
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.chain_records import VIEW


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a register is asked for; empty texts and None ask for everything. Each register uses what it has."""

    sought: str = ""
    site_id: int | None = None
    kind: str = ""
    state: str = ""
    severity: str = ""
    line: str = ""
    unit_id: int | None = None
    item_id: int | None = None
    customer_id: int | None = None


def units(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Unit]:
    """Return a page of units, by code, name or kind."""
    query = select(Unit).options(joinedload(Unit.parent), joinedload(Unit.site)).where(
        *_sites(person, Unit.site_id, wanted), *_same(Unit.kind, wanted.kind), *_same(Unit.line, wanted.line),
        *_in_use(Unit.active, wanted.state), *_found(wanted.sought, *_named(Unit)))
    return page(session, query, Unit, _sortings(Unit, "code", "name_zh", "name_en", "kind"), wish)


def links(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Link]:
    """Return a page of links, by supplier, customer or kind. `unit_id` finds those at either end."""
    supplier, customer = aliased(Unit), aliased(Unit)
    query = (select(Link).join(supplier, supplier.id == Link.supplier_id)
             .join(customer, customer.id == Link.customer_id)
             .options(contains_eager(Link.supplier.of_type(supplier)), contains_eager(Link.customer.of_type(customer)))
             .where(*_sites(person, Link.site_id, wanted), *_same(Link.kind, wanted.kind),
                    *_found(wanted.sought, Link.output_zh, Link.output_en, *_named(supplier), *_named(customer))))
    if wanted.unit_id is not None:
        query = query.where(or_(Link.supplier_id == wanted.unit_id, Link.customer_id == wanted.unit_id))
    if wanted.state == "proposed":
        query = query.where(Link.proposed, Link.active)
    elif wanted.state == "confirmed":
        query = query.where(~Link.proposed, Link.active)
    elif wanted.state == "inactive":
        query = query.where(~Link.active)
    sortings = {"supplier": Sorting(supplier.code, "supplier.code"),
                "customer": Sorting(customer.code, "customer.code"), "kind": Sorting(Link.kind, "kind")}
    return page(session, query, Link, sortings, wish)


def items(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Item]:
    """Return a page of items, by code or name."""
    query = select(Item).options(joinedload(Item.customer)).where(
        *_sites(person, Item.site_id, wanted), *_in_use(Item.active, wanted.state),
        *_same(Item.customer_id, wanted.customer_id), *_found(wanted.sought, *_named(Item)))
    if wanted.kind:
        query = query.where(Item.special == ("" if wanted.kind == "none" else wanted.kind))
    return page(session, query, Item, _sortings(Item, "code", "name_zh", "name_en"), wish)


def defects(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Defect]:
    """Return a page of defect codes, by code, name or severity."""
    query = select(Defect).where(
        *_sites(person, Defect.site_id, wanted), *_in_use(Defect.active, wanted.state),
        *_same(Defect.severity, wanted.severity), *_found(wanted.sought, Defect.zone, *_named(Defect)))
    return page(session, query, Defect, _sortings(Defect, "code", "name_zh", "name_en", "severity"), wish)


def lots(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Lot]:
    """Return a page of lots, newest first unless sorted by number or quantity."""
    query = select(Lot).options(joinedload(Lot.item)).where(
        *_sites(person, Lot.site_id, wanted), *_same(Lot.item_id, wanted.item_id), *_found(wanted.sought, Lot.number))
    sortings = _sortings(Lot, "id", "number", "quantity")
    return page(session, query, Lot, sortings, wish if wish.sort else wish._replace(sort="-id"))


def routings(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Routing]:
    """Return a page of routings, by item and revision; `unit_id` finds those that pass a unit."""
    query = (select(Routing).join(Item, Item.id == Routing.item_id)
             .options(contains_eager(Routing.item), selectinload(Routing.steps).joinedload(RoutingStep.unit))
             .where(*_sites(person, Item.site_id, wanted), *_same(Routing.item_id, wanted.item_id),
                    *_found(wanted.sought, *_named(Item))))
    if wanted.unit_id is not None:
        query = query.where(Routing.id.in_(select(RoutingStep.routing_id).where(RoutingStep.unit_id == wanted.unit_id)))
    if wanted.state == "proposed":
        query = query.where(Routing.proposed, Routing.active)
    elif wanted.state == "confirmed":
        query = query.where(~Routing.proposed, Routing.valid_to.is_(None))
    elif wanted.state == "inactive":
        query = query.where(or_(~Routing.active, and_(~Routing.proposed, Routing.valid_to.is_not(None))))
    return page(session, query, Routing, {"item": Sorting(Item.code, "item.code")}, wish)


def units_of(session: Session, site_id: int, *kinds: str) -> Sequence[Unit]:
    """Return the units in use of a site, of some kinds (none named: of all), by code, as choices of a form."""
    query = select(Unit).where(Unit.site_id == site_id, Unit.active).order_by(Unit.code)
    return session.scalars(query.where(Unit.kind.in_(kinds)) if kinds else query).all()


def items_of(session: Session, site_id: int) -> Sequence[Item]:
    """Return the items in use of a site, by code, as choices of a form."""
    return session.scalars(select(Item).where(Item.site_id == site_id, Item.active).order_by(Item.code)).all()


def lines_of(session: Session, person: Actor) -> list[str]:
    """Return the names of the production lines that the person may see, in alphabetical order."""
    query = select(Unit.line).where(*_sites(person, Unit.site_id, Filter()), Unit.line.is_not(None)).distinct()
    return sorted(line for line in session.scalars(query) if line)


def units_below(session: Session, unit_id: int) -> Sequence[Unit]:
    """Return the units directly below a unit, by code."""
    return session.scalars(select(Unit).where(Unit.parent_id == unit_id).order_by(Unit.code)).all()


def links_of(session: Session, unit_id: int) -> tuple[list[Link], list[Link]]:
    """Return the links in use of a unit: those in which it supplies, those in which it is the customer."""
    found = session.scalars(
        select(Link).options(joinedload(Link.supplier), joinedload(Link.customer))
        .where(or_(Link.supplier_id == unit_id, Link.customer_id == unit_id), Link.active)
        .order_by(Link.kind, Link.id)).all()
    return [x for x in found if x.supplier_id == unit_id], [x for x in found if x.customer_id == unit_id]


def routings_of(session: Session, item_id: int) -> Sequence[Routing]:
    """Return every routing of an item with its steps, latest revision first."""
    return session.scalars(
        select(Routing).options(selectinload(Routing.steps).joinedload(RoutingStep.unit))
        .where(Routing.item_id == item_id).order_by(Routing.revision.desc())).all()


def genealogy(session: Session, lot_id: int) -> tuple[Sequence[LotSource], Sequence[LotSource]]:
    """Return what a lot was directly made from, and what was directly made from it."""
    query = select(LotSource).options(joinedload(LotSource.source).joinedload(Lot.item),
                                      joinedload(LotSource.lot).joinedload(Lot.item)).where(LotSource.active)
    return (session.scalars(query.where(LotSource.lot_id == lot_id).order_by(LotSource.id)).all(),
            session.scalars(query.where(LotSource.source_id == lot_id).order_by(LotSource.id)).all())


def _sites(person: Actor, column: Any, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return the condition that a record belongs to a site that is wanted and that the person may see."""
    allowed = person.sites(VIEW)
    conditions = [] if allowed is None else [column.in_(allowed)]
    return conditions + _same(column, wanted.site_id)


def _same(column: Any, value: str | int | None) -> list[ColumnElement[bool]]:
    return [] if value in ("", None) else [column == value]


def _in_use(column: Any, state: str) -> list[ColumnElement[bool]]:
    return [] if state not in {"active", "inactive"} else [column.is_(state == "active")]


def _named(cls: Any) -> tuple[Any, ...]:
    return cls.code, cls.name_zh, cls.name_en, cls.initials


def _found(sought: str, *columns: Any) -> list[ColumnElement[bool]]:
    """Return the conditions that every word sought is in one of the columns."""
    return [or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in sought.split()]


def _sortings(cls: Any, *names: str) -> dict[str, Sorting]:
    return {name: Sorting(getattr(cls, name), name) for name in names}

