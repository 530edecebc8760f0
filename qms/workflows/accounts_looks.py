"""Looks at personal data (R-35): written down, listed, and told to those whose data were seen. Knows no page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from qms.db import acted, now
from qms.models.accounts import Person
from qms.models.accounts_looks import Look
from qms.rules import accounts_looks as rules
from qms.rules.accounts import SYSTEM, Actor
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.exports import spoken, streamed

SORTINGS = {"at": Sorting(Look.id, "id")}
SHOWN = 100
OF_STAFF = tuple(code for code in rules.PAGES if code not in {"contacts", "export"})


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the looks is asked for; nothing asks for all. Days are of UTC."""

    site_id: int | None = None
    by_id: int | None = None
    person_id: int | None = None
    page: str = ""
    first: date | None = None
    last: date | None = None


def note(session: Session, person: Actor, shown: str, *, people: int, address: str, person_id: int | None = None,
         ) -> Look | None:
    """Write down that somebody looks at people's data; None for who looks at their own, or at nobody's.

    `shown` is a code of PAGES.
    """
    if people == 0 or person_id == person.id:
        return None
    look = Look(at=now(session), by_id=person.id, page=shown, person_id=person_id, people=people,
                address=address[:300], grant_id=person.grants[0].id if person.grants else None)
    session.add(look)
    acted(session, "R-35")
    session.flush()
    return look


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Look]:
    """Return a page of looks, newest first. Raises NotAllowed."""
    person.need(rules.SEE)
    query = select(Look).where(*_conditions(wanted)).options(joinedload(Look.by), joinedload(Look.person))
    return page(session, query, Look, SORTINGS, wish._replace(sort="-at"))


def at_me(session: Session, person: Actor) -> Sequence[Look]:
    """Return the newest looks at a person's own data, and at lists in which they may have been."""
    return session.scalars(
        select(Look).where(Look.by_id != person.id, or_(Look.person_id == person.id, Look.person_id.is_(None)
                                                        & Look.page.in_(OF_STAFF)))
        .options(joinedload(Look.by)).order_by(Look.id.desc()).limit(SHOWN)).all()


def lookers(session: Session, person: Actor) -> Sequence[Person]:
    """Return the people who have looked, by name. Raises NotAllowed."""
    person.need(rules.SEE)
    return session.scalars(select(Person).where(Person.id != SYSTEM.id, Person.id.in_(select(Look.by_id)))
                           .order_by(Person.name)).all()


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many looks the filter leaves. Raises NotAllowed."""
    person.need(rules.SEE)
    return session.scalar(select(func.count(Look.id)).where(*_conditions(wanted))) or 0


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          _address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per look, oldest first. Raises NotAllowed."""
    person.need(rules.SEE)
    return spoken(streamed(session, _query(wanted)), {"page": rules.PAGES}, ("at",), language, zone, "")


def _query(wanted: Filter) -> Select[*tuple[Any, ...]]:
    by, whose = aliased(Person), aliased(Person)
    return (select(Look.id, Look.at, by.name.label("by"), by.login.label("login"), Look.page,
                   whose.name.label("person"), Look.people, Look.address)
            .join(by, by.id == Look.by_id).outerjoin(whose, whose.id == Look.person_id)
            .where(*_conditions(wanted)).order_by(Look.id))


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.by_id is not None:
        conditions.append(Look.by_id == wanted.by_id)
    if wanted.person_id is not None:
        conditions.append(Look.person_id == wanted.person_id)
    if wanted.page:
        conditions.append(Look.page == wanted.page)
    if wanted.first is not None:
        conditions.append(Look.at >= _begin(wanted.first))
    if wanted.last is not None:
        conditions.append(Look.at < _begin(wanted.last) + timedelta(days=1))
    return conditions


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
