"""Fills the input on commitments: how they were kept, what was breached, which requests are open. Only reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.measures.intervals import Rate, rate
from qms.models.service_commitments import Commitment
from qms.models.service_requests import ServiceRequest
from qms.rules import review_commitments as words
from qms.rules.measures import Period
from qms.rules.review_snapshots import Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.service_commitments import PUBLIC
from qms.rules.service_requests import RUNNING, STATES
from qms.rules.words import Words
from qms.workflows.review_counts import named
from qms.workflows.review_customers_counts import many
from qms.workflows.review_estimates import MOST_ROWS, interval_cells, of_rate, snapshot_of
from qms.workflows.review_scope import Scope
from qms.workflows.service_commitments_records import holds_on
from qms.workflows.service_requests_register import is_late, missed

REQUESTS = "/service/requests/"


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests under a commitment, and how many of them were kept and breached."""

    requests: int = 0
    kept: int = 0
    breached: int = 0

    @property
    def rate(self) -> Rate:
        """Return the share kept of those judged or overdue."""
        return rate(self.kept, self.kept + self.breached)

    def __add__(self, other: "Asked") -> "Asked":
        return Asked(self.requests + other.requests, self.kept + other.kept, self.breached + other.breached)


NONE_ASKED = Asked()


def commitments(session: Session, scope: Scope) -> Snapshot:
    """Return how each commitment and all of them were kept, the newest breaches, and what is open."""
    at = now(session)
    asked, before = (_asked(session, scope, period, at) for period in (scope.period, scope.before))
    held = _held(session, scope, list(asked))
    listed = sorted(held, key=lambda one: (-asked.get(one.number, NONE_ASKED).requests, one.number))[:MOST_ROWS]
    whole = len(listed) == len(held)
    table = words.COMMITMENTS.table(scope.where, words.COLUMNS, (
        _row(one, asked.get(one.number, NONE_ASKED), before.get(one.number, NONE_ASKED)) for one in listed))
    return snapshot_of(_figures(session, scope, asked, before, at, whole=whole),
                       (table, _breaches(session, scope, at)))


def _asked(session: Session, scope: Scope, period: Period, at: datetime) -> dict[str, Asked]:
    """Count requests by the number of their commitment, all revisions together."""
    rows = session.execute(
        select(Commitment.number, func.count(), many(ServiceRequest.kept.is_(True)), many(missed(at)))
        .join(Commitment, Commitment.id == ServiceRequest.commitment_id)
        .where(_within(scope, period)).group_by(Commitment.number))
    return {number: Asked(*(int(count) for count in counts)) for number, *counts in rows}


def _within(scope: Scope, period: Period) -> ColumnElement[bool]:
    start, end = period.bounds
    return and_(ServiceRequest.site_id.in_(scope.site_ids), ServiceRequest.asked_at >= start,
                ServiceRequest.asked_at < end)


def _held(session: Session, scope: Scope, numbers: Sequence[str]) -> list[Commitment]:
    """Return the newest public revision of the commitments asked under, or in force on the last day."""
    found = session.scalars(
        select(Commitment).where(Commitment.site_id.in_(scope.site_ids),
                                 or_(Commitment.number.in_(numbers), holds_on(scope.period.last)))
        .options(joinedload(Commitment.provider), joinedload(Commitment.customer))
        .order_by(Commitment.number, Commitment.state.in_(PUBLIC), Commitment.revision))
    return list({one.number: one for one in found}.values())


def _row(one: Commitment, asked: Asked, before: Asked) -> Row:
    told = asked.rate
    state = None
    if told.value is not None:
        state = words.REACHED if told.value * 100 >= one.target_percent else words.NOT_REACHED
    return Row((
        one.number, Words(one.service_en, one.service_zh), named(one.provider),
        named(one.customer) if one.customer else words.ANY_UNIT, one.target_percent / 100, asked.requests, told.n,
        asked.kept, *interval_cells(of_rate(told)), before.rate.value, before.rate.n, state),
        f"/service/commitments/{one.id}")


def _figures(session: Session, scope: Scope, asked: Mapping[str, Asked], before: Mapping[str, Asked], at: datetime, *,
             whole: bool) -> list[Figure]:
    totals = [sum(found.values(), NONE_ASKED) for found in (asked, before)]
    runs, late = (session.scalar(select(func.count()).select_from(ServiceRequest).where(
        ServiceRequest.site_id.in_(scope.site_ids), condition)) or 0
        for condition in (ServiceRequest.state.in_(RUNNING), is_late(at)))
    in_force = [session.scalar(select(func.count(Commitment.number.distinct())).where(
        Commitment.site_id.in_(scope.site_ids), holds_on(period.last))) or 0
        for period in (scope.period, scope.before)]
    return [
        words.KEPT.both(scope.where, [of_rate(one.rate) for one in totals], scope.path(REQUESTS),
                        Formula("share", "commitments", "kept", "judged") if whole else None),
        words.BREACHED.both(scope.where, [Estimate(one.breached if one.rate.n else None, one.rate.n)
                                          for one in totals], scope.path(REQUESTS, state="late")),
        words.IN_FORCE.both(scope.where, [Estimate(count or None, count) for count in in_force],
                            scope.path("/service/commitments/", first=None, last=None)),
        words.OPEN.figure(scope.where, Estimate(runs), None, scope.path(REQUESTS, first=None, last=None, state="open")),
        words.OVERDUE.figure(scope.where, Estimate(late if runs else None, runs), None,
                             scope.path(REQUESTS, first=None, last=None, state="late"))]


def _breaches(session: Session, scope: Scope, at: datetime) -> Table:
    found = session.scalars(
        select(ServiceRequest).where(_within(scope, scope.period), ServiceRequest.commitment_id.is_not(None),
                                     missed(at))
        .options(joinedload(ServiceRequest.commitment), joinedload(ServiceRequest.provider),
                 joinedload(ServiceRequest.asker))
        .order_by(ServiceRequest.asked_at.desc(), ServiceRequest.id.desc()).limit(MOST_ROWS))
    zone = ZoneInfo(scope.period.zone)

    def day(moment: datetime | None) -> date | None:
        return moment.astimezone(zone).date() if moment else None

    return words.BREACHES.table(scope.where, words.BREACH_COLUMNS, (
        Row((one.number, Words(one.commitment.service_en, one.commitment.service_zh) if one.commitment else None,
             named(one.provider), named(one.asker), day(one.asked_at), day(one.due_at), day(one.done_at),
             STATES[one.state]), f"{REQUESTS}{one.id}") for one in found))


FILLED = {"commitments": commitments}
