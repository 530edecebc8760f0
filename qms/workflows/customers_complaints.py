"""How a complaint of an outside customer is received, contained, analysed, answered and closed. Knows no page."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site
from qms.models.customers_complaints import CustomerComplaint
from qms.rules import customers_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.rules.rejections import SEVERITIES
from qms.workflows.acceptance_records import today
from qms.workflows.actions_sources import dealt_with
from qms.workflows.chain_records import change, optional, required
from qms.workflows.customers_complaints_records import KIND, begun, check_parts
from qms.workflows.customers_complaints_tracing import is_traced, trace_by_rejection
from qms.workflows.customers_parts import target_on
from qms.workflows.customers_records import need, one
from qms.workflows.numbers import COMPLAINT, next_number

TEXTS = ("customer_ref", "item_text", "lots_text")


def receive(session: Session, person: Actor, customer_id: int, *, received_at: datetime, source: str = "desk",
            **fields: Any) -> CustomerComplaint:
    """Record a complaint; its clocks run from when it was received. Raises Invalid, NotFound, NotAllowed."""
    customer = one(session, person, customer_id)
    need(session, person, "customers.complain", customer_id)
    at = now(session)
    rules.check_received(received_at, at)
    given = _checked(session, customer.site_id, customer_id, fields)
    number = next_number(session, COMPLAINT, session.get_one(Site, customer.site_id))
    made = CustomerComplaint(
        site_id=customer.site_id, year=number.year, serial=number.serial, number=number.text, customer_id=customer_id,
        state=rules.STEPS.first, received_at=received_at, recorded_at=at, recorded_by_id=person.id, source=source,
        no_fault_found=False, times_reopened=0,
        **({"responsibility": "open"} | given | _clocks(session, customer_id, received_at, given["severity"])))
    session.add(made)
    session.flush()
    if made.rejection_id is not None:
        trace_by_rejection(session, made)
    return made


def edit(session: Session, person: Actor, complaint_id: int, rev: int, **fields: Any) -> CustomerComplaint:
    """Correct what was recorded of a complaint; clocks not kept yet follow its severity. Raises Stale, Invalid..."""
    held, _state = begun(session, person, complaint_id, rev, "edit", **fields)
    given = _checked(session, held.site_id, held.customer_id, fields)
    due = _clocks(session, held.customer_id, held.received_at, given["severity"])
    given |= {key: at for key, at in due.items() if getattr(held, key.replace("due", "sent")) is None}
    with session.no_autoflush:
        change(held, given)
    session.flush()
    return held


def contain(session: Session, person: Actor, complaint_id: int, rev: int, *, containment: str | None,
            sent_at: datetime | None = None) -> CustomerComplaint:
    """Record what was contained where, and when the customer was told (D3). Raises Stale, Invalid, IllegalStep..."""
    held, state = begun(session, person, complaint_id, rev, "contain", containment=containment)
    _sent(session, held, "d3", sent_at)
    held.state, held.containment = state, required(containment, "containment")
    session.flush()
    return held


def analyse(session: Session, person: Actor, complaint_id: int, rev: int, *, analysis: str | None,
            quantity_confirmed: int | None = None, responsibility: str = "open", share_percent: int | None = None,
            no_fault_found: bool = False, criteria_ref: str | None = None,
            sent_at: datetime | None = None) -> CustomerComplaint:
    """Record what the analysis found and whose fault it was (D5).

    Raises Refused (R-31), Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    held, state = begun(session, person, complaint_id, rev, "analyse", analysis=analysis)
    criteria = optional(criteria_ref)
    rules.check_nff(no_fault_found=no_fault_found, criteria_ref=criteria)
    rules.check_responsibility(responsibility, share_percent)
    rules.check_quantities(held.quantity_claimed, quantity_confirmed)
    _sent(session, held, "d5", sent_at)
    held.state, held.analysis = state, required(analysis, "analysis")
    held.quantity_confirmed, held.no_fault_found, held.criteria_ref = quantity_confirmed, no_fault_found, criteria
    held.responsibility, held.share_percent = responsibility, share_percent
    session.flush()
    return held


def answer(session: Session, person: Actor, complaint_id: int, rev: int, *, reply: str | None,
           told_inside: str | None = None, sent_at: datetime | None = None) -> CustomerComplaint:
    """Record the final answer to the customer (D8), and who inside got it. Raises Stale, Invalid, IllegalStep..."""
    held, state = begun(session, person, complaint_id, rev, "answer", reply=reply)
    if held.responsibility == "open":
        raise Invalid("Say first, with the analysis, whether responsibility is accepted.",
                      "请先在分析中说明是否接受责任。", field="reply")
    _sent(session, held, "d8", sent_at)
    held.state, held.reply, held.told_inside = state, required(reply, "reply"), required(told_inside, "told_inside")
    session.flush()
    return held


def accept(session: Session, person: Actor, complaint_id: int, rev: int, *, accepted_by: str | None,
           ) -> CustomerComplaint:
    """Record that the customer accepts the answer, and who there said so. Raises Stale, Invalid, IllegalStep..."""
    held, state = begun(session, person, complaint_id, rev, "accept", accepted_by=accepted_by)
    held.state, held.accepted_at, held.accepted_by = state, now(session), required(accepted_by, "accepted_by")
    session.flush()
    return held


def close(session: Session, person: Actor, complaint_id: int, rev: int) -> CustomerComplaint:
    """Close what the customer has accepted. Raises Refused (R-30), Stale, IllegalStep, NotAllowed, NotFound."""
    held, state = begun(session, person, complaint_id, rev, "close")
    return _closed(session, person, held, state)


def lapse(session: Session, person: Actor, complaint_id: int, rev: int, *, reason: str | None) -> CustomerComplaint:
    """Close without the customer's word, which is not the same as satisfied. Raises Refused (R-30), Stale..."""
    held, state = begun(session, person, complaint_id, rev, "lapse", silence_reason=reason)
    held.silence_reason = required(reason, "reason")
    return _closed(session, person, held, state)


def refuse(session: Session, person: Actor, complaint_id: int, rev: int, *, reason: str | None) -> CustomerComplaint:
    """Record that the customer does not accept the answer: it is open again. Raises Stale, Invalid, IllegalStep..."""
    return _opened_again(session, person, complaint_id, rev, "refuse", reason)


def reopen(session: Session, person: Actor, complaint_id: int, rev: int, *, reason: str | None) -> CustomerComplaint:
    """Open a complaint again that was accepted or closed. Raises Stale, Invalid, IllegalStep, NotAllowed..."""
    return _opened_again(session, person, complaint_id, rev, "reopen", reason)


def void(session: Session, person: Actor, complaint_id: int, rev: int, *, reason: str | None) -> CustomerComplaint:
    """Declare void what was no complaint; its number is kept. Raises Stale, Invalid, IllegalStep, NotAllowed..."""
    held, state = begun(session, person, complaint_id, rev, "void", void_reason=reason)
    held.state, held.void_reason = state, required(reason, "reason")
    session.flush()
    return held


def justify(session: Session, person: Actor, complaint_id: int, rev: int, *, reason: str | None) -> CustomerComplaint:
    """Say why no 8D is opened (R-30). Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound."""
    held, _state = begun(session, person, complaint_id, rev, "justify", no_action_reason=reason)
    held.no_action_reason = required(reason, "reason")
    session.flush()
    return held


def receive_return(session: Session, person: Actor, complaint_id: int, rev: int, *, return_received_on: Any,
                   return_quantity: int | None) -> CustomerComplaint:
    """Record that complained parts came back. Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound."""
    held, _state = begun(session, person, complaint_id, rev, "receive_return", return_quantity=return_quantity)
    if return_received_on is None or return_received_on > today(session, held.site_id):
        raise Invalid("Give the day on which they came.", "请填写收到日期。", field="return_received_on")
    if return_quantity is None or return_quantity < 1:
        raise Invalid("Give how many came back.", "请填写退回数量。", field="return_quantity")
    held.return_received_on, held.return_quantity = return_received_on, return_quantity
    session.flush()
    return held


def _closed(session: Session, person: Actor, held: CustomerComplaint, state: str) -> CustomerComplaint:
    rules.check_traced(origin=held.origin_unit_id is not None, path_known=is_traced(held),
                       unknown_reason=held.unknown_reason)
    rules.check_solved(has_action=dealt_with(session, KIND, held.id) is not None,
                       no_action_reason=held.no_action_reason)
    held.state, held.closed_at, held.closed_by_id = state, now(session), person.id
    session.flush()
    return held


def _opened_again(session: Session, person: Actor, complaint_id: int, rev: int, name: str,
                  reason: str | None) -> CustomerComplaint:
    held, state = begun(session, person, complaint_id, rev, name, reopen_reason=reason)
    held.state, held.reopened_at, held.reopen_reason = state, now(session), required(reason, "reason")
    held.times_reopened += 1
    held.accepted_at = held.accepted_by = held.closed_at = held.closed_by_id = held.silence_reason = None
    session.flush()
    return held


def _sent(session: Session, held: CustomerComplaint, report: str, sent_at: datetime | None) -> None:
    """Keep when a report was first sent; a later one after reopening does not mend the clock."""
    at = sent_at or now(session)
    rules.check_sent(at, held.received_at, now(session))
    if getattr(held, f"{report}_sent_at") is None:
        setattr(held, f"{report}_sent_at", at)


def _clocks(session: Session, customer_id: int, received_at: datetime, severity: str) -> dict[str, datetime]:
    agreed = target_on(session, customer_id, "response_hours", received_at.date())
    due = rules.due_times(received_at, severity=severity, first_hours=agreed.value if agreed else None)
    return {f"{report}_due_at": at for report, at in due.items()}


def _checked(session: Session, site_id: int, customer_id: int, fields: dict[str, Any]) -> dict[str, Any]:
    given = fields | {key: optional(fields.get(key)) for key in TEXTS}
    given["description"] = required(given.get("description"), "description")
    for field, words in (("kind", rules.KINDS), ("severity", SEVERITIES)):
        if given.get(field) not in words:
            raise Invalid(f"There is no {field} {given.get(field)}.", f"没有此选项 {given.get(field)}。", field=field)
    if given.get("place") is not None and given["place"] not in rules.PLACES:
        raise Invalid("This is no place of finding.", "没有此发现地点。", field="place")
    rules.check_quantities(given.get("quantity_claimed"), given.get("quantity_confirmed"))
    check_parts(session, site_id, customer_id, given)
    return given
