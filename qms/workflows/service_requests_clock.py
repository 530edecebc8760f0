"""What the clock does with requests: late ones climb, silence closes without an answer. Knows no page and no person."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.service_requests import ServiceRequest
from qms.rules import service_requests as rules
from qms.rules.chain_calendar import Hours
from qms.rules.service_requests_late import LADDER, ROLES, climbed, told
from qms.rules.steps import step
from qms.workflows.accounts_mail import post
from qms.workflows.chain_calendar import hours_of
from qms.workflows.chain_rosters import roster_of

AT_ONCE = 50
"""Requests that one run of the clock moves on; the next run follows at once where there are more."""


def due(session: Session, at: datetime) -> list[int]:
    """Return the requests that climb a rung at an instant, the longest late first."""
    hours: dict[int, Hours] = {}
    rows = session.execute(
        select(ServiceRequest.id, ServiceRequest.due_at, ServiceRequest.rungs, ServiceRequest.site_id)
        .where(ServiceRequest.state.in_(rules.COUNTING), ServiceRequest.due_at <= at,
               or_(*(and_(ServiceRequest.rungs == n, ServiceRequest.due_at <= at - rung.after)
                     for n, rung in enumerate(LADDER))))
        .order_by(ServiceRequest.due_at, ServiceRequest.id)).all()
    for site_id in {row.site_id for row in rows}:
        hours[site_id] = hours_of(session, site_id)
    return [row.id for row in rows if climbed(hours[row.site_id], row.due_at, at) > row.rungs]


def escalate(session: Session, request_ids: Sequence[int]) -> int:
    """Climb every rung that is due and tell the provider's people; return how many requests moved on."""
    at, moved = now(session), 0
    for held in _free(session, request_ids):
        if held.state not in rules.COUNTING or held.due_at is None:
            continue
        reached = climbed(hours_of(session, held.site_id), held.due_at, at)
        if reached <= held.rungs:
            continue
        roster, heard = roster_of(session, held.provider_id, ROLES), set[int]()
        for rung in range(held.rungs, reached):
            people = [p for p in roster.on_duty(LADDER[rung].roles, at) if p.id not in heard]
            heard |= {p.id for p in people}
            post(session, people, *told(held.number, held.title, rung), path=f"/service/requests/{held.id}")
        held.rungs, held.escalated_at = reached, at
        moved += 1
    session.flush()
    return moved


def silent(session: Session, at: datetime) -> list[int]:
    """Return the requests that were done long ago and that nobody confirmed or reopened."""
    return list(session.scalars(select(ServiceRequest.id).where(
        ServiceRequest.state == rules.TO_CONFIRM, ServiceRequest.done_at <= at - timedelta(days=rules.SILENT_DAYS))
        .order_by(ServiceRequest.id)))


def lapse(session: Session, request_ids: Sequence[int]) -> int:
    """Close without answer what nobody confirmed: it is neither satisfied nor rated (R-32). Return how many."""
    at, closed = now(session), 0
    for held in _free(session, request_ids):
        if held.state != rules.TO_CONFIRM or held.done_at is None or (
                held.done_at > at - timedelta(days=rules.SILENT_DAYS)):
            continue
        held.state, held.closed_at = step(rules.STEPS, held.state, "lapse"), at
        closed += 1
    session.flush()
    if closed:
        acted(session, "R-32")
    return closed


def _free(session: Session, request_ids: Sequence[int]) -> Sequence[ServiceRequest]:
    """Return the first of these that nobody works on at this moment; the others are left to the next run."""
    return session.scalars(
        select(ServiceRequest).where(ServiceRequest.id.in_(request_ids[:AT_ONCE])).order_by(ServiceRequest.id)
        .with_for_update(skip_locked=True).execution_options(populate_existing=True)).all()
