"""What is read of qualifications: the register, one of them, those of a person. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from qms.models.accounts import Person
from qms.models.accounts_qualifications import Qualification
from qms.models.chain import Unit
from qms.rules import accounts_qualifications as rules
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound, RuleError
from qms.workflows.accounts_qualifications import GIVE, may_qualify
from qms.workflows.accounts_scope import in_scope
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.today_waiting import Waiting, first_of

SORTINGS = {"person": Sorting(Person.name, "person.name")}


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty asks for all. `state` is a code of STATES."""

    sought: str = ""
    kind: str = ""
    state: str = ""
    unit_id: int | None = None


def qualifications(session: Session, person: Actor, wanted: Filter, wish: Wish, on: date,
                   ) -> Page[Qualification]:
    """Return a page of the qualifications that the person may see, by name of who holds them; states as on a day."""
    query = _seen(person).options(joinedload(Qualification.person))
    if wanted.sought:
        query = query.where(or_(Person.name.icontains(wanted.sought, autoescape=True),
                                Person.login.icontains(wanted.sought, autoescape=True)))
    if wanted.kind:
        query = query.where(Qualification.kind == wanted.kind)
    if wanted.unit_id is not None:
        query = query.where(Person.unit_id == wanted.unit_id)
    if wanted.state in rules.STATES:
        query = query.where(_is(wanted.state, on))
    return page(session, query, Qualification, SORTINGS, wish)


def one(session: Session, person: Actor, qualification_id: int) -> Qualification:
    """Return a qualification that the person may see. Raises NotFound."""
    found = session.scalar(_seen(person).where(Qualification.id == qualification_id).options(
        joinedload(Qualification.person), joinedload(Qualification.given_by)))
    if found is None:
        raise NotFound
    return found


def of_person(session: Session, person_id: int) -> Sequence[Qualification]:
    """Return every qualification that somebody has or had, those in force first."""
    return session.scalars(select(Qualification).where(Qualification.person_id == person_id).order_by(
        Qualification.ended_at.is_not(None), Qualification.kind, Qualification.trained_on.desc())).all()


def may_change(session: Session, person: Actor, person_id: int) -> bool:
    """Tell whether the person may qualify somebody."""
    try:
        may_qualify(session, person, person_id)
    except RuleError:
        return False
    return True


def trainees(session: Session, person: Actor) -> Sequence[Person]:
    """Return the active people whom the person may qualify, by name."""
    return session.scalars(
        select(Person).outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Person.active, Person.id.not_in((SYSTEM.id, person.id)), _reached(person)).order_by(Person.name)).all()


def units(session: Session, person: Actor) -> Sequence[Unit]:
    """Return the units where somebody works whose qualifications the person may see."""
    return session.scalars(select(Unit).where(Unit.active, Unit.id.in_(select(Person.unit_id)), or_(
        _sees_all(person), in_scope(person, GIVE, Unit.site_id, Unit.path))).order_by(Unit.code)).all()


def running_out(session: Session, person: Actor) -> Waiting:
    """Return what runs out soon among the people whom the person may qualify, and is not followed by a newer one."""
    later = aliased(Qualification)
    on = utc_now().date()
    followed = exists().where(
        later.person_id == Qualification.person_id, later.kind == Qualification.kind, later.ended_at.is_(None),
        or_(later.valid_to.is_(None), later.valid_to > rules.soon(on)))
    query = (select(Qualification).join(Person, Person.id == Qualification.person_id)
             .outerjoin(Unit, Unit.id == Person.unit_id)
             .where(Person.active, Person.id != person.id, _is("soon", on), ~followed, _reached(person)))
    return first_of(session, query, Qualification.id, joinedload(Qualification.person))


def _seen(person: Actor) -> Select[Qualification]:
    """Begin a query of what the person may see: their own, those of their units; all where they may see people."""
    return (select(Qualification).join(Person, Person.id == Qualification.person_id)
            .outerjoin(Unit, Unit.id == Person.unit_id)
            .where(or_(_sees_all(person), Person.id == person.id, _reached(person))))


def _sees_all(person: Actor) -> ColumnElement[bool]:
    return true() if person.may("accounts.view") else false()


def _reached(person: Actor) -> ColumnElement[bool]:
    if person.may("accounts.manage"):
        return true()
    return in_scope(person, GIVE, Unit.site_id, Unit.path) & Person.unit_id.is_not(None)


def _is(state: str, on: date) -> ColumnElement[bool]:
    """Return the condition that a qualification is in a state on a day."""
    runs = Qualification.ended_at.is_(None)
    lasting = Qualification.valid_to
    return {"ended": Qualification.ended_at.is_not(None), "expired": runs & (lasting < on),
            "soon": runs & lasting.between(on, rules.soon(on)),
            "valid": runs & or_(lasting.is_(None), lasting > rules.soon(on))}[state]
