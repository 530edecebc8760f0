"""Whom an administrator may manage: everybody, or only those whose work and grants lie in the same sites."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import Grant, Person
from qms.models.chain import Unit
from qms.rules.accounts import Actor
from qms.rules.errors import NotAllowed

MANAGE = "accounts.manage"


def reaches(session: Session, person: Actor, person_id: int) -> bool:
    """Tell whether a person may manage another: nobody makes themselves master of a site that is closed to them."""
    if not person.may(MANAGE):
        return False
    sites = person.sites(MANAGE)
    if sites is None:
        return True
    today = now(session).date()
    held = set(session.scalars(select(Grant.site_id).where(
        Grant.person_id == person_id, or_(Grant.ends_on.is_(None), Grant.ends_on >= today))))
    home = session.scalar(select(Unit.site_id).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id))
    return held | ({home} if home is not None else set()) <= sites


def need_reach(session: Session, person: Actor, person_id: int) -> None:
    """Raises NotAllowed for who may not manage a person."""
    person.need(MANAGE)
    if not reaches(session, person, person_id):
        raise _beyond()


def need_site(session: Session, person: Actor, site_id: int | None, unit_id: int | None = None) -> None:
    """Raises NotAllowed for who may not give or take a role there; `site_id` None: at every site, or where the unit is.
    """
    person.need(MANAGE)
    sites = person.sites(MANAGE)
    wanted = {site_id}
    if unit_id is not None:
        wanted = {session.scalar(select(Unit.site_id).where(Unit.id == unit_id))} | ({site_id} - {None})
    if sites is not None and not wanted <= sites:
        raise _beyond()


def _beyond() -> NotAllowed:
    return NotAllowed(MANAGE, "This reaches beyond your sites. Ask an administrator of the whole plant.",
                      "超出您所管工厂的范围, 请联系全公司系统管理员。")
