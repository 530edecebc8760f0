"""What the providing unit does: takes on, pauses, hands over, finishes, refuses. Knows no page."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.service_requests import ServicePass, ServicePause, ServiceRequest
from qms.rules import service_requests as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.workflows.chain_calendar import hours_of
from qms.workflows.chain_records import optional, required
from qms.workflows.service_commitments_records import unit_of
from qms.workflows.service_requests_asking import end_early
from qms.workflows.service_requests_records import begun, judge, pauses_of, words_of


def take(session: Session, person: Actor, request_id: int, rev: int) -> ServiceRequest:
    """Take a request on. Raises Stale, IllegalStep, NotFound, NotAllowed."""
    held, state, _ = begun(session, person, request_id, rev, "take")
    held.state, held.taken_at, held.taken_by_id = state, now(session), person.id
    session.flush()
    return held


def pause(session: Session, person: Actor, request_id: int, rev: int, *, reason: str,
          note: str | None = None) -> ServiceRequest:
    """Let the clock stand for a listed reason; once it has run out it no longer stands. Raises Stale, Invalid..."""
    held, state, commitment = begun(session, person, request_id, rev, "pause")
    rules.check_pause(reason, pausable=commitment is not None and commitment.pausable)
    at = now(session)
    if held.due_at is None or held.due_at <= at:
        raise Invalid("The time has run out already: the clock is no longer paused.", "时限已到, 不能再暂停计时。")
    session.add(ServicePause(request_id=held.id, pause=reason, note=optional(note), started_at=at,
                             started_by_id=person.id))
    held.state, held.due_at = state, None
    session.flush()
    return held


def resume(session: Session, person: Actor, request_id: int, rev: int) -> ServiceRequest:
    """Let the clock run again; the plant hours that it stood are taken out. Raises Stale, IllegalStep..."""
    held, state, commitment = begun(session, person, request_id, rev, "resume")
    standing = session.scalars(select(ServicePause).where(
        ServicePause.request_id == held.id, ServicePause.ended_at.is_(None)).with_for_update()).one()
    standing.ended_at, standing.ended_by_id = now(session), person.id
    session.flush()
    if commitment is not None and commitment.within_minutes is not None:
        held.due_at = rules.due_at(hours_of(session, held.site_id), held.asked_at, commitment.within_minutes,
                                   pauses_of(session, held.id))
    held.state = state
    session.flush()
    return held


def pass_on(session: Session, person: Actor, request_id: int, rev: int, *, to_id: int, reason: str) -> ServiceRequest:
    """Hand a request over to another provider, visible as such; its clock runs on. Raises Stale, Invalid..."""
    held, state, _ = begun(session, person, request_id, rev, "pass_on")
    target = unit_of(session, person, to_id, "to_id", held.site_id)
    if target.id in {held.provider_id, held.asker_id}:
        raise Invalid("Hand it over to a unit that neither serves nor asks.", "须转交给提出方和现提供方以外的单元。",
                      field="to_id")
    session.add(ServicePass(request_id=held.id, from_id=held.provider_id, to_id=target.id, at=now(session),
                            by_id=person.id, reason=required(reason, "reason")))
    with session.no_autoflush:
        held.state, held.provider_id, held.passed = state, target.id, held.passed + 1
        held.search_text = words_of(session, held)
    session.flush()
    return held


def finish(session: Session, person: Actor, request_id: int, rev: int, *, answer: str) -> ServiceRequest:
    """Say that a request is done and what was done; whoever asked confirms it. Raises Stale, Invalid, IllegalStep..."""
    work = begun(session, person, request_id, rev, "finish", answer=answer)
    held, at, told = work.request, now(session), required(answer, "answer")
    judge(session, work, at)
    held.answer, held.state, held.done_at, held.done_by_id = told, work.state, at, person.id
    session.flush()
    return held


def refuse(session: Session, person: Actor, request_id: int, rev: int, *, reason: str) -> ServiceRequest:
    """Refuse a request with a reason; when it was late by then, its promise counts as missed. Raises Stale..."""
    work = begun(session, person, request_id, rev, "refuse")
    end_early(session, work, required(reason, "reason"))
    return work.request
