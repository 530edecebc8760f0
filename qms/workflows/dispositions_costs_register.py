"""What poor quality costs by month and class, and the register of its lines and rates. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from qms.models.dispositions_costs import CostLine, CostMonth, CostRate
from qms.rules.accounts import Actor
from qms.rules.dispositions_costs import CATEGORIES
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.dispositions_costing import VIEW
from qms.workflows.dispositions_costs import hash_of, lines_of

MONTHS = 12
STATES = ("estimate", "approved")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    period: str = ""
    category: str = ""
    element: str = ""
    state: str = ""
    complaint_id: int | None = None


@dataclass(slots=True)
class Month:
    """The costs of one month: sums by class, lines, how many of them are estimates, and its closing if it is closed."""

    period: str
    sums: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(CATEGORIES, Decimal("0.00")))
    lines: int = 0
    estimates: int = 0
    closed: CostMonth | None = None

    @property
    def total(self) -> Decimal:
        """Return the sum of all classes."""
        return sum(self.sums.values(), Decimal("0.00"))


def months(session: Session, person: Actor, site_id: int, first: str = "") -> list[Month]:
    """Return the months of a site from `first` on that have costs or are closed, oldest first; a closed one as frozen.

    Raises NotAllowed.
    """
    person.need(VIEW, site_id=site_id)
    found: dict[str, Month] = {}
    for period, category, amount, approved in session.execute(
            select(CostLine.period, CostLine.category, CostLine.amount, CostLine.approved_at)
            .where(CostLine.site_id == site_id, CostLine.period >= first)):
        month = found.setdefault(period, Month(period))
        month.sums[category] += amount
        month.lines += 1
        month.estimates += approved is None
    for closed in session.scalars(select(CostMonth).where(CostMonth.site_id == site_id, CostMonth.period >= first)
                                  .options(joinedload(CostMonth.closed_by))):
        month = found.setdefault(closed.period, Month(closed.period))
        month.closed, month.lines = closed, closed.lines
        month.sums = {category: getattr(closed, category) for category in CATEGORIES}
    return [found[period] for period in sorted(found)]


def year_before(day: date) -> str:
    """Return the first of the last twelve months, of which that of the day is the last."""
    return f"{day.year - (day.month < MONTHS)}-{day.month % MONTHS + 1:02d}"


def is_intact(session: Session, month: CostMonth) -> bool:
    """Tell whether the lines of a closed month are those that were frozen."""
    return hash_of(lines_of(session, month.site_id, month.period)) == month.content_hash


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[CostLine]:
    """Return a page of cost lines, newest first. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(CostLine).where(*conditions(person, wanted))
             .options(joinedload(CostLine.rejection), joinedload(CostLine.complaint), joinedload(CostLine.unit),
                     joinedload(CostLine.item)))
    return page(session, query, CostLine, {"posted": Sorting(CostLine.id, "id")}, wish._replace(sort="-posted"))


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a line of the register has to meet."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [CostLine.site_id.in_(sorted(sites))]
    same = {CostLine.site_id: wanted.site_id, CostLine.period: wanted.period, CostLine.category: wanted.category,
            CostLine.element: wanted.element, CostLine.complaint_id: wanted.complaint_id}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    if wanted.state in STATES:
        met.append(CostLine.approved_at.is_(None) if wanted.state == "estimate" else CostLine.approved_at.is_not(None))
    return met + [CostLine.note.icontains(word, autoescape=True) for word in wanted.sought.split()]


def of_complaint(session: Session, person: Actor, complaint_id: int, site_id: int) -> Sequence[CostLine] | None:
    """Return every line of an outside customer's complaint, oldest first; None for who may not see costs."""
    if not person.may(VIEW, site_id=site_id):
        return None
    return session.scalars(select(CostLine).where(CostLine.complaint_id == complaint_id)
                           .options(joinedload(CostLine.unit)).order_by(CostLine.id)).all()


def rates(session: Session, person: Actor, site_id: int) -> Sequence[CostRate]:
    """Return every revision of every rate of a site, by kind, what it names, and newest first. Raises NotAllowed."""
    person.need(VIEW, site_id=site_id)
    return session.scalars(
        select(CostRate).where(CostRate.site_id == site_id)
        .options(joinedload(CostRate.item), joinedload(CostRate.unit), joinedload(CostRate.set_by))
        .order_by(CostRate.kind, CostRate.item_id, CostRate.unit_id, CostRate.revision.desc())).all()
