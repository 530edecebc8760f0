"""What is read of people: the register, one person, grants, who may be chosen. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from qms.models.accounts import Grant, Person
from qms.models.chain import Site, Unit
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the people register is asked for; empty texts ask for everything."""

    sought: str = ""
    role: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the register, with the roles held today and the unit they work in."""

    person: Person
    unit: Unit | None
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant with what it points to. `state` is coming, current or ended, today."""

    grant: Grant
    site: Site | None
    unit: Unit | None
    delegated_by: Person | None
    state: str


def people(session: Session, person: Actor, wanted: Filter, *, after: str = "",
           size: int = PAGE) -> list[Row]:
    """Return people by sign-in name, those after `after`; one more than `size` when there are more."""
    person.need("accounts.view")
    query = select(Person, Unit).outerjoin(Unit, Unit.id == Person.unit_id).where(*_conditions(wanted))
    if after:
        query = query.where(Person.login > after)
    found = session.execute(query.order_by(Person.login).limit(size + 1)).all()
    held = _roles_today(session, [each.id for each, _ in found])
    return [Row(each, unit, tuple(held.get(each.id, ()))) for each, unit in found]


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many people the filter leaves."""
    person.need("accounts.view")
    return session.scalar(select(func.count(Person.id)).where(*_conditions(wanted))) or 0


def one(session: Session, person: Actor, person_id: int) -> Row:
    """Return a person. Anyone may see themselves. Raises NotAllowed, NotFound."""
    if person.id != person_id:
        person.need("accounts.view")
    found = session.execute(select(Person, Unit).outerjoin(Unit, Unit.id == Person.unit_id)
                            .where(Person.id == person_id, Person.id != SYSTEM.id)).first()
    if found is None:
        raise NotFound
    return Row(*found, tuple(_roles_today(session, [person_id]).get(person_id, ())))


def grants(session: Session, person: Actor, person_id: int) -> list[GrantRow]:
    """Return every grant a person has or had, current ones first, then the latest. Raises NotAllowed."""
    if person.id != person_id:
        person.need("accounts.view")
    today = utc_now().date()
    rows = session.execute(_grants().where(Grant.person_id == person_id))
    made = [GrantRow(given, site, unit, by, state_of(given, today)) for given, site, unit, by in rows]
    order = {"current": 0, "coming": 1, "ended": 2}
    return sorted(made, key=lambda row: (order[row.state], -row.grant.starts_on.toordinal(), row.grant.id))


def one_grant(session: Session, person: Actor, grant_id: int) -> GrantRow:
    """Return one grant. Raises NotAllowed, NotFound."""
    person.need("accounts.view")
    found = session.execute(_grants().where(Grant.id == grant_id)).first()
    if found is None:
        raise NotFound
    given, site, unit, by = found
    return GrantRow(given, site, unit, by, state_of(given, utc_now().date()))


def state_of(grant: Grant, today: date) -> str:
    """Tell whether a grant is coming, current or ended on a day."""
    if grant.ends_on is not None and grant.ends_on < max(today, grant.starts_on):
        return "ended"
    return "coming" if grant.starts_on > today else "current"


def sites(session: Session) -> Sequence[Site]:
    """Return the sites a grant may be limited to."""
    return session.scalars(select(Site).order_by(Site.code)).all()


def units(session: Session) -> Sequence[Unit]:
    """Return the inside units a person may work in or a grant may be limited to."""
    return session.scalars(select(Unit).where(Unit.active, Unit.kind.not_in(("customer", "supplier")))
                           .order_by(Unit.site_id, Unit.code)).all()


def holders(session: Session) -> Sequence[Person]:
    """Return the active people who may have delegated a grant."""
    query = select(Person).where(Person.active, Person.id != SYSTEM.id)
    return session.scalars(query.order_by(Person.name)).all()


def _grants() -> Select[Grant, Site | None, Unit | None, Person | None]:
    by = aliased(Person)
    query = (select(Grant, Site, Unit, by).outerjoin(Site, Site.id == Grant.site_id)
             .outerjoin(Unit, Unit.id == Grant.unit_id).outerjoin(by, by.id == Grant.delegated_by_id))
    return cast("Select[Grant, Site | None, Unit | None, Person | None]", query)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a person must fulfil to be in the register; the system itself never is."""
    conditions: list[ColumnElement[bool]] = [Person.id != SYSTEM.id]
    if wanted.sought:
        conditions.append(or_(Person.login.icontains(wanted.sought, autoescape=True),
                              Person.name.icontains(wanted.sought, autoescape=True)))
    if wanted.role:
        holding = select(Grant.person_id).where(Grant.role == wanted.role, *_in_force())
        conditions.append(Person.id.in_(holding))
    if wanted.state:
        conditions.append(Person.active.is_(wanted.state == "active"))
    return conditions


def _in_force() -> list[ColumnElement[bool]]:
    today = utc_now().date()
    return [Grant.starts_on <= today, or_(Grant.ends_on.is_(None), Grant.ends_on >= today)]


def _roles_today(session: Session, person_ids: Sequence[int]) -> dict[int, list[str]]:
    """Map each person to the roles held today, each once."""
    held: dict[int, list[str]] = {}
    query = select(Grant.person_id, Grant.role).where(Grant.person_id.in_(person_ids), *_in_force())
    for person_id, role in session.execute(query.order_by(Grant.id)):
        if role not in held.setdefault(person_id, []):
            held[person_id].append(role)
    return held
