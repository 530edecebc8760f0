"""Which outside customers there are by filter, page by page, and one with all that is kept of it. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from qms.models.chain import Item, Unit
from qms.models.customers import Customer, CustomerContact, CustomerPlant, CustomerRequirement, CustomerTarget
from qms.models.customers_grades import CustomerGrade, CustomerGradeRule
from qms.rules.accounts import Actor
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.customers_records import VIEW, sees

MOST_SHOWN = 50
MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    sales_class: str = ""
    grade: str = ""
    state: str = ""


class Parts(NamedTuple):
    """All lines of a customer: in use first, then as they came."""

    plants: Sequence[CustomerPlant]
    contacts: Sequence[CustomerContact]
    targets: Sequence[CustomerTarget]
    requirements: Sequence[CustomerRequirement]
    grades: Sequence[CustomerGrade]


def customers(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Customer]:
    """Return a page of customers by code; those out of use only when asked for. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Customer).join(Unit, Unit.id == Customer.unit_id).options(contains_eager(Customer.unit))
             .where(*conditions(person, wanted)))
    return page(session, query, Customer, {"code": Sorting(Unit.code, "unit.code")}, wish)


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a customer, joined with its unit, has to meet."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [Customer.site_id.in_(sorted(sites))]
    if wanted.site_id is not None:
        met.append(Customer.site_id == wanted.site_id)
    met.append(Customer.active.is_(wanted.state != "inactive"))
    if wanted.sales_class.isdecimal():
        met.append(Customer.sales_class == int(wanted.sales_class[:2]))
    if wanted.grade:
        met.append(Customer.grade == wanted.grade)
    met += [or_(*(column.icontains(word, autoescape=True) for column in (
        Unit.code, Unit.name_zh, Unit.name_en, Customer.note))) for word in wanted.sought.split()]
    return met


def registered(session: Session, person: Actor) -> Sequence[Customer]:
    """Return the registered customers in use that the person may see, by code, as choices of a form."""
    return session.scalars(
        select(Customer).join(Unit, Unit.id == Customer.unit_id).options(contains_eager(Customer.unit))
        .where(*conditions(person, Filter())).order_by(Unit.code).limit(MOST_ITEMS)).all()


def is_registered(session: Session, customer_id: int) -> bool:
    """Tell whether anything is registered of a customer beside its unit."""
    return session.scalar(select(Customer.id).where(Customer.unit_id == customer_id)) is not None


def unregistered(session: Session, person: Actor) -> Sequence[Unit]:
    """Return the outside-customer units in use of which nothing is registered yet, by code."""
    sites = person.sites(VIEW)
    return session.scalars(
        select(Unit).outerjoin(Customer, Customer.unit_id == Unit.id)
        .where(Unit.kind == "customer", Unit.active, Customer.id.is_(None),
               *([] if sites is None else [Unit.site_id.in_(sorted(sites))]))
        .order_by(Unit.code).limit(MOST_SHOWN)).all()


def parts(session: Session, customer_id: int) -> Parts:
    """Return the plants, contacts, targets, requirements and grades of a customer."""
    def lines(model: Any, *order: Any) -> Any:
        return (select(model).where(model.customer_id == customer_id)
                .order_by(model.active.desc(), *order, model.id).limit(MOST_SHOWN * 4))

    grades = (select(CustomerGrade).where(CustomerGrade.customer_id == customer_id)
              .options(joinedload(CustomerGrade.rule), joinedload(CustomerGrade.by))
              .order_by(CustomerGrade.id.desc()).limit(MOST_SHOWN))
    return Parts(
        session.scalars(lines(CustomerPlant, CustomerPlant.code)).all(),
        session.scalars(lines(CustomerContact, CustomerContact.name).options(joinedload(CustomerContact.plant))).all(),
        session.scalars(lines(CustomerTarget, CustomerTarget.metric, CustomerTarget.valid_from.desc())).all(),
        session.scalars(lines(CustomerRequirement, CustomerRequirement.kind)
                        .options(joinedload(CustomerRequirement.item))).all(),
        session.scalars(grades).all())


def items_of(session: Session, customer_id: int) -> Sequence[Item]:
    """Return the items in use that go to a customer, by code."""
    return session.scalars(select(Item).where(Item.customer_id == customer_id, Item.active)
                           .order_by(Item.code).limit(MOST_ITEMS)).all()


def plants_of(session: Session, customer_id: int) -> Sequence[CustomerPlant]:
    """Return the plants in use of a customer, by code."""
    return session.scalars(select(CustomerPlant).where(
        CustomerPlant.customer_id == customer_id, CustomerPlant.active).order_by(CustomerPlant.code)).all()


def rules_of(session: Session, person: Actor, site_id: int) -> Sequence[CustomerGradeRule]:
    """Return the versions of a site's rule, newest first; empty where the person may not know of the site."""
    if not sees(person, site_id):
        return []
    return session.scalars(select(CustomerGradeRule).where(CustomerGradeRule.site_id == site_id)
                           .options(joinedload(CustomerGradeRule.set_by))
                           .order_by(CustomerGradeRule.version.desc()).limit(MOST_SHOWN)).all()


def begins(targets: Sequence[CustomerTarget], on: date) -> dict[str, CustomerTarget]:
    """Map each metric to the target that is in force on a day."""
    running: dict[str, CustomerTarget] = {}
    for one in sorted((t for t in targets if t.active and t.valid_from <= on), key=lambda t: (t.valid_from, t.id)):
        running[one.metric] = one
    return running
