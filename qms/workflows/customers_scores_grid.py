"""How customers' scorecards stand month by month, and which special status is in force. Changes nothing."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.customers import Customer, CustomerTarget
from qms.models.customers_scores import ScoreReading, SpecialStatus
from qms.rules import customers_scores as rules
from qms.rules.accounts import Actor
from qms.rules.customers_metrics import METRICS
from qms.workflows.acceptance_records import today
from qms.workflows.customers_records import VIEW
from qms.workflows.customers_register import registered

MOST_STATUSES = 200


class Line(NamedTuple):
    """A customer and its months, with the special status that is in force."""

    customer: Customer
    months: list[rules.Month]
    statuses: list[SpecialStatus]


class Card(NamedTuple):
    """One metric of a customer over the months: the readings of each; more than one where plants are read apart."""

    metric: str
    months: list[list[ScoreReading]]
    missing: list[bool]


def grid(session: Session, person: Actor, last: date) -> tuple[list[date], list[Line]]:
    """Return the months up to one, and every customer in use with how each of them stands. Raises NotAllowed."""
    person.need(VIEW)
    shown, customers = rules.months(last), registered(session, person)
    months = months_of(session, [(customer.unit_id, customer.site_id) for customer in customers], shown)
    running: dict[int, list[SpecialStatus]] = {}
    for one in in_force(session, person):
        running.setdefault(one.customer_id, []).append(one)
    return shown, [Line(customer, months[customer.unit_id], running.get(customer.unit_id, []))
                   for customer in customers]


def months_of(session: Session, customers: Sequence[tuple[int, int]],
              shown: Sequence[date]) -> dict[int, list[rules.Month]]:
    """Map customers, given with their sites, to how each of the months stands."""
    ids = [customer_id for customer_id, _site_id in customers]
    readings: dict[int, list[ScoreReading]] = {customer_id: [] for customer_id in ids}
    for reading in _readings(session, ids, shown):
        readings[reading.customer_id].append(reading)
    targets: dict[int, list[CustomerTarget]] = {customer_id: [] for customer_id in ids}
    for target in _targets(session, ids):
        targets[target.customer_id].append(target)
    days = {site_id: today(session, site_id) for site_id in {site_id for _customer_id, site_id in customers}}
    return {customer_id: _months(customer_id, shown, readings[customer_id], targets[customer_id], days[site_id])
            for customer_id, site_id in customers}


def card(session: Session, customer: Customer, last: date) -> tuple[list[date], list[Card]]:
    """Return the months up to one, and each metric that has a target or a reading with its values."""
    shown, on = rules.months(last), today(session, customer.site_id)
    readings = _readings(session, [customer.unit_id], shown)
    targets = _targets(session, [customer.unit_id])
    used = {r.metric for r in readings} | {t.metric for t in targets}
    cards = []
    for metric in (code for code in METRICS if (code in used and code != "response_hours") or code in {
            r.metric for r in readings}):
        of = [[r for r in readings if r.metric == metric and r.month == first] for first in shown]
        due = [first for first in shown if metric in _expected(targets, customer.unit_id, first)
               and rules.end_of(first) < on]
        cards.append(Card(metric, of, [not held and first in due for held, first in zip(of, shown, strict=True)]))
    return shown, cards


def statuses_of(session: Session, customer_id: int) -> Sequence[SpecialStatus]:
    """Return every special status of a customer, newest first."""
    return session.scalars(select(SpecialStatus).where(SpecialStatus.customer_id == customer_id)
                           .options(joinedload(SpecialStatus.plant), joinedload(SpecialStatus.entered_by))
                           .order_by(SpecialStatus.from_on.desc(), SpecialStatus.id.desc()).limit(MOST_STATUSES)).all()


def in_force(session: Session, person: Actor) -> Sequence[SpecialStatus]:
    """Return the special status in force, or of which the certification body was never told, oldest first."""
    sites = person.sites(VIEW)
    return session.scalars(
        select(SpecialStatus).where(or_(SpecialStatus.to_on.is_(None), SpecialStatus.body_told_on.is_(None)),
                                    *([] if sites is None else [SpecialStatus.site_id.in_(sorted(sites))]))
        .options(joinedload(SpecialStatus.customer)).order_by(SpecialStatus.from_on, SpecialStatus.id)
        .limit(MOST_STATUSES)).all()


def _readings(session: Session, ids: Sequence[int], shown: Sequence[date]) -> Sequence[ScoreReading]:
    return session.scalars(
        select(ScoreReading).where(ScoreReading.customer_id.in_(ids), ScoreReading.month >= shown[0],
                                   ScoreReading.month <= shown[-1])
        .options(joinedload(ScoreReading.plant)).order_by(ScoreReading.month, ScoreReading.id)).all()


def _targets(session: Session, ids: Sequence[int]) -> Sequence[CustomerTarget]:
    return session.scalars(select(CustomerTarget).where(CustomerTarget.customer_id.in_(ids), CustomerTarget.active)
                           .order_by(CustomerTarget.valid_from)).all()


def _expected(targets: Sequence[CustomerTarget], customer_id: int, first: date) -> list[str]:
    """Return the metrics for which a customer had a target at the end of a month."""
    return sorted({t.metric for t in targets if t.customer_id == customer_id and t.metric != "response_hours"
                   and t.valid_from <= rules.end_of(first)})


def _months(customer_id: int, shown: Sequence[date], readings: Sequence[ScoreReading],
            targets: Sequence[CustomerTarget], on: date) -> list[rules.Month]:
    own = [t.valid_from for t in targets if t.customer_id == customer_id and t.metric != "response_hours"]
    return [rules.month_of(
        first, [(r.metric, r.colour) for r in readings if r.customer_id == customer_id and r.month == first],
        _expected(targets, customer_id, first), begun=min(own, default=None), today=on) for first in shown]
