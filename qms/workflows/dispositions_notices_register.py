"""Which notices to customers there are by filter, page by page, and one with all its parts. Changes nothing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from qms.models.dispositions_concessions import CustomerNotice
from qms.models.rejections import Rejection
from qms.rules import dispositions_notices as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.steps import allowed
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.dispositions_concessions_records import VIEW, sees
from qms.workflows.dispositions_notices_opening import shipped

OPEN = "open"
"""The state by which everything is found for which a case still waits."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    state: str = ""
    customer_id: int | None = None


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[CustomerNotice]:
    """Return a page of notices, newest first unless asked for the other way. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(CustomerNotice).join(CustomerNotice.rejection).where(*_asked(person, wanted))
             .options(contains_eager(CustomerNotice.rejection).joinedload(Rejection.item),
                      joinedload(CustomerNotice.customer)))
    return page(session, query, CustomerNotice, {"number": Sorting(CustomerNotice.id, "id")},
                wish._replace(sort=wish.sort or "-number"))


def whole(session: Session, person: Actor, notice_id: int) -> CustomerNotice:
    """Return a notice with everything its page shows. Raises NotFound."""
    rejection = joinedload(CustomerNotice.rejection)
    found = session.scalar(select(CustomerNotice).where(CustomerNotice.id == notice_id).options(
        *(joinedload(getattr(CustomerNotice, part)) for part in (
            "site", "customer", "told_by", "followed_up_by", "closed_by")),
        rejection.options(joinedload(Rejection.item), joinedload(Rejection.lot), joinedload(Rejection.defect)))
        .execution_options(populate_existing=True))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def offered(session: Session, person: Actor, notice: CustomerNotice) -> tuple[str, ...]:
    """Name the steps that a page offers; voiding only while nothing is known to have been shipped."""
    return tuple(step.name for step in allowed(rules.STEPS, notice.state)
                 if person.may(step.permission, site_id=notice.site_id)
                 and (step.name != "void" or not shipped(session, notice.rejection)))


def _asked(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [CustomerNotice.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {CustomerNotice.site_id: wanted.site_id, CustomerNotice.customer_id: wanted.customer_id,
                            CustomerNotice.state: "" if wanted.state == OPEN else wanted.state}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    if wanted.state == OPEN:
        met.append(CustomerNotice.state.in_(rules.OPEN))
    for word in wanted.sought.split():
        met.append(or_(*(column.icontains(word, autoescape=True) for column in (
            CustomerNotice.number, CustomerNotice.shipments, CustomerNotice.person_told, Rejection.number))))
    return met
