"""How a case and a part of it are found for a person and locked for a change. Knows no page and no form."""

from collections.abc import Collection
from typing import Any, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.accounts import Person
from qms.models.actions import Action, ActionStep
from qms.rules.accounts import Actor
from qms.rules.actions import STATES
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.workflows.actions_records import need_here, sees
from qms.workflows.actions_records import one as case
from qms.workflows.rejections_records import check_version

__all__ = ["ANALYSED", "FOLLOWED", "VIEW", "WORK", "case", "case_of", "changing", "check_version", "is_finished",
           "need_here", "owner", "part", "said", "sees", "text"]

VIEW, WORK = "actions.view", "actions.work"
ANALYSED = ("open",)
"""States in which causes are looked for: proven effectiveness is of the causes as they were then."""
FOLLOWED = ("open", "watching", "effective")
"""States in which tasks, documents and the read-across are worked on."""


class OfAction(Protocol):
    """A part of a case."""

    id: Any
    rev: Any
    action_id: Any


P = TypeVar("P", bound=OfAction)


def changing(session: Session, person: Actor, action_id: int, states: Collection[str],
             permission: str | None = WORK) -> Action:
    """Return a case that no one else changes meanwhile and whose parts the person may change now.

    `permission` None: the caller asks for it. Raises NotFound, NotAllowed, IllegalStep.
    """
    found = session.get(Action, action_id, with_for_update=True)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    if permission is not None:
        need_here(session, person, permission, found)
    if found.state not in states:
        words = STATES[found.state]
        raise IllegalStep(f"This case is {words.en.lower()}: that part of it is not changed any more.",
                          f"本案{words.zh}: 该部分不能再更改。")
    return found


def part(session: Session, person: Actor, cls: type[P], part_id: int) -> P:
    """Return a part of a case that the person may see. Raises NotFound."""
    found: P | None = session.get(cls, part_id)
    if found is None:
        raise NotFound
    case(session, person, found.action_id)
    return found


def case_of(session: Session, cls: type[P], part_id: int) -> int:
    """Return the id of the case that a part belongs to, without loading the part. Raises NotFound."""
    found: int | None = session.scalar(select(cls.action_id).where(cls.id == part_id))
    if found is None:
        raise NotFound
    return found


def is_finished(session: Session, action_id: int, discipline: str) -> bool:
    """Tell whether a discipline of a case is finished, so that what it was finished with has to hold on."""
    return session.scalar(select(ActionStep.id).where(
        ActionStep.action_id == action_id, ActionStep.step == discipline, ActionStep.done_at.is_not(None))) is not None


def owner(session: Session, person_id: int | None) -> Person:
    """Return who is to do something. Raises Invalid for nobody, or someone who is not active."""
    found = session.get(Person, person_id) if person_id is not None else None
    if found is None or not found.active:
        raise Invalid("Choose who does it.", "请选择责任人。", field="owner_id")
    return found


def said(given: str | None, field: str) -> str:
    """Return what a step asks to be told. Raises Invalid when nothing was."""
    told = text(given)
    if told is None:
        raise Invalid("Say it in a few words.", "请简要填写。", field=field)
    return told


def text(given: str | None) -> str | None:
    """Return what was said without blanks around it; None for nothing."""
    return (given or "").strip() or None
