"""How overdue steps and tasks of corrective actions climb their ladder by plant hours. Knows no page and no person."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from qms.db import now
from qms.models.accounts import Person
from qms.models.actions import Action, ActionStep
from qms.models.actions_causes import Task
from qms.rules.actions import DISCIPLINES
from qms.rules.actions_escalation import LADDER, ROLES, climbed, told
from qms.rules.words import Words
from qms.workflows.accounts_mail import post
from qms.workflows.chain_calendar import hours_of
from qms.workflows.chain_rosters import roster_of

AT_ONCE = 50
"""Steps and tasks that one run of the clock moves on; the next run follows at once where there are more."""
WORKED_ON = ("open", "effective")
"""States of a case in which its team has something to do; while effectiveness is watched the clock waits."""
TO_DO = "chosen"


class Overdue(NamedTuple):
    """A step or a task that climbs, by its class and id."""

    cls: type[ActionStep] | type[Task]
    id: int


def due(session: Session, at: datetime) -> list[Overdue]:
    """Return what has a rung due at an instant, oldest first. Two questions, each answered by an index."""
    hours: dict[int, Any] = {}
    found = []
    for query, cls in ((_steps(at), ActionStep), (_tasks(at), Task)):
        for record_id, due_at, rungs, site_id in session.execute(query):
            if site_id not in hours:
                hours[site_id] = hours_of(session, site_id)
            if climbed(hours[site_id], due_at, at) > rungs:
                found.append(Overdue(cls, record_id))
    return found


def escalate(session: Session, overdue: Sequence[Overdue]) -> int:
    """Climb every rung that is due and tell its people; return how many steps and tasks moved on.

    What somebody works on at this moment, or another clock, is left to the next run.
    """
    at = now(session)
    return sum(_climb(session, one, at) for one in overdue[:AT_ONCE])


def _climb(session: Session, one: Overdue, at: datetime) -> bool:
    row: Any = session.scalars(select(one.cls).where(one.cls.id == one.id).with_for_update(skip_locked=True)
                               .execution_options(populate_existing=True)).first()
    if row is None or row.done_at is not None or row.due_at is None:
        return False
    action = session.get_one(Action, row.action_id)
    reached = climbed(hours_of(session, action.site_id), row.due_at, at)
    if reached <= row.rungs:
        return False
    what = DISCIPLINES[row.step] if isinstance(row, ActionStep) else Words(row.text[:120], row.text[:120])
    named = Words(f"{row.step} {what.en}", f"{row.step} {what.zh}") if isinstance(row, ActionStep) else what
    heard: set[int] = set()
    for rung in range(row.rungs, reached):
        people = [p for p in _people(session, action, row, rung, at) if p.id not in heard]
        heard |= {p.id for p in people}
        post(session, people, *told(action.number, action.title, named, rung), path=f"/actions/{action.id}")
    row.rungs, row.escalated_at = reached, at
    session.flush()
    return True


def _people(session: Session, action: Action, row: Any, rung: int, at: datetime) -> Iterable[Person]:
    """Return whom a rung tells: roles by roster of the origin, else of where it was found."""
    plan = LADDER[rung]
    if plan.owner:
        yield from _active(session, row.owner_id if isinstance(row, Task) else action.leader_id or action.opened_by_id)
    if plan.sponsor:
        yield from _active(session, action.sponsor_id)
    unit_id = action.origin_unit_id or action.detecting_unit_id
    if plan.roles and unit_id is not None:
        yield from roster_of(session, unit_id, ROLES).on_duty(plan.roles, at)


def _active(session: Session, person_id: int | None) -> Iterator[Person]:
    person = session.get(Person, person_id) if person_id is not None else None
    if person is not None and person.active:
        yield person


def _steps(at: datetime) -> Any:
    """Return the question for disciplines that are late, each the first one of its case that is not done."""
    return (select(ActionStep.id, ActionStep.due_at, ActionStep.rungs, Action.site_id)
            .join(Action, Action.id == ActionStep.action_id)
            .where(ActionStep.done_at.is_(None), ActionStep.due_at <= at, _may_climb(ActionStep, at),
                   Action.state.in_(WORKED_ON), is_first())
            .order_by(ActionStep.due_at, ActionStep.id))


def is_first() -> ColumnElement[bool]:
    """Return the condition that no discipline before this one of the same case is still to be done."""
    earlier = aliased(ActionStep)
    return ~exists().where(earlier.action_id == ActionStep.action_id, earlier.step < ActionStep.step,
                           earlier.done_at.is_(None), earlier.due_at.is_not(None))


def _tasks(at: datetime) -> Any:
    return (select(Task.id, Task.due_at, Task.rungs, Action.site_id).join(Action, Action.id == Task.action_id)
            .where(Task.state == TO_DO, Task.due_at <= at, Task.done_at.is_(None), _may_climb(Task, at),
                   Action.state != "void")
            .order_by(Task.due_at, Task.id))


def _may_climb(cls: Any, at: datetime) -> ColumnElement[bool]:
    """Return the condition that the next rung can be due: the plant never works longer than the wall clock runs."""
    return or_(*(and_(cls.rungs == rung, cls.due_at <= at - plan.after) for rung, plan in enumerate(LADDER)))
