"""Which requests there are by filter, page by page, and one with all its parts. Changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.db.search import matches
from qms.models.chain import Site, Unit
from qms.models.service_commitments import Commitment
from qms.models.service_requests import ServicePass, ServicePause, ServiceReopening, ServiceRequest
from qms.rules import service_requests as rules
from qms.rules.accounts import Actor
from qms.rules.clock import day_bounds, utc_now
from qms.rules.errors import NotFound
from qms.rules.steps import allowed
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.service_commitments_records import VIEW, sees
from qms.workflows.service_requests_records import SERVE


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything. Days are those of asking.

    `commitment_id`: any revision of the commitment of which this is one.
    """

    sought: str = ""
    site_id: int | None = None
    provider_id: int | None = None
    asker_id: int | None = None
    commitment_id: int | None = None
    state: str = ""
    first: date | None = None
    last: date | None = None
    import_id: int | None = None


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[ServiceRequest]:
    """Return a page of requests, newest first unless asked for the other way. Raises NotAllowed."""
    person.need(VIEW)
    query = select(ServiceRequest).options(*(joinedload(getattr(ServiceRequest, part)) for part in (
        "asker", "provider", "first_provider", "commitment", "site"))).where(*asked(session, person, wanted))
    sortings = {"number": Sorting(ServiceRequest.id, "id"), "passed": Sorting(ServiceRequest.passed, "passed"),
                "reopened": Sorting(ServiceRequest.reopened, "reopened")}
    return page(session, query, ServiceRequest, sortings, wish._replace(sort=wish.sort or "-number"))


def asked(session: Session, person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a request must fulfil to be among those asked for that the person may see."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [ServiceRequest.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {
        ServiceRequest.site_id: wanted.site_id, ServiceRequest.provider_id: wanted.provider_id,
        ServiceRequest.asker_id: wanted.asker_id, ServiceRequest.import_id: wanted.import_id}
    met += [column == value for column, value in same.items() if value is not None]
    if wanted.commitment_id is not None:
        number = select(Commitment.number).where(Commitment.id == wanted.commitment_id).scalar_subquery()
        met.append(ServiceRequest.commitment_id.in_(select(Commitment.id).where(Commitment.number == number)))
    met += _standing(wanted.state)
    met += _period(session, wanted)
    found = matches(cast("Table", ServiceRequest.__table__), wanted.sought,
                    sqlite=session.get_bind().dialect.name == "sqlite")
    return met if found is None else [*met, found]


def missed(at: datetime) -> ColumnElement[bool]:
    """Return the condition that a promise was not kept, whether the request is done or still waits."""
    return or_(ServiceRequest.kept.is_(False), is_late(at))


def is_late(at: datetime) -> ColumnElement[bool]:
    """Return the condition that a request is not done and its time has run out."""
    return and_(ServiceRequest.state.in_(rules.COUNTING), ServiceRequest.due_at < at)


def whole(session: Session, person: Actor, request_id: int) -> ServiceRequest:
    """Return a request with everything its page shows. Raises NotFound."""
    found = session.scalar(select(ServiceRequest).where(ServiceRequest.id == request_id).options(
        *(joinedload(getattr(ServiceRequest, part)) for part in (
            "site", "asker", "provider", "first_provider", "commitment", "asked_by", "taken_by", "done_by",
            "confirmed_by")),
        selectinload(ServiceRequest.pauses).options(joinedload(ServicePause.started_by),
                                                    joinedload(ServicePause.ended_by)),
        selectinload(ServiceRequest.passes).options(joinedload(ServicePass.origin), joinedload(ServicePass.target),
                                                    joinedload(ServicePass.by)),
        selectinload(ServiceRequest.reopenings).options(joinedload(ServiceReopening.by),
                                                        joinedload(ServiceReopening.done_by)))
        .execution_options(populate_existing=True))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def offered(person: Actor, request: ServiceRequest) -> tuple[str, ...]:
    """Name the steps that a page offers a person on a request, each to the side whose step it is."""
    def on_side(permission: str) -> bool:
        unit: Unit = request.provider if permission == SERVE else request.asker
        return person.may(permission, site_id=request.site_id, unit_path=unit.path)

    return tuple(step.name for step in allowed(rules.STEPS, request.state)
                 if step.name not in rules.BY_ITSELF and on_side(step.permission)
                 and (step.name != "pause" or (request.commitment is not None and request.commitment.pausable
                                               and request.due_at is not None and request.due_at > utc_now())))


def _standing(state: str) -> list[ColumnElement[bool]]:
    if state in rules.STATES:
        return [ServiceRequest.state == state]
    conditions: dict[str, ColumnElement[bool]] = {
        "open": ServiceRequest.state.in_(rules.RUNNING), "late": missed(utc_now()),
        "kept": ServiceRequest.kept.is_(True), "passed": ServiceRequest.passed > 0,
        "again": ServiceRequest.reopened > 0}
    return [conditions[state]] if state in conditions else []


def _period(session: Session, wanted: Filter) -> list[ColumnElement[bool]]:
    if wanted.first is None and wanted.last is None:
        return []
    site = session.get(Site, wanted.site_id) if wanted.site_id is not None else None
    zone = site.time_zone if site is not None else session.scalar(select(Site.time_zone).order_by(Site.id)) or "UTC"
    met = []
    if wanted.first is not None:
        met.append(ServiceRequest.asked_at >= day_bounds(wanted.first, wanted.first, zone)[0])
    if wanted.last is not None:
        met.append(ServiceRequest.asked_at < day_bounds(wanted.last, wanted.last, zone)[1])
    return met
