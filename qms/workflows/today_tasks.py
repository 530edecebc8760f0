"""Which tasks of corrective actions a person has to do, the most urgent first. Reads only."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.models.actions import Action
from qms.models.actions_causes import Task
from qms.rules.accounts import Actor
from qms.workflows.actions_parts import FOLLOWED
from qms.workflows.today_waiting import Waiting, first_of


def tasks(session: Session, person: Actor) -> Waiting:
    """Return the tasks that a person owns and has not done yet, by due time."""
    query = (select(Task).join(Action, Action.id == Task.action_id)
             .where(Task.owner_id == person.id, Task.state == "chosen", Action.state.in_(FOLLOWED)))
    return first_of(session, query, Task.due_at, joinedload(Task.action).joinedload(Action.site))
