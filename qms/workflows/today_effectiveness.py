"""Which corrective actions wait for a person because of proof or delay: to confirm, come back, escalated to them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from qms.models.actions import Action, ActionStep
from qms.models.actions_causes import Task
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.chain import Unit
from qms.rules.accounts import Actor
from qms.rules.actions_escalation import LADDER
from qms.workflows.accounts_scope import in_scope, with_role
from qms.workflows.actions_escalation import TO_DO, WORKED_ON, is_first
from qms.workflows.today_waiting import Waiting, first_of


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases that wait for one person."""

    come_back: Waiting
    overdue_steps: Waiting
    overdue_tasks: Waiting
    to_confirm: Waiting

    @property
    def total(self) -> int:
        """Return how many wait in all, counting as far as each was counted."""
        return sum(kind.total for kind in (self.come_back, self.overdue_steps, self.overdue_tasks, self.to_confirm))


def cases(session: Session, person: Actor) -> Cases:
    """Gather the cases that wait for a person because of proof or delay."""
    return Cases(come_back(session, person), overdue_steps(session, person), overdue_tasks(session, person),
                 to_confirm(session, person))


def to_confirm(session: Session, person: Actor) -> Waiting:
    """Return the plans that the figures have proven and that the person may confirm (R-27), oldest first."""
    origin = aliased(Unit)
    owned = exists().where(Task.action_id == Action.id, Task.dropped_reason.is_(None),
                           or_(Task.owner_id == person.id, Task.done_by_id == person.id))
    query = (select(EffectivenessPlan).join(EffectivenessPlan.action)
             .outerjoin(origin, origin.id == Action.origin_unit_id)
             .where(EffectivenessPlan.state == "proven", Action.state != "void",
                    in_scope(person, "actions.confirm", Action.site_id, origin.path),
                    EffectivenessPlan.drafted_by_id != person.id,
                    or_(Action.leader_id.is_(None), Action.leader_id != person.id), ~owned))
    return first_of(session, query, EffectivenessPlan.id, contains_eager(EffectivenessPlan.action))


def come_back(session: Session, person: Actor) -> Waiting:
    """Return the plans that failed, of open cases that the person leads or sponsors, while there is no new plan."""
    newer = aliased(EffectivenessPlan)
    query = (select(EffectivenessPlan).join(EffectivenessPlan.action)
             .where(EffectivenessPlan.state == "failed", Action.state == "open",
                    or_(Action.leader_id == person.id, Action.sponsor_id == person.id),
                    ~exists().where(newer.action_id == Action.id, newer.id > EffectivenessPlan.id,
                                    newer.state != "withdrawn")))
    return first_of(session, query, EffectivenessPlan.id, contains_eager(EffectivenessPlan.action))


def overdue_steps(session: Session, person: Actor) -> Waiting:
    """Return the overdue disciplines that have climbed to the person; who leads the case has them elsewhere."""
    origin = aliased(Unit)
    query = (select(ActionStep).join(ActionStep.action)
             .outerjoin(origin, origin.id == Action.origin_unit_id)
             .where(ActionStep.done_at.is_(None), ActionStep.rungs > 1, Action.state.in_(WORKED_ON),
                    or_(Action.leader_id.is_(None), Action.leader_id != person.id), is_first(),
                    _reached(person, ActionStep.rungs, origin.path)))
    return first_of(session, query, ActionStep.id, contains_eager(ActionStep.action))


def overdue_tasks(session: Session, person: Actor) -> Waiting:
    """Return the overdue tasks that have climbed to the person; their owners have them elsewhere."""
    origin = aliased(Unit)
    query = (select(Task).join(Task.action).outerjoin(origin, origin.id == Action.origin_unit_id)
             .where(Task.state == TO_DO, Task.rungs > 1, Action.state != "void", Task.owner_id != person.id,
                    _reached(person, Task.rungs, origin.path)))
    return first_of(session, query, Task.id, contains_eager(Task.action))


def _reached(person: Actor, rungs: Any, path: Any) -> Any:
    """Return the condition that a rung was climbed that tells the person."""
    told = [and_(rungs > n, with_role(person, plan.roles, Action.site_id, path)) for n, plan in enumerate(LADDER)]
    told += [and_(rungs > n, Action.sponsor_id == person.id) for n, plan in enumerate(LADDER) if plan.sponsor]
    return or_(*told)
