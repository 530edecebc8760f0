"""How notices on internal service are posted, opened, and counted: how many read them, never who. Knows no page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from qms.db import now
from qms.models.accounts import Person
from qms.models.chain import Unit
from qms.models.service_training import NoticeRead, ServiceNotice
from qms.rules import service_training as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.service_complaints_records import VIEW, sees


@dataclass(frozen=True, slots=True)
class Filter:
    """What notices are asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reads:
    """How many opened a notice, of how many who work in the units it is to; `reached` 0: nobody is known there."""

    read: int
    reached: int


def post(session: Session, person: Actor, *, site_id: int, title_zh: str, title_en: str, body_zh: str, body_en: str,
         unit_id: int | None = None) -> ServiceNotice:
    """Post a notice to a site, or to a unit and what is below it. Raises Invalid, NotAllowed."""
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    if unit_id is not None and (unit is None or unit.site_id != site_id):
        raise Invalid("There is no such unit at this site.", "本工厂没有此单元。", field="unit_id")
    person.need(rules.TEACH, site_id=site_id, unit_path=unit.path if unit else None)
    rules.check_notice(title_zh, title_en, body_zh, body_en)
    made = ServiceNotice(site_id=site_id, unit_id=unit_id, title_zh=title_zh.strip(), title_en=title_en.strip(),
                         body_zh=body_zh.strip(), body_en=body_en.strip(), posted_at=now(session),
                         posted_by_id=person.id)
    session.add(made)
    session.flush()
    return made


def open_notice(session: Session, person: Actor, notice_id: int) -> ServiceNotice:
    """Return a notice; opening it the first time counts as having read it. Raises NotFound."""
    found = one(session, person, notice_id)
    if not has_read(session, person, notice_id):
        session.add(NoticeRead(notice_id=notice_id, by_id=person.id, at=now(session)))
        session.flush()
    return found


def has_read(session: Session, person: Actor, notice_id: int) -> bool:
    """Tell whether a person has opened a notice."""
    return session.scalar(select(NoticeRead.id).where(NoticeRead.notice_id == notice_id,
                                                      NoticeRead.by_id == person.id)) is not None


def one(session: Session, person: Actor, notice_id: int) -> ServiceNotice:
    """Return a notice of a site that the person may see. Raises NotFound."""
    found = session.scalar(select(ServiceNotice).where(ServiceNotice.id == notice_id).options(
        joinedload(ServiceNotice.site), joinedload(ServiceNotice.unit), joinedload(ServiceNotice.posted_by)))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[ServiceNotice]:
    """Return a page of notices, newest first. Raises NotAllowed."""
    person.need(VIEW)
    query = select(ServiceNotice).where(*conditions(person, wanted)).options(
        joinedload(ServiceNotice.unit), joinedload(ServiceNotice.site))
    return page(session, query, ServiceNotice, {"posted": Sorting(ServiceNotice.id, "id")},
                wish._replace(sort=wish.sort or "-posted"))


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a notice of the register must fulfil."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [ServiceNotice.site_id.in_(sorted(sites))]
    if wanted.site_id is not None:
        met.append(ServiceNotice.site_id == wanted.site_id)
    if wanted.unit_id is not None:
        met.append(or_(ServiceNotice.unit_id == wanted.unit_id, ServiceNotice.unit_id.is_(None)))
    met += [or_(ServiceNotice.title_zh.icontains(word, autoescape=True),
                ServiceNotice.title_en.icontains(word, autoescape=True)) for word in wanted.sought.split()]
    return met


def counts(session: Session, notices: Sequence[ServiceNotice]) -> dict[int, Reads]:
    """Map each notice to how many opened it of those who work where it is to: counts of the people there, no names."""
    home, goal = aliased(Unit), aliased(Unit)
    ids = [notice.id for notice in notices]
    reach = (select(ServiceNotice.id, func.count(Person.id), func.count(NoticeRead.id))
             .join(home, home.site_id == ServiceNotice.site_id)
             .join(Person, Person.unit_id == home.id)
             .outerjoin(goal, goal.id == ServiceNotice.unit_id)
             .outerjoin(NoticeRead, (NoticeRead.notice_id == ServiceNotice.id) & (NoticeRead.by_id == Person.id))
             .where(ServiceNotice.id.in_(ids), Person.active,
                    or_(ServiceNotice.unit_id.is_(None), home.path.startswith(goal.path)))
             .group_by(ServiceNotice.id))
    found = {notice_id: Reads(int(read), int(reached)) for notice_id, reached, read in session.execute(reach)}
    return {notice_id: found.get(notice_id, Reads(0, 0)) for notice_id in ids}


def unread(session: Session, person: Actor) -> Sequence[ServiceNotice]:
    """Return the newest notices to a person's site, or to the unit where they work, that they have not opened."""
    if not person.may(VIEW):
        return ()
    home, goal = aliased(Unit), aliased(Unit)
    query = (select(ServiceNotice).join(Person, Person.id == person.id).join(home, home.id == Person.unit_id)
             .outerjoin(goal, goal.id == ServiceNotice.unit_id)
             .where(ServiceNotice.site_id == home.site_id,
                    or_(ServiceNotice.unit_id.is_(None), home.path.startswith(goal.path)),
                    ~select(NoticeRead.id).where(NoticeRead.notice_id == ServiceNotice.id,
                                                 NoticeRead.by_id == person.id).exists())
             .order_by(ServiceNotice.id.desc()).limit(5))
    return session.scalars(query).all()
