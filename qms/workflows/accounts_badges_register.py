"""What is read of badges and PINs: who of the people one looks after has them. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session

from qms.models.accounts import Badge, Person, PinHash
from qms.models.chain import Unit
from qms.rules.accounts import SYSTEM, Actor
from qms.workflows.accounts_scope import in_scope

PAGE = 50
LACKS = ("badge", "pin")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the list is asked for; empty asks for everybody. `lacks`: badge or pin."""

    sought: str = ""
    unit_id: int | None = None
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One person, where they work, since when they have their badge and their PIN. None: they have none."""

    person: Person
    unit: Unit | None
    badge_at: datetime | None
    pin_at: datetime | None


def people(session: Session, person: Actor, wanted: Filter, *, after: str = "", size: int = PAGE) -> list[Row]:
    """Return people by sign-in name, those after `after`; one more than `size` when there are more."""
    person.need("accounts.enrol")
    query = _query(person, wanted)
    if after:
        query = query.where(Person.login > after)
    return [Row(*found) for found in session.execute(query.order_by(Person.login).limit(size + 1))]


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many people the filter leaves."""
    return session.scalar(select(func.count()).select_from(_query(person, wanted).subquery())) or 0


def units(session: Session, person: Actor) -> Sequence[Unit]:
    """Return the units whose people the person looks after."""
    return session.scalars(
        select(Unit).where(Unit.active, Unit.id.in_(select(Person.unit_id)),
                           in_scope(person, "accounts.enrol", Unit.site_id, Unit.path)).order_by(Unit.code)).all()


def homes(session: Session, owners: Sequence[Person]) -> dict[int, Unit]:
    """Map people to the unit where they work; those who work in none are left out."""
    units = {unit.id: unit for unit in session.scalars(
        select(Unit).where(Unit.id.in_({owner.unit_id for owner in owners if owner.unit_id})))}
    return {owner.id: units[owner.unit_id] for owner in owners if owner.unit_id}


def _query(person: Actor, wanted: Filter) -> Select[Person, Unit, datetime, datetime]:
    query = (select(Person, Unit, Badge.issued_at, PinHash.changed_at)
             .outerjoin(Unit, Unit.id == Person.unit_id)
             .outerjoin(Badge, (Badge.person_id == Person.id) & Badge.ended_at.is_(None))
             .outerjoin(PinHash, PinHash.person_id == Person.id)
             .where(Person.active, Person.id != SYSTEM.id, _reached(person)))
    if wanted.sought:
        query = query.where(or_(Person.login.icontains(wanted.sought, autoescape=True),
                                Person.name.icontains(wanted.sought, autoescape=True)))
    if wanted.unit_id is not None:
        query = query.where(Person.unit_id == wanted.unit_id)
    if wanted.lacks == "badge":
        query = query.where(Badge.id.is_(None))
    elif wanted.lacks == "pin":
        query = query.where(PinHash.person_id.is_(None))
    return query


def _reached(person: Actor) -> ColumnElement[bool]:
    """Return the condition that the person looks after somebody's badge, but for what that one may do beyond them."""
    if person.may("accounts.manage"):
        return true()
    if not person.may("accounts.enrol"):
        return false()
    return in_scope(person, "accounts.enrol", Unit.site_id, Unit.path) & Person.unit_id.is_not(None)
