"""How a case that comes back is opened again at D4, its clocks from now, and who is told. Knows no page."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import acted
from qms.models.accounts import Person
from qms.models.actions import Action, ActionSource, ActionStep
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.rejections import Rejection
from qms.rules import actions as cases
from qms.rules import actions_effectiveness as rules
from qms.rules.accounts import SYSTEM
from qms.rules.actions_clocks import due_times
from qms.rules.steps import step
from qms.workflows.accounts_mail import post
from qms.workflows.actions_records import find_by
from qms.workflows.chain_calendar import hours_of

REOPENED = ("D4", "D5", "D6", "D7", "D8")
"""Disciplines that are done again when a cause proves not to be gone."""


def reopen(session: Session, plan: EffectivenessPlan, rejection: Rejection, at: datetime) -> None:
    """Open a case again at D4, because of a rejection that its measures should have prevented."""
    action = session.get_one(Action, plan.action_id, with_for_update=True)
    if action.state != "open":
        action.state = step(cases.STEPS, action.state, "reopen")
    action.closed_at = None
    _begin_again(session, action, at)
    linked = session.scalar(select(ActionSource.id).where(
        ActionSource.action_id == action.id, ActionSource.kind == "rejections",
        ActionSource.record_id == rejection.id))
    if linked is None:
        session.add(ActionSource(action_id=action.id, kind="rejections", record_id=rejection.id,
                                 number=rejection.number, added_at=at, added_by_id=SYSTEM.id))
        session.flush()
        find_by(session, action)
    acted(session, "R-27")
    acted(session, "R-29")
    told = [session.get_one(Person, i) for i in {action.leader_id, action.sponsor_id} if i is not None]
    post(session, told, *rules.come_back(action.number, action.title, rejection.number), path=f"/actions/{action.id}")


def _begin_again(session: Session, action: Action, at: datetime) -> None:
    """Let the disciplines from D4 on run again, their clocks from now."""
    rows = session.scalars(select(ActionStep).where(ActionStep.action_id == action.id, ActionStep.step.in_(REOPENED),
                                                    ActionStep.due_at.is_not(None))).all()
    due = due_times(hours_of(session, action.site_id), at, [row.step for row in rows])
    for row in rows:
        row.reopened += row.done_at is not None
        row.done_at = row.done_by_id = row.grant_id = row.escalated_at = None
        row.due_at, row.rungs = due[row.step], 0
