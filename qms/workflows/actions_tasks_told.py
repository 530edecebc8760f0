"""Who is mailed that a task is theirs to do. Knows no page and no mail server."""

from sqlalchemy.orm import Session

from qms.models.accounts import Person
from qms.models.actions import Action
from qms.models.actions_causes import Task
from qms.rules.accounts import Actor
from qms.rules.actions_tasks import asked
from qms.workflows.accounts_mail import post


def tell_owner(session: Session, person: Actor, action: Action, task: Task) -> None:
    """Mail the owner of a task that is to be done, unless they gave it to themselves."""
    if task.state == "chosen" and task.owner_id != person.id:
        owner = session.get_one(Person, task.owner_id)
        post(session, [owner], *asked(action.number, action.title, task.text), path=f"/actions/{action.id}#D6")
