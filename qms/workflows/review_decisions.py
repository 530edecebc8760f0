"""What a management review decides, and what comes of it: action, owner, due day, result. Knows no page."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.accounts import Person
from qms.models.review import Review, ReviewDecision
from qms.rules import review as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.review_inputs import INPUTS
from qms.rules.steps import step, step_of
from qms.workflows.chain_records import change, check_version, optional, required
from qms.workflows.review_missed import frozen_misses
from qms.workflows.review_records import begun, one


def decide(session: Session, person: Actor, review_id: int, **fields: Any) -> ReviewDecision:
    """Write down a decision in the meeting. `missed` names the customer target that it plans against.

    Raises Invalid, IllegalStep, NotFound, NotAllowed.
    """
    held, _state, _grant = begun(session, person, review_id, "decide")
    given = _checked(session, held, fields)
    place = session.scalar(select(func.max(ReviewDecision.place)).where(ReviewDecision.review_id == held.id)) or 0
    made = ReviewDecision(review_id=held.id, site_id=held.site_id, place=place + 1, state=rules.DECISION_STEPS.first,
                          decided_at=now(session), decided_by_id=person.id, **given)
    session.add(made)
    session.flush()
    return made


def amend(session: Session, person: Actor, decision_id: int, rev: int, **fields: Any) -> ReviewDecision:
    """Change a decision while the meeting is on. Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed."""
    decision, _state = _begun(session, person, decision_id, rev, "change", **fields)
    held, _of_review, _grant = begun(session, person, decision.review_id, "decide")
    change(decision, _checked(session, held, fields))
    session.flush()
    return decision


def report(session: Session, person: Actor, decision_id: int, rev: int, *, result: str) -> ReviewDecision:
    """Say that a decision was carried out, and what came of it: its owner, or who prepares reviews.

    Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed.
    """
    decision, state = _begun(session, person, decision_id, rev, "report", result=result)
    if decision.owner_id != person.id:
        person.need(rules.PREPARE, site_id=decision.site_id)
    return _ended(session, person, decision, state, result)


def drop(session: Session, person: Actor, decision_id: int, rev: int, *, reason: str) -> ReviewDecision:
    """Drop a decision for a reason. Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed."""
    decision, state = _begun(session, person, decision_id, rev, "drop", result=reason)
    return _ended(session, person, decision, state, reason)


def reopen(session: Session, person: Actor, decision_id: int, rev: int, *, reason: str) -> ReviewDecision:
    """Open a decision again for a reason. Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed."""
    decision, state = _begun(session, person, decision_id, rev, "reopen")
    session.info["reason"] = required(reason, "reason")
    decision.state, decision.ended_at, decision.ended_by_id = state, None, None
    session.flush()
    return decision


def due_for(session: Session, person: Actor, until: date) -> list[ReviewDecision]:
    """Return the open decisions of signed or settled reviews that a person owns, due up to a day, soonest first."""
    return list(session.scalars(
        select(ReviewDecision).join(Review, Review.id == ReviewDecision.review_id)
        .where(ReviewDecision.owner_id == person.id, ReviewDecision.state == "open", ReviewDecision.due_on <= until,
               Review.state.in_(("actions_set", "signed")), *_visible(person))
        .options(joinedload(ReviewDecision.review)).order_by(ReviewDecision.due_on, ReviewDecision.id)))


def one_decision(session: Session, person: Actor, decision_id: int) -> ReviewDecision:
    """Return a decision of a review that the person may see. Raises NotFound."""
    found = session.get(ReviewDecision, decision_id)
    if found is None:
        raise NotFound
    one(session, person, found.review_id)
    return found


def _visible(person: Actor) -> list[ColumnElement[bool]]:
    sites = person.sites(rules.VIEW)
    return [] if sites is None else [ReviewDecision.site_id.in_(sorted(sites))]


def _begun(session: Session, person: Actor, decision_id: int, rev: int, name: str,
           **given: Any) -> tuple[ReviewDecision, str]:
    found = session.get(ReviewDecision, decision_id, with_for_update=True)
    if found is None:
        raise NotFound
    one(session, person, found.review_id)
    wanted = step_of(rules.DECISION_STEPS, name)
    person.need(wanted.permission, site_id=found.site_id)
    check_version(found, rev, given | {"state": wanted.to or found.state})
    return found, step(rules.DECISION_STEPS, found.state, name)


def _ended(session: Session, person: Actor, decision: ReviewDecision, state: str, result: str) -> ReviewDecision:
    decision.state, decision.result = state, required(result, "result")
    decision.ended_at, decision.ended_by_id = now(session), person.id
    session.flush()
    return decision


def _checked(session: Session, held: Review, fields: dict[str, Any]) -> dict[str, Any]:
    output, missed, code = fields.get("output"), optional(fields.get("missed")), optional(fields.get("input_code"))
    if output not in rules.OUTPUTS:
        raise Invalid("There is no such output.", "没有该输出类型。", field="output")
    if code is not None and code not in INPUTS:
        raise Invalid("There is no such input.", "没有该输入。", field="input_code")
    if (output == "target") != (missed is not None):
        raise Invalid("An action plan names the missed target; nothing else does.",
                      "措施计划须指明未达成的目标; 其他输出不填。", field="missed")
    if missed is not None and missed not in {one.key for one in frozen_misses(held)}:
        raise Invalid("This target was not missed.", "该目标并非未达成。", field="missed")
    owner, due = session.get(Person, fields.get("owner_id") or 0), fields.get("due_on")
    if owner is None or not owner.active:
        raise Invalid("There is no such person.", "没有此人。", field="owner_id")
    if due is None:
        raise Invalid("Give a day.", "请填写日期。", field="due_on")
    return {"output": output, "missed": missed, "input_code": code, "body": required(fields.get("body"), "body"),
            "resource": optional(fields.get("resource")), "owner_id": owner.id, "due_on": due}
