"""What waits for a person now, by their grants and units, oldest first. Reads only; decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from qms.models.acceptance import Handover, Standard
from qms.models.chain import Link, Unit
from qms.models.jobs import Job
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.rejections import OPEN, UNDECIDED
from qms.workflows import jobs, today_controls, today_dispositions, today_quarantine
from qms.workflows.acceptance_pieces_offers import to_judge
from qms.workflows.today_devices import devices
from qms.workflows.today_stops import stops
from qms.workflows.today_tasks import tasks
from qms.workflows.today_waiting import SHOWN, Waiting, first_of, in_scope

REPORTS_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Today:
    """Everything the Today page of one person shows."""

    stops: Waiting
    tasks: Waiting
    handovers: Waiting
    holds: Waiting
    to_decide: Waiting
    to_work: Waiting
    to_verify: Waiting
    to_vote: Waiting
    laid_to_us: Waiting
    contested: Waiting
    standards: Waiting
    pieces: Waiting
    devices: Waiting
    control_tests: Waiting
    bypasses: Waiting
    alternates: Waiting
    counts: Waiting
    reports: Sequence[Rejection]
    jobs: Sequence[Job]
    is_plant_empty: bool

    @property
    def waiting(self) -> int:
        """Return how many records wait in all, counting as far as each was counted."""
        kinds = (self.stops, self.tasks, self.handovers, self.holds, self.to_decide, self.to_work, self.to_verify,
                 self.to_vote, self.laid_to_us, self.contested, self.standards,
                 self.pieces, self.devices, self.control_tests, self.bypasses, self.alternates, self.counts)
        return sum(kind.total for kind in kinds)


def today(session: Session, person: Actor) -> Today:
    """Gather what waits for a person. Sections whose permission they lack are empty."""
    return Today(
        stops=stops(session, person), tasks=tasks(session, person), handovers=presented(session, person),
        holds=holds(session, person), to_decide=today_dispositions.to_decide(session, person),
        to_work=today_dispositions.to_work(session, person), to_verify=today_dispositions.to_verify(session, person),
        to_vote=today_dispositions.to_vote(session, person),
        laid_to_us=laid_to_us(session, person), contested=contested(session, person),
        standards=drafts(session, person), pieces=to_judge(session, person), devices=devices(session, person),
        control_tests=today_controls.tests(session, person), bypasses=today_controls.bypasses(session, person),
        alternates=today_controls.alternates(session, person), counts=today_quarantine.counts(session, person),
        reports=reports(session, person), jobs=jobs.open_jobs(session, person),
        is_plant_empty=session.scalar(select(Unit.id).limit(1)) is None)


def presented(session: Session, person: Actor) -> Waiting:
    """Return the hand-overs to units where the person may decide that nobody has decided yet."""
    customer = aliased(Unit)
    query = (select(Handover).join(customer, customer.id == Handover.customer_id)
             .where(Handover.state.in_(("presented", "not_inspected")),
                    in_scope(person, "acceptance.decide", Handover.site_id, customer.path)))
    return first_of(session, query, Handover.id,
                    joinedload(Handover.supplier), joinedload(Handover.customer), joinedload(Handover.item),
                    joinedload(Handover.lot))


def holds(session: Session, person: Actor) -> Waiting:
    """Return the held rejections found in units where the person may contain; whoever disposes is told elsewhere."""
    found = aliased(Unit)
    query = (select(Rejection).join(found, found.id == Rejection.found_unit_id)
             .where(Rejection.state.in_(UNDECIDED),
                    in_scope(person, "rejections.contain", Rejection.site_id, found.path),
                    ~in_scope(person, "rejections.release", Rejection.site_id, found.path)))
    return first_of(session, query, Rejection.id, *_of_rejection())


def laid_to_us(session: Session, person: Actor) -> Waiting:
    """Return the open rejections whose origin is assumed in a unit that the person holds a grant for."""
    origin = aliased(Unit)
    query = (select(Rejection).join(origin, origin.id == Rejection.origin_unit_id)
             .where(Rejection.state.in_(OPEN), Rejection.origin_state == "assumed",
                    in_scope(person, "rejections.contest", Rejection.site_id, origin.path, unit_only=True)))
    return first_of(session, query, Rejection.id, *_of_rejection())


def contested(session: Session, person: Actor) -> Waiting:
    """Return the rejections with a contested origin that the person may decide."""
    found = aliased(Unit)
    query = (select(Rejection).join(found, found.id == Rejection.found_unit_id)
             .where(Rejection.state != "void", Rejection.origin_state == "contested",
                    in_scope(person, "rejections.judge", Rejection.site_id, found.path)))
    return first_of(session, query, Rejection.id, *_of_rejection())


def drafts(session: Session, person: Actor) -> Waiting:
    """Return the draft standards of others that the person may approve."""
    customer = aliased(Unit)
    query = (select(Standard).join(Link, Link.id == Standard.link_id)
             .join(customer, customer.id == Link.customer_id)
             .where(Standard.state == "draft", Standard.drafted_by_id != person.id,
                    in_scope(person, "acceptance.approve", Standard.site_id, customer.path)))
    return first_of(session, query, Standard.id,
                    joinedload(Standard.link).joinedload(Link.supplier),
                    joinedload(Standard.link).joinedload(Link.customer), joinedload(Standard.drafted_by))


def reports(session: Session, person: Actor) -> Sequence[Rejection]:
    """Return what the person reported of late, newest first: what became of it."""
    query = (select(Rejection).options(*_of_rejection())
             .where(Rejection.reported_by_id == person.id, Rejection.found_at > utc_now() - REPORTS_FOR)
             .order_by(Rejection.found_at.desc()).limit(SHOWN))
    return session.scalars(query).all()


def _of_rejection() -> tuple[Any, ...]:
    return (joinedload(Rejection.item), joinedload(Rejection.lot), joinedload(Rejection.defect),
            joinedload(Rejection.found_unit), joinedload(Rejection.origin_unit))
