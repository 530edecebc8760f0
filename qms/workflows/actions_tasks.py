"""How tasks of a case are given, weighed, chosen (D5), done with proof (D6), sent back, dropped. Knows no page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.actions import Action
from qms.models.actions_causes import Cause, Task
from qms.rules import actions_tasks as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.rules.steps import step, step_of
from qms.workflows.actions_parts import (
    FOLLOWED,
    case,
    case_of,
    changing,
    check_version,
    is_finished,
    need_here,
    owner,
    part,
    said,
    text,
)
from qms.workflows.actions_tasks_told import tell_owner
from qms.workflows.chain_calendar import due

MOST_HOURS = 4_000.0
"""Longest time that a task is given in working hours: two years of one shift."""


def tasks_of(session: Session, person: Actor, action_id: int) -> Sequence[Task]:
    """Return the tasks of a case, oldest first, with owners and causes. Raises NotFound."""
    case(session, person, action_id)
    return session.scalars(
        select(Task).where(Task.action_id == action_id).order_by(Task.id)
        .options(joinedload(Task.owner), joinedload(Task.cause), joinedload(Task.chosen_by),
                 joinedload(Task.done_by))).all()


def one(session: Session, person: Actor, task_id: int) -> Task:
    """Return a task of a case that the person may see. Raises NotFound."""
    return part(session, person, Task, task_id)


def add(session: Session, person: Actor, action_id: int, *, kind: str, text: str | None, owner_id: int | None,
        due_at: datetime | None = None, due_hours: float | None = None, cause_id: int | None = None,
        **given: Any) -> Task:
    """Give somebody a task, due by an instant or after so many working hours of the plant.

    `given`: level, risk, trial_pieces, trial_result. Raises Invalid, IllegalStep, NotAllowed, NotFound.
    """
    action = changing(session, person, action_id, FOLLOWED)
    made = Task(action_id=action.id, kind=kind, state=rules.first_state(kind), text=said(text, "text"),
                owner_id=owner(session, owner_id).id, due_at=_due(session, action, due_at, due_hours),
                cause_id=_cause(session, action, kind, cause_id))
    _weigh(made, **given)
    session.add(made)
    session.flush()
    tell_owner(session, person, action, made)
    return made


def edit(session: Session, person: Actor, task_id: int, rev: int, *, text: str | None, owner_id: int | None,
         due_at: datetime | None = None, due_hours: float | None = None, cause_id: int | None = None,
         **given: Any) -> Task:
    """Word a task anew, weigh it, give it to somebody else or another time. Raises as `add`, and Stale."""
    task, action, _ = _begun(session, person, task_id, rev, "edit", text=text, owner_id=owner_id, **given)
    held_by, task.text, task.owner_id = task.owner_id, said(text, "text"), owner(session, owner_id).id
    task.due_at = _due(session, action, due_at, due_hours)
    task.cause_id = _cause(session, action, task.kind, cause_id)
    _weigh(task, **given)
    if task.state == "chosen":
        rules.check_choice(answer_of(task))
    settle(session, action)
    if task.owner_id != held_by:
        tell_owner(session, person, action, task)
    return task


def choose(session: Session, person: Actor, task_id: int, rev: int) -> Task:
    """Choose an option as the sponsor: its risk is answered and a trial proves it (D5). The grant is kept.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    task, action, state = _begun(session, person, task_id, rev, "choose")
    rules.check_choice(answer_of(task))
    task.grant_id = need_here(session, person, "actions.approve", action)
    task.state, task.chosen_at, task.chosen_by_id = state, now(session), person.id
    session.flush()
    tell_owner(session, person, action, task)
    return task


def report(session: Session, person: Actor, task_id: int, rev: int, *, evidence: str | None,
           effective_from: str | None = None, changes_process: bool | None = None,
           change_ref: str | None = None) -> Task:
    """Report a task as done, with evidence; its owner needs no grant for that.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    task, action, state = _begun(session, person, task_id, rev, "report", evidence=evidence,
                                 effective_from=effective_from, changes_process=changes_process, change_ref=change_ref)
    task.evidence, task.effective_from = text(evidence), text(effective_from)
    task.changes_process, task.change_ref = changes_process, text(change_ref)
    rules.check_done(answer_of(task), customer=action.customer_id is not None)
    task.state, task.done_at, task.done_by_id = state, now(session), person.id
    session.flush()
    return task


def send_back(session: Session, person: Actor, task_id: int, rev: int, *, reason: str | None) -> Task:
    """Send a task back whose proof does not hold. Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound."""
    task, action, state = _begun(session, person, task_id, rev, "send_back")
    task.returned_reason = said(reason, "reason")
    task.state, task.done_at, task.done_by_id = state, None, None
    settle(session, action)
    tell_owner(session, person, action, task)
    return task


def drop(session: Session, person: Actor, task_id: int, rev: int, *, reason: str | None) -> Task:
    """Drop an option or a task. Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound."""
    task, action, state = _begun(session, person, task_id, rev, "drop")
    task.dropped_reason, task.state = said(reason, "reason"), state
    settle(session, action)
    return task


def check_choices(session: Session, action: Action) -> None:
    """Raise IllegalStep or Invalid unless D5 of a case holds."""
    verified = session.execute(
        select(Cause.id, Cause.text).where(Cause.action_id == action.id, Cause.active, Cause.verified_at.is_not(None))
        .order_by(Cause.id)).all()
    rules.check_choices([(row.id, row.text) for row in verified], _answers(session, action))


def check_finished(session: Session, action: Action) -> None:
    """Raise IllegalStep or Invalid unless D6 of a case holds, as far as its tasks go."""
    check_choices(session, action)
    rules.check_finished(_answers(session, action), action.containment_to, customer=action.customer_id is not None)


def settle(session: Session, action: Action) -> None:
    """Write a change of a task down. Raises IllegalStep or Invalid for one that undoes what D5 or D6 ended with."""
    session.flush()
    if is_finished(session, action.id, "D6"):
        check_finished(session, action)
    elif is_finished(session, action.id, "D5"):
        check_choices(session, action)


def answer_of(task: Task) -> rules.Answer:
    """Return a task as the rules see it."""
    return rules.Answer(**{name: getattr(task, name) for name in rules.Answer._fields})


def _answers(session: Session, action: Action) -> list[rules.Answer]:
    return [answer_of(task) for task in session.scalars(select(Task).where(Task.action_id == action.id)
                                                        .order_by(Task.id))]


def _begun(session: Session, person: Actor, task_id: int, rev: int, name: str,
           **given: Any) -> tuple[Task, Action, str]:
    """Return a task that no one else changes meanwhile, its case, and where a step leads that the person may take."""
    action = changing(session, person, case_of(session, Task, task_id), FOLLOWED, None)
    task = one(session, person, task_id)
    wanted = step_of(rules.STEPS, name)
    if not (name == "report" and task.owner_id == person.id):
        need_here(session, person, wanted.permission, action)
    check_version(task, rev, given | {"state": wanted.to or task.state})
    return task, action, step(rules.STEPS, task.state, name)


def _weigh(task: Task, *, level: str | None = None, risk: str | None = None, trial_pieces: int | None = None,
           trial_result: str | None = None) -> None:
    rules.check_kind(task.kind, level or None)
    if trial_pieces is not None and not 0 < trial_pieces <= 1_000_000_000:
        raise Invalid("A trial is made on at least one piece.", "试验至少一件。", field="trial_pieces")
    task.level, task.risk, task.trial_pieces, task.trial_result = level or None, text(risk), trial_pieces, text(
        trial_result)


def _due(session: Session, action: Action, at: datetime | None, hours: float | None) -> datetime:
    """Return the instant a task is due: as given, or after working hours of the plant. Raises Invalid."""
    if at is not None:
        return at
    if hours is None or not 0 < hours <= MOST_HOURS:
        raise Invalid("Give the time it is due, or working hours until then.", "请填写期限或工作小时数。",
                      field="due_at")
    return due(session, action.site_id, now(session), hours)


def _cause(session: Session, action: Action, kind: str, cause_id: int | None) -> int | None:
    """Return the cause that a task answers. Raises Invalid for another case's, or none for a corrective action."""
    if cause_id is None:
        if kind == "corrective":
            raise Invalid("Which cause does it answer?", "针对哪个原因?", field="cause_id")
        return None
    cause = session.get(Cause, cause_id)
    if cause is None or cause.action_id != action.id or not cause.active:
        raise Invalid("There is no such cause in this case.", "本案没有此原因。", field="cause_id")
    return cause.id
