"""What is done with notices to customers: told, followed up, answered; each with its time and person. Knows no page."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Unit
from qms.models.dispositions_concessions import CustomerNotice
from qms.models.rejections import Rejection
from qms.rules import dispositions_notices as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import step, step_of
from qms.workflows.dispositions_concessions_records import said, sees
from qms.workflows.dispositions_notices_opening import shipped
from qms.workflows.rejections_records import check_version, settle


def one(session: Session, person: Actor, notice_id: int) -> CustomerNotice:
    """Return a notice of a site that the person may see. Raises NotFound."""
    found = session.get(CustomerNotice, notice_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def tell(session: Session, person: Actor, notice_id: int, rev: int, *, told_at: datetime | None, channel: str,
         person_told: str | None, notice: str | None, customer_id: int | None = None,
         shipments: str | None = None) -> CustomerNotice:
    """Record that the customer was told: when (None: now), how, whom, and what was said.

    Raises Refused (R-16), Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    held, rejection, state = _begun(session, person, notice_id, rev, "tell", channel=channel, person_told=person_told,
                                    notice=notice, customer_id=customer_id, shipments=shipments)
    at = now(session)
    rules.check_told(told_at=told_at or at, found_at=rejection.found_at, now=at)
    if channel not in rules.CHANNELS:
        raise Invalid(f"There is no channel {channel}.", f"没有通知方式 {channel}。", field="channel")
    held.customer_id = _customer(session, held, customer_id)
    rules.check_customer(held.customer_id)
    held.state, held.channel = state, channel
    held.told_at, held.told_by_id = told_at or at, person.id
    held.person_told, held.notice = said(person_told, "person_told"), said(notice, "notice")
    held.shipments = (shipments or "").strip() or held.shipments
    session.flush()
    return held


def follow_up(session: Session, person: Actor, notice_id: int, rev: int, *, follow_up: str | None) -> CustomerNotice:
    """Record the detail that was sent afterwards; a case that waited only for it is closed.

    Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    held, rejection, state = _begun(session, person, notice_id, rev, "follow_up", follow_up=follow_up)
    held.state, held.follow_up = state, said(follow_up, "follow_up")
    held.followed_up_at, held.followed_up_by_id = now(session), person.id
    if rejection.closed_at is None and rejection.state != "void":
        settle(session, rejection)
    session.flush()
    return held


def close(session: Session, person: Actor, notice_id: int, rev: int, *, answer: str | None) -> CustomerNotice:
    """Record what the customer answered, and close. Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound."""
    held, _, state = _begun(session, person, notice_id, rev, "close", answer=answer)
    held.state, held.answer = state, said(answer, "answer")
    held.closed_at, held.closed_by_id = now(session), person.id
    session.flush()
    return held


def void(session: Session, person: Actor, notice_id: int, rev: int, *, reason: str | None) -> CustomerNotice:
    """Void a notice once containment says that nothing was shipped after all, or its rejection is void.

    Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    held, rejection, state = _begun(session, person, notice_id, rev, "void", void_reason=reason)
    rules.check_void(shipped(session, rejection))
    held.state, held.void_reason = state, said(reason, "reason")
    if rejection.closed_at is None and rejection.state != "void":
        settle(session, rejection)
    session.flush()
    return held


def _begun(session: Session, person: Actor, notice_id: int, rev: int, name: str,
           **given: Any) -> tuple[CustomerNotice, Rejection, str]:
    """Return a locked notice, its locked rejection, and the state to which a step leads. The case is locked first."""
    rejection = session.get(Rejection, one(session, person, notice_id).rejection_id, with_for_update=True)
    held = session.get_one(CustomerNotice, notice_id, with_for_update=True)
    wanted = step_of(rules.STEPS, name)
    person.need(wanted.permission, site_id=held.site_id)
    check_version(held, rev, given | {"state": wanted.to or held.state})
    if rejection is None:
        raise NotFound
    return held, rejection, step(rules.STEPS, held.state, name)


def _customer(session: Session, held: CustomerNotice, customer_id: int | None) -> int | None:
    """Return the customer who was told: the one given, else the one that is known. Raises Invalid."""
    if customer_id is None:
        return held.customer_id
    unit = session.get(Unit, customer_id)
    if unit is None or unit.site_id != held.site_id or unit.kind != "customer":
        raise Invalid("This is no outside customer of the site.", "这不是该工厂的外部顾客。", field="customer_id")
    return customer_id
