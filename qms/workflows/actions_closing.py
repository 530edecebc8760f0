"""How disciplines are passed in order, and a case is closed or voided. Knows no page."""

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.actions import Action
from qms.rules import actions as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotAllowed
from qms.rules.rejections import check_reason
from qms.rules.steps import step
from qms.rules.trail_signatures import Signing
from qms.workflows.actions_gates import GATES, PASSED
from qms.workflows.actions_records import begun, done, step_rows
from qms.workflows.trail_signatures import sign


def pass_gate(session: Session, person: Actor, action_id: int, rev: int, discipline: str,
              signing: Signing | None = None) -> Action:
    """Finish the next discipline of the route, once its gates let it pass; D8 closes the case, by signature.

    After D6 effectiveness is watched on every route that looked for causes.
    Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    if discipline == "D8":
        return close(session, person, action_id, rev, signing=signing)
    action, state, grant_id = begun(session, person, action_id, "pass_gate", rev=rev)
    _pass(session, person, action, discipline, grant_id)
    if discipline == "D6" and rules.is_proven(action.route):
        state = step(rules.STEPS, state, "watch")
    action.state = state
    for follow in PASSED.get(discipline, ()):
        follow(session, person, action)
    session.flush()
    return action


def close(session: Session, person: Actor, action_id: int, rev: int, *, signing: Signing | None) -> Action:
    """Close a case by signature as its sponsor (D8): every discipline done, effective where causes were looked for.

    Without a sponsor whoever closes it becomes that.
    Raises Refused (R-30, R-45), Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    action, state, grant_id = begun(session, person, action_id, "close", rev=rev, state="closed")
    if action.sponsor_id not in {None, person.id} and not person.everything:
        raise NotAllowed("actions.approve", "Only the sponsor closes the case.", "只有发起人可以关闭。")
    rules.check_close(action.route, action.state)
    _pass(session, person, action, "D8", grant_id)
    action.state, action.closed_at = state, now(session)
    if action.sponsor_id is None:
        action.sponsor_id = person.id
    for follow in PASSED.get("D8", ()):
        follow(session, person, action)
    sign(session, person, action, "closure", signing, grant_id=grant_id, number=action.number)
    return action


def void(session: Session, person: Actor, action_id: int, rev: int, *, reason: str | None) -> Action:
    """Declare a case void: it keeps its number (R-43), and its sources are free for another.

    Raises Refused (R-43), Stale, IllegalStep, NotAllowed, NotFound.
    """
    reason = check_reason(reason)
    action, state, _grant = begun(session, person, action_id, "void", rev=rev, state="void", void_reason=reason)
    action.state, action.void_reason = state, reason
    session.flush()
    return action


def _pass(session: Session, person: Actor, action: Action, discipline: str, grant_id: int | None) -> None:
    rules.check_order(action.route, done(session, action), discipline)
    for gate in GATES[discipline]:
        gate(session, action)
    row = step_rows(session, action)[discipline]
    row.done_at, row.done_by_id, row.grant_id = now(session), person.id, grant_id
