"""How a protected report is made, followed by who made it, and read by the few who may; each look is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.db import acted, now
from qms.models.accounts import Person
from qms.models.chain import Site, Unit
from qms.models.service_complaints_protected import ProtectedLook, ProtectedReport
from qms.rules import service_complaints_protected as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import allowed, step
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.numbers import PROTECTED, next_number
from qms.workflows.rejections_records import check_version
from qms.workflows.service_complaints_records import told


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever reported is told of it."""

    id: int
    number: str
    kind: str
    state: str
    filed_at: Any
    account: str
    reply: str | None
    closed_at: Any


def report(session: Session, person: Actor, *, kind: str, account: str, site_id: int | None = None,
           about_ref: str | None = None) -> ProtectedReport:
    """Report something under protection; whoever may complain may do this. Raises Invalid, NotAllowed."""
    person.need("service.complain")
    site = _site(session, person, site_id)
    person.need("service.complain", site_id=site.id)
    rules.check_kind(kind)
    said = told(account, "account")
    number = next_number(session, PROTECTED, site)
    made = ProtectedReport(
        site_id=site.id, year=number.year, serial=number.serial, number=number.text, kind=kind,
        state=rules.STEPS.first, account=said, about_ref=(about_ref or "").strip() or None,
        filed_at=now(session), filed_by_id=person.id)
    session.add(made)
    session.flush()
    acted(session, "R-35")
    return made


def receipts(session: Session, person: Actor) -> Sequence[Receipt]:
    """Return what a person has reported themselves, newest first, with what they are told."""
    rows = session.scalars(select(ProtectedReport).where(ProtectedReport.filed_by_id == person.id)
                           .order_by(ProtectedReport.id.desc()))
    return [Receipt(r.id, r.number, r.kind, r.state, r.filed_at, r.account, r.reply, r.closed_at) for r in rows]


def register(session: Session, person: Actor, wish: Wish) -> Page[ProtectedReport]:
    """Return a page of protected reports, newest first: number, kind and state, no account. Raises NotAllowed."""
    person.need(rules.PROTECT)
    sites = person.sites(rules.PROTECT)
    query = select(ProtectedReport).options(selectinload(ProtectedReport.looks), joinedload(ProtectedReport.site))
    if sites is not None:
        query = query.where(ProtectedReport.site_id.in_(sorted(sites)))
    return page(session, query, ProtectedReport, {"number": Sorting(ProtectedReport.id, "id")},
                wish._replace(sort="-number"))


def read(session: Session, person: Actor, report_id: int) -> ProtectedReport:
    """Return a report whole; that it was read is written down first (R-35). Raises NotFound, NotAllowed."""
    found, grant = _held(session, person, report_id)
    session.add(ProtectedLook(report_id=found.id, at=now(session), by_id=person.id, grant_id=grant))
    session.flush()
    acted(session, "R-35")
    return session.scalars(select(ProtectedReport).where(ProtectedReport.id == report_id).options(
        joinedload(ProtectedReport.site), joinedload(ProtectedReport.filed_by), joinedload(ProtectedReport.handled_by),
        selectinload(ProtectedReport.looks).joinedload(ProtectedLook.by)).execution_options(
            populate_existing=True)).one()


def look_into(session: Session, person: Actor, report_id: int, rev: int) -> ProtectedReport:
    """Take a report to look into it. Raises Refused (R-35), Stale, IllegalStep, NotFound, NotAllowed."""
    found, _grant = _held(session, person, report_id)
    rules.check_handler(reported=person.is_for(found.filed_by_id))
    check_version(found, rev, {"state": "looking"})
    found.state, found.handled_by_id = step(rules.STEPS, found.state, "look_into"), person.id
    session.flush()
    return found


def close(session: Session, person: Actor, report_id: int, rev: int, *, reply: str) -> ProtectedReport:
    """Answer whoever reported, and close. Raises Refused (R-35), Invalid, Stale, IllegalStep, NotFound, NotAllowed."""
    found, _grant = _held(session, person, report_id)
    rules.check_handler(reported=person.is_for(found.filed_by_id))
    check_version(found, rev, {"reply": reply})
    state = step(rules.STEPS, found.state, "close")
    found.reply, found.state, found.closed_at = told(reply, "reply"), state, now(session)
    found.handled_by_id = person.id
    session.flush()
    return found


def offered(person: Actor, found: ProtectedReport) -> list[str]:
    """Return the names of the steps that a person may take."""
    if found.filed_by_id == person.id:
        return []
    return [one.name for one in allowed(rules.STEPS, found.state)]


def _held(session: Session, person: Actor, report_id: int) -> tuple[ProtectedReport, int | None]:
    """Return a report for who may read it, and the grant that allows it. Whoever may not learns nothing."""
    person.need(rules.PROTECT)
    found = session.get(ProtectedReport, report_id, with_for_update=True)
    if found is None or not person.may(rules.PROTECT, site_id=found.site_id):
        raise NotFound
    return found, person.need(rules.PROTECT, site_id=found.site_id)


def _site(session: Session, person: Actor, site_id: int | None) -> Site:
    """Return the site that is named, else where the person works, else the only one. Raises Invalid."""
    home = site_id or session.scalar(select(Unit.site_id).join(Person, Person.unit_id == Unit.id)
                                     .where(Person.id == person.id))
    sites = person.sites("service.complain")
    query = select(Site).order_by(Site.id)
    if home is not None:
        query = query.where(Site.id == home)
    elif sites is not None:
        query = query.where(Site.id.in_(sorted(sites)))
    found = session.scalars(query.limit(1)).first()
    if found is None:
        raise Invalid("There is no such site.", "没有此工厂。", field="site_id")
    return found
