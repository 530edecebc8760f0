"""How a case that comes back is opened again at D4, its clocks from now, and who is told. Knows no page.

What stood before is kept beside the verdict, so that a reopening can be taken back when its cause is void.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import acted
from qms.models.accounts import Person
from qms.models.actions import Action, ActionSource, ActionStep
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict, ReopenedStep, Reopening
from qms.models.rejections import Rejection
from qms.rules import actions as cases
from qms.rules import actions_effectiveness as rules
from qms.rules.accounts import SYSTEM
from qms.rules.actions_clocks import due_times
from qms.rules.steps import step
from qms.rules.words import Words
from qms.workflows.accounts_mail import post
from qms.workflows.actions_records import find_by
from qms.workflows.chain_calendar import hours_of

REOPENED = ("D4", "D5", "D6", "D7", "D8")
"""Disciplines that are done again when a cause proves not to be gone."""
KEPT = ("due_at", "done_at", "done_by_id", "grant_id", "rungs", "escalated_at")
"""What is kept of each of them."""


def reopen(session: Session, plan: EffectivenessPlan, verdict: EffectivenessVerdict, rejection: Rejection,
           at: datetime) -> None:
    """Fail a plan and open its case again at D4, because of a rejection that its measures should have prevented."""
    action = session.get_one(Action, plan.action_id, with_for_update=True)
    kept = Reopening(verdict_id=verdict.id, plan_state=plan.state, action_state=action.state,
                     closed_at=action.closed_at)
    plan.state = step(rules.STEPS, plan.state, "fail")
    if action.state != "open":
        action.state = step(cases.STEPS, action.state, "reopen")
    action.closed_at = None
    kept.added_source_id = _link(session, action, rejection, at)
    session.add(kept)
    session.flush()
    _begin_again(session, action, kept, at)
    acted(session, "R-27")
    acted(session, "R-29")
    tell(session, action, rules.come_back(action.number, action.title, rejection.number))


def tell(session: Session, action: Action, words: tuple[Words, Words]) -> None:
    """Tell those who lead and sponsor a case."""
    told = [session.get_one(Person, i) for i in {action.leader_id, action.sponsor_id} if i is not None]
    post(session, told, *words, path=f"/actions/{action.id}")


def reopened_steps(session: Session, action: Action) -> Sequence[ActionStep]:
    """Return the disciplines of a case that a reopening touches."""
    return session.scalars(select(ActionStep).where(ActionStep.action_id == action.id, ActionStep.step.in_(REOPENED),
                                                    ActionStep.due_at.is_not(None))).all()


def _link(session: Session, action: Action, rejection: Rejection, at: datetime) -> int | None:
    """Link what came back to the case; None where it was linked before."""
    linked = session.scalar(select(ActionSource.id).where(
        ActionSource.action_id == action.id, ActionSource.kind == "rejections",
        ActionSource.record_id == rejection.id))
    if linked is not None:
        return None
    source = ActionSource(action_id=action.id, kind="rejections", record_id=rejection.id, number=rejection.number,
                          added_at=at, added_by_id=SYSTEM.id)
    session.add(source)
    session.flush()
    find_by(session, action)
    return source.id


def _begin_again(session: Session, action: Action, kept: Reopening, at: datetime) -> None:
    """Let the disciplines from D4 on run again, their clocks from now; how they stood is kept."""
    rows = reopened_steps(session, action)
    due = due_times(hours_of(session, action.site_id), at, [row.step for row in rows])
    for row in rows:
        session.add(ReopenedStep(reopening_id=kept.id, step=row.step, **{name: getattr(row, name) for name in KEPT}))
        row.reopened += row.done_at is not None
        row.done_at = row.done_by_id = row.grant_id = row.escalated_at = None
        row.due_at, row.rungs = due[row.step], 0
