"""Which of somebody's roles may be delegated, and what a delegation leans on (R-49). Changes nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qms.models.accounts import Grant, Person
from qms.models.chain import Unit
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.accounts import Grant as Held
from qms.rules.accounts_grants import AUDITOR, NEVER_DELEGATED, check_delegation
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid, Refused


def delegable(session: Session, person: Actor) -> Sequence[Grant]:
    """Return the grants that somebody holds in their own right now or later, and may delegate."""
    today = utc_now().date()
    return session.scalars(select(Grant).where(
        Grant.person_id == person.id, Grant.delegated_by_id.is_(None), Grant.role.not_in(NEVER_DELEGATED),
        or_(Grant.ends_on.is_(None), Grant.ends_on >= today)).order_by(Grant.id)).all()


def recipients(session: Session, person: Actor) -> Sequence[Person]:
    """Return the active people to whom somebody may delegate, by name; who audits is not among them."""
    return session.scalars(select(Person).where(
        Person.active, Person.id.not_in((SYSTEM.id, person.id)), ~_audits(Person.id)).order_by(Person.name)).all()


def check_source(session: Session, source: Grant, to_id: int, *, site_id: int | None, unit_id: int | None,
                 starts_on: date | None, ends_on: date | None, reason: str | None) -> None:
    """Raise Refused (R-49) or Invalid for a delegation that its grant does not carry, or to who may not have it."""
    held = Held(source.id, source.role, source.site_id, _path(session, source.unit_id), source.ends_on,
                source.delegated_by_id)
    check_delegation(held, starts_on=starts_on, ends_on=ends_on, reason=reason)
    if starts_on is not None and starts_on < source.starts_on:
        raise Refused("R-49", f"This role is held from {source.starts_on} on.",
                      f"此角色自 {source.starts_on} 起生效。", field="starts_on")
    if not _within(session, held, site_id, unit_id):
        raise Refused("R-49", "A delegation reaches no further than the role that is delegated.",
                      "委托范围不得超出所委托的角色。", field="unit_id")
    if to_id == source.person_id:
        raise Invalid("Choose somebody else.", "请选择其他人。", field="to_id")
    to = session.get(Person, to_id)
    if to is None or not to.active or to.id == SYSTEM.id:
        raise Invalid("There is no such person.", "没有此人员。", field="to_id")
    if session.scalar(select(_audits(to_id))):
        raise Refused("R-49", "An auditor only reads: nothing is delegated to them.",
                      "审核员只能查看: 不能接受委托。", field="to_id")


def source_of(session: Session, person_id: int, role: str, starts_on: date, ends_on: date | None,
              site_id: int | None, unit_id: int | None) -> Grant:
    """Return the grant on which a delegation of a role leans. Raises Refused (R-49) where there is none."""
    held = session.scalars(select(Grant).where(
        Grant.person_id == person_id, Grant.role == role, Grant.delegated_by_id.is_(None), Grant.starts_on <= starts_on,
        or_(Grant.ends_on.is_(None), Grant.ends_on >= (ends_on or date.max))).order_by(Grant.id)).all()
    for source in held:
        if _within(session, Held(source.id, role, source.site_id, _path(session, source.unit_id)), site_id, unit_id):
            return source
    raise Refused("R-49", "Whoever delegates does not hold this role there for all of these days.",
                  "委托人在此期间和范围内不具有此角色。", field="delegated_by_id")


def homes(session: Session, person: Actor) -> list[str | None]:
    """Return the paths of the units where the person works, and where those work on whose behalf they act now."""
    rows = session.execute(select(Person.id, Unit.path).join(Unit, Unit.id == Person.unit_id)
                           .where(Person.id.in_(person.selves)))
    paths = {row[0]: row[1] for row in rows}
    return [paths.get(each) for each in person.selves]


def _within(session: Session, held: Held, site_id: int | None, unit_id: int | None) -> bool:
    """Tell whether a scope lies in that of a grant."""
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    site = unit.site_id if unit is not None else site_id
    if held.site_id is not None and site != held.site_id:
        return False
    if unit is not None and site_id not in {None, unit.site_id}:
        return False
    return held.unit_path is None or (unit is not None and unit.path.startswith(held.unit_path))


def _path(session: Session, unit_id: int | None) -> str | None:
    return session.get_one(Unit, unit_id).path if unit_id is not None else None


def _audits(person_id: Any) -> ColumnElement[bool]:
    today = utc_now().date()
    return select(Grant.id).where(Grant.person_id == person_id, Grant.role == AUDITOR,
                                  or_(Grant.ends_on.is_(None), Grant.ends_on >= today)).exists()
