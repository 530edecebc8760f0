"""Tells which corrective action deals with an outside complaint, and whether it is proven to work. Only reads."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qms.models.actions import Action, ActionSource
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.rules import actions, actions_effectiveness
from qms.rules.words import Words

_NO_PLAN = Words("no plan yet", "尚无验证计划")


class Done(NamedTuple):
    """A corrective action: its number, its state, and how far its effectiveness is proven."""

    number: str
    state: Words
    effect: Words


def done_about(session: Session, complaints: Sequence[tuple[int, int | None]]) -> dict[int, Done]:
    """Map complaints, each with its rejection inside, to the action on the one or else on the other."""
    rejections = {inside for _id, inside in complaints if inside is not None}
    rows = session.execute(
        select(ActionSource.kind, ActionSource.record_id, Action)
        .join(Action, Action.id == ActionSource.action_id)
        .where(ActionSource.active, Action.state != "void", or_(
            and_(ActionSource.kind == "customer_complaints", ActionSource.record_id.in_([c for c, _r in complaints])),
            and_(ActionSource.kind == "rejections", ActionSource.record_id.in_(rejections))))
        .order_by(Action.id.desc()))
    held: dict[tuple[str, int | None], Action] = {(kind, record_id): action for kind, record_id, action in rows}
    found = {complaint: held.get(("customer_complaints", complaint)) or held.get(("rejections", inside))
             for complaint, inside in complaints}
    effects = _effects(session, [action.id for action in found.values() if action])
    return {complaint: Done(action.number, actions.STATES[action.state], effects.get(action.id, _NO_PLAN))
            for complaint, action in found.items() if action}


def _effects(session: Session, action_ids: Sequence[int]) -> dict[int, Words]:
    """Map each action to the state of its newest plan that stands."""
    rows = session.execute(
        select(EffectivenessPlan.action_id, EffectivenessPlan.state)
        .where(EffectivenessPlan.action_id.in_(action_ids), EffectivenessPlan.state != "withdrawn")
        .order_by(EffectivenessPlan.id))
    return {action_id: actions_effectiveness.STATES[state] for action_id, state in rows}
