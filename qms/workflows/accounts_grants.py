"""Every grant of everybody in one list, on a page and in a file; and the matrix of the roles. Changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Select, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from qms.models.accounts import Grant, Person
from qms.models.chain import Site, Unit
from qms.rules.accounts import FEATURES, GRANT_STATES, PERMISSIONS, ROLE_PERMISSIONS, ROLES, Actor
from qms.rules.clock import utc_now
from qms.rules.words import Words
from qms.workflows.exports import called, coded, spoken, streamed

VIEW = "accounts.view"
PAGE = 50
_YES = Words("yes", "是")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the grants is asked for; nothing asks for all."""

    site_id: int | None = None
    role: str = ""
    state: str = ""
    delegated: bool = False


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """The matrix has no filter: it is the same at every site."""

    site_id: int | None = None


def listed(session: Session, person: Actor, wanted: Filter, language: str, *, after: int = 0,
           size: int = PAGE) -> list[dict[str, Any]]:
    """Return grants in the order in which they were given, one more than `size` when there are more."""
    person.need(VIEW)
    rows = session.execute(_query(wanted, language).where(Grant.id > after).limit(size + 1))
    return [dict(row) for row in rows.mappings()]


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many grants the filter leaves."""
    person.need(VIEW)
    return session.scalar(select(func.count(Grant.id)).where(*_conditions(wanted))) or 0


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per grant. Raises NotAllowed."""
    person.need(VIEW)
    page = f"{address}/accounts/people/" if address else ""
    for line in spoken(streamed(session, _query(wanted, language)), {"role": ROLES, "state": GRANT_STATES}, (),
                       language, zone, ""):
        yield line | {"link": f"{page}{line['person_id']}" if page else None}


def matrix_size(_session: Session, person: Actor, _wanted: MatrixFilter) -> int:
    """Return how many permissions there are."""
    person.need(VIEW)
    return len(PERMISSIONS)


def matrix(_session: Session, person: Actor, _wanted: MatrixFilter, language: str, _zone: ZoneInfo,
           _address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per permission, by feature, with a yes under each role that holds it. Raises NotAllowed."""
    person.need(VIEW)
    for permission, words in PERMISSIONS.items():
        holds = {role: _YES.to(language) if permission in ROLE_PERMISSIONS[role] else "" for role in ROLES}
        yield {"feature": FEATURES[permission.partition(".")[0]].to(language), "permission": words.to(language),
               "code": permission, **holds}


def _query(wanted: Filter, language: str) -> Select[*tuple[Any, ...]]:
    holder, by = aliased(Person), aliased(Person)
    return (
        select(Grant.id, Grant.person_id, holder.name.label("person"), holder.login, Grant.role,
               (Site.code + " " + called(Site, language)).label("site"), coded(Unit, language).label("unit"),
               Grant.starts_on, Grant.ends_on, _state().label("state"), by.name.label("delegated_by"), Grant.reason)
        .join(holder, holder.id == Grant.person_id).outerjoin(Site, Site.id == Grant.site_id)
        .outerjoin(Unit, Unit.id == Grant.unit_id).outerjoin(by, by.id == Grant.delegated_by_id)
        .where(*_conditions(wanted)).order_by(Grant.id))


def _state() -> ColumnElement[str]:
    today = literal(utc_now().date(), Date)
    return case((or_(Grant.ends_on < today, Grant.ends_on < Grant.starts_on), "ended"),
                (Grant.starts_on > today, "coming"), else_="current")


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.site_id is not None:
        conditions.append(or_(Grant.site_id == wanted.site_id, Grant.site_id.is_(None)))
    if wanted.role:
        conditions.append(Grant.role == wanted.role)
    if wanted.delegated:
        conditions.append(Grant.delegated_by_id.is_not(None))
    if wanted.state:
        conditions.append(_state() == wanted.state)
    return conditions
