"""What the asking unit does: asks, confirms and rates, reopens, withdraws (R-32). Knows no page."""

from datetime import datetime

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site
from qms.models.service_commitments import Commitment
from qms.models.service_requests import ServiceReopening, ServiceRequest
from qms.rules import service_commitments as promises
from qms.rules import service_requests as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.workflows.chain_calendar import hours_of
from qms.workflows.chain_records import optional, required
from qms.workflows.numbers import REQUEST, next_number
from qms.workflows.service_commitments_records import need, today, unit_of
from qms.workflows.service_commitments_records import one as one_commitment
from qms.workflows.service_requests_records import ASK, Begun, begun, judge, pauses_of, served_by, words_of


def ask(session: Session, person: Actor, *, commitment_id: int, asker_id: int, title: str,
        detail: str | None = None) -> ServiceRequest:
    """Ask a unit for a service through the revision of its commitment that is in force (R-50).

    Raises Invalid, NotFound, NotAllowed.
    """
    commitment = one_commitment(session, person, commitment_id)
    asker = unit_of(session, person, asker_id, "asker_id", commitment.site_id)
    need(person, ASK, asker)
    _check_open(session, commitment, asker.id)
    at, site = now(session), session.get_one(Site, commitment.site_id)
    number = next_number(session, REQUEST, site)
    made = ServiceRequest(
        site_id=site.id, year=number.year, serial=number.serial, number=number.text, state=rules.STEPS.first,
        commitment_id=commitment.id, asker_id=asker.id, provider_id=commitment.provider_id,
        first_provider_id=commitment.provider_id, title=required(title, "title"), detail=optional(detail),
        asked_at=at, asked_by_id=person.id, due_at=_due_at(session, commitment, at))
    made.search_text = words_of(session, made)
    session.add(made)
    session.flush()
    return made


def confirm(session: Session, person: Actor, request_id: int, rev: int, *, rating: int, words: str | None = None,
            met: bool | None = None) -> ServiceRequest:
    """Confirm that a request is done, and rate it: the asking unit only (R-32). `met`: a promised quality was kept.

    Raises Refused, Stale, Invalid, IllegalStep, NotFound, NotAllowed.
    """
    held, state, commitment = begun(session, person, request_id, rev, "confirm", rating=rating, rating_words=words)
    for each in person.selves:
        rules.check_asking_side(each, served_by(session, held))
    quality = commitment is not None and commitment.kind == "quality"
    rules.check_rating(rating, words or "", quality=quality, met=met)
    if quality:
        held.kept, held.judged = met, "asker"
    held.rating, held.rating_words = rating, optional(words)
    held.state, held.confirmed_at, held.confirmed_by_id = state, now(session), person.id
    held.closed_at = held.confirmed_at
    session.flush()
    return held


def reopen(session: Session, person: Actor, request_id: int, rev: int, *, reason: str) -> ServiceRequest:
    """Take back what was said to be done, with a reason: the clock has never stopped (R-32).

    Raises Refused, Stale, Invalid, IllegalStep, NotFound, NotAllowed.
    """
    held, state, commitment = begun(session, person, request_id, rev, "reopen")
    for each in person.selves:
        rules.check_asking_side(each, served_by(session, held))
    session.add(ServiceReopening(
        request_id=held.id, at=now(session), by_id=person.id, reason=required(reason, "reason"), done_at=held.done_at,
        done_by_id=held.done_by_id, answer=held.answer))
    if commitment is not None and commitment.within_minutes is not None:
        held.due_at = rules.due_at(hours_of(session, held.site_id), held.asked_at, commitment.within_minutes,
                                   pauses_of(session, held.id))
    held.state, held.reopened = state, held.reopened + 1
    held.done_at = held.done_by_id = held.answer = held.closed_at = None
    held.kept = held.judged = held.spent_minutes = None
    session.flush()
    return held


def withdraw(session: Session, person: Actor, request_id: int, rev: int, *, reason: str) -> ServiceRequest:
    """Take a request back; when it was late by then, its promise counts as missed. Raises Stale, Invalid..."""
    work = begun(session, person, request_id, rev, "withdraw")
    end_early(session, work, required(reason, "reason"))
    return work.request


def end_early(session: Session, work: Begun, reason: str) -> None:
    """Close a request that is not served; a promise that had run out by then is not forgotten."""
    held, at = work.request, now(session)
    if held.due_at is not None and held.due_at < at:
        judge(session, work, at)
    held.state, held.reason, held.closed_at = work.state, reason, at
    session.flush()


def _check_open(session: Session, commitment: Commitment, asker_id: int) -> None:
    """Raise Invalid unless this revision is in force today for whoever asks."""
    on = today(session, commitment.site_id)
    first, last = commitment.published_from, commitment.valid_to
    if commitment.state not in promises.PUBLIC or first is None or not first <= on <= (last or on):
        raise Invalid("This commitment is not in force today.", "该承诺今日未生效。", field="commitment_id")
    if commitment.customer_id not in {None, asker_id}:
        raise Invalid("This commitment is made to another unit.", "该承诺不面向此单元。", field="commitment_id")
    if commitment.provider_id == asker_id:
        raise Invalid("A unit asks another unit.", "只能向其他单元提出请求。", field="asker_id")


def _due_at(session: Session, commitment: Commitment, at: datetime) -> datetime | None:
    if commitment.within_minutes is None:
        return None
    try:
        return rules.due_at(hours_of(session, commitment.site_id), at, commitment.within_minutes, ())
    except ValueError:
        raise Invalid("The plant does not work that many hours within a year.", "工厂一年内没有这么多工作小时。",
                      field="commitment_id") from None
