"""Which visits and calls there are by filter, page by page, what is due, and the lines of the file. Knows no page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from qms.models.accounts import Person
from qms.models.chain import Site, Unit
from qms.models.customers_visits import CustomerVisit
from qms.rules import customers_visits as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.steps import allowed
from qms.workflows.acceptance_records import today
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.customers_records import VIEW, sees
from qms.workflows.exports import coded, spoken, streamed
from qms.workflows.today_waiting import Waiting, first_of, in_scope


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    unit_id: int | None = None
    kind: str = ""
    state: str = ""


def one(session: Session, person: Actor, visit_id: int, *, lock: bool = False) -> CustomerVisit:
    """Return a visit of a site that the person may see. Raises NotFound."""
    found = session.get(CustomerVisit, visit_id, with_for_update=lock or None)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def whole(session: Session, person: Actor, visit_id: int) -> CustomerVisit:
    """Return a visit with everything that its page shows. Raises NotFound."""
    parts = ("site", "unit", "goer", "planned_by", "done_by", "previous")
    found = session.scalar(select(CustomerVisit).where(CustomerVisit.id == visit_id).options(
        *(joinedload(getattr(CustomerVisit, part)) for part in parts)).execution_options(populate_existing=True))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def offered(person: Actor, held: CustomerVisit) -> tuple[str, ...]:
    """Name the steps that a page offers: what the table allows and the person's grants cover."""
    return tuple(step.name for step in allowed(rules.STEPS, held.state)
                 if person.may(step.permission, site_id=held.site_id, unit_path=held.unit.path))


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[CustomerVisit]:
    """Return a page of visits, the latest planned day first unless asked for the other way. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(CustomerVisit).join(Unit, Unit.id == CustomerVisit.unit_id)
             .where(*conditions(session, person, wanted))
             .options(contains_eager(CustomerVisit.unit), joinedload(CustomerVisit.goer)))
    return page(session, query, CustomerVisit, {"number": Sorting(CustomerVisit.id, "id")},
                wish._replace(sort=wish.sort or "-number"))


def conditions(session: Session, person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a visit, joined with its unit, has to meet."""
    held, sites = CustomerVisit, person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [held.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {held.site_id: wanted.site_id, held.unit_id: wanted.unit_id, held.kind: wanted.kind,
                            held.state: "" if wanted.state in rules.LISTED else wanted.state}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    if wanted.state == "due":
        met.append(is_due(session))
    met += [or_(*(column.icontains(word, autoescape=True) for column in (
        held.number, held.purpose, held.said, Unit.code, Unit.name_zh, Unit.name_en)))
        for word in wanted.sought.split()]
    return met


def is_due(session: Session) -> ColumnElement[bool]:
    """Return the condition that a visit is planned for today or before, by the day of its site."""
    held = CustomerVisit
    return or_(false(), *(and_(held.site_id == site_id, held.state == "planned",
                               held.planned_on <= today(session, site_id))
                          for site_id in session.scalars(select(Site.id)).all()))


def due(session: Session, person: Actor) -> Waiting:
    """Return the visits that are due where the person follows up, the earliest first."""
    query = (select(CustomerVisit).join(Unit, Unit.id == CustomerVisit.unit_id)
             .where(is_due(session), in_scope(person, rules.FOLLOW, CustomerVisit.site_id, Unit.path))
             .order_by(CustomerVisit.planned_on))
    return first_of(session, query, CustomerVisit.id, joinedload(CustomerVisit.unit), joinedload(CustomerVisit.goer))


def last_and_next(session: Session, unit_id: int) -> tuple[CustomerVisit | None, CustomerVisit | None]:
    """Return the last visit made to a unit and the next one planned; None where there is none."""
    of_unit = select(CustomerVisit).where(CustomerVisit.unit_id == unit_id)
    made = of_unit.where(CustomerVisit.state == "done").order_by(CustomerVisit.done_on.desc(), CustomerVisit.id.desc())
    to_come = of_unit.where(CustomerVisit.state == "planned").order_by(CustomerVisit.planned_on, CustomerVisit.id)
    return session.scalar(made.limit(1)), session.scalar(to_come.limit(1))


def following(session: Session, visit_id: int) -> CustomerVisit | None:
    """Return the visit that was agreed at this one; None when none was."""
    return session.scalar(select(CustomerVisit).where(CustomerVisit.previous_id == visit_id).limit(1))


def visited_units(session: Session, person: Actor, permission: str = VIEW) -> Sequence[Unit]:
    """Return the outside customers and units inside that may be visited, where the person has a right, by code."""
    return session.scalars(
        select(Unit).where(Unit.active, Unit.kind != "supplier",
                           in_scope(person, permission, Unit.site_id, Unit.path))
        .order_by(Unit.kind != "customer", Unit.site_id, Unit.code)).all()


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per visit of the register, the first first. `address` empty: no links. Raises NotAllowed."""
    person.need(VIEW)
    held, goer = CustomerVisit, aliased(Person)
    query = (select(held.id, held.number, held.state, held.kind, coded(Unit, language).label("unit"), held.purpose,
                    held.planned_on, goer.name.label("goer"), held.best_time, held.done_on, held.said, held.satisfied,
                    held.times_moved, held.move_reason, held.off_reason)
             .join(Unit, Unit.id == held.unit_id).join(goer, goer.id == held.goer_id)
             .where(*conditions(session, person, wanted)).order_by(held.id))
    return spoken(streamed(session, query), {"state": rules.STATES, "kind": rules.KINDS}, (), language, zone,
                  f"{address}/customers/visits/" if address else "")


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many visits the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(CustomerVisit).join(Unit, Unit.id == CustomerVisit.unit_id)
                          .where(*conditions(session, person, wanted))) or 0
