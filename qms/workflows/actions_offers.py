"""Which steps on a corrective action a person may take now: what the tables allow and their grants cover."""

from sqlalchemy.orm import Session

from qms.models.actions import Action
from qms.rules import actions as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotAllowed
from qms.rules.steps import allowed
from qms.workflows.actions_records import need_here
from qms.workflows.actions_shown import standing


def offers_for(session: Session, person: Actor, action: Action) -> tuple[str, ...]:
    """Name the steps that a page offers, in the order of the table; a case is closed by its sponsor only."""
    offered = [step.name for step in allowed(rules.STEPS, action.state)
               if _may(session, person, step.permission, action)]
    here = standing(action)
    taken_out = {
        "pass_gate": here in {None, "D8"} or (rules.is_proven(action.route) and here == "D7"
                                              and action.state != "effective"),
        "close": here != "D8" or action.sponsor_id not in {None, person.id} or (
            rules.is_proven(action.route) and action.state != "effective"),
        "watch": True, "confirm": True, "reopen": True,
    }
    return tuple(name for name in offered if not taken_out.get(name, False))


def _may(session: Session, person: Actor, permission: str, action: Action) -> bool:
    try:
        need_here(session, person, permission, action)
    except NotAllowed:
        return False
    return True
