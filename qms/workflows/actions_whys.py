"""How a cause is asked why again and again: the chain of its whys, in order. Knows no page and no form.

A change of the chain takes the cause's verification back, since it was verified by another chain.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.actions_causes import Cause, Why
from qms.rules import actions_causes as rules
from qms.rules.accounts import Actor
from qms.rules.actions_persons import names_person_only
from qms.rules.errors import NotFound
from qms.workflows.actions_causes import begun, one, settle, unverify
from qms.workflows.actions_parts import said
from qms.workflows.actions_parts import text as plain_text


def ask(session: Session, person: Actor, cause_id: int, rev: int, *, text: str | None, evidence: str | None = None,
        after: int | None = None) -> Why:
    """Add a why to a cause, at the end or after another. `rev` is the cause's.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    cause = begun(session, person, cause_id, rev, text=text)
    made = Why(cause_id=cause.id, position=len(cause.whys) + 1, text=said(text, "text"), evidence=plain_text(evidence))
    session.add(made)
    session.flush()
    _put(session, cause, rules.inserted([why.id for why in cause.whys], made.id, after))
    return made


def answer(session: Session, person: Actor, why_id: int, rev: int, *, text: str | None,
           evidence: str | None = None) -> Why:
    """Word a why or its evidence anew. `rev` is the cause's. Raises Stale, Invalid, IllegalStep, NotAllowed, ..."""
    why, cause = _begun(session, person, why_id, rev)
    why.text, why.evidence = said(text, "text"), plain_text(evidence)
    session.flush()
    _put(session, cause, [one_of.id for one_of in cause.whys])
    return why


def move(session: Session, person: Actor, why_id: int, rev: int, *, up: bool) -> Why:
    """Move a why one place up or down. `rev` is the cause's. Raises Stale, IllegalStep, NotAllowed, NotFound."""
    why, cause = _begun(session, person, why_id, rev)
    _put(session, cause, rules.moved([one_of.id for one_of in cause.whys], why.id, up=up))
    return why


def take_out(session: Session, person: Actor, why_id: int, rev: int) -> Cause:
    """Take a why out again; the others close up. `rev` is the cause's.

    Raises Stale, IllegalStep, NotAllowed, NotFound.
    """
    why, cause = _begun(session, person, why_id, rev)
    left = [one_of.id for one_of in cause.whys if one_of.id != why.id]
    why.position = 0
    session.flush()
    _put(session, cause, left)
    return cause


def why(session: Session, person: Actor, why_id: int) -> Why:
    """Return a why that stands. Raises NotFound."""
    found = session.get(Why, why_id)
    if found is None or found.position == 0:
        raise NotFound
    one(session, person, found.cause_id)
    return found


def _begun(session: Session, person: Actor, why_id: int, rev: int) -> tuple[Why, Cause]:
    cause_id = session.scalar(select(Why.cause_id).where(Why.id == why_id))
    if cause_id is None:
        raise NotFound
    cause = begun(session, person, cause_id, rev)
    return why(session, person, why_id), cause


def _put(session: Session, cause: Cause, order: list[int]) -> None:
    """Bring the whys into an order, and with them what depends on the chain: its version, its verification."""
    for position, why_id in enumerate(order, start=1):
        session.get_one(Why, why_id).position = position
    unverify(cause)
    cause.edits += 1
    session.flush()
    session.refresh(cause, ["whys"])
    cause.person_only = bool(cause.whys) and names_person_only(cause.whys[-1].text)
    settle(session, cause)

