"""Tasks of corrective actions by JSON: read them, and every step on them. Decides nothing."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field

from forms.base_json import LARGEST_ID, Body
from qms.models.actions_causes import Task
from qms.rules.clock import rfc3339
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import actions_tasks
from qms.workflows.actions_analysis import task_steps

bp = Blueprint("actions_tasks_api", __name__, url_prefix="/api/v1/actions")



class Given(Body):
    """What a task is: due at an instant, or after working hours of the plant; how it was weighed."""

    text: str = Field(max_length=1000)
    owner_id: int = Field(ge=1, le=LARGEST_ID)
    due_at: AwareDatetime | None = None
    due_hours: float | None = Field(default=None, gt=0, le=4000)
    cause_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    level: str | None = Field(default=None, max_length=20)
    risk: str | None = Field(default=None, max_length=500)
    trial_pieces: int | None = Field(default=None, ge=1, le=1_000_000_000)
    trial_result: str | None = Field(default=None, max_length=500)

    def fields(self) -> dict[str, Any]:
        """Return what the workflow is told, the instant in UTC."""
        given = self.model_dump()
        return given | {"due_at": given["due_at"].astimezone(UTC) if given["due_at"] else None}


class NewTask(Given):
    """A new task and its kind."""

    kind: str = Field(max_length=20)


class TaskVersion(Body):
    """The version at which the task was read."""

    rev: int = Field(ge=1)


class Edited(Given):
    """A task worded anew."""

    rev: int = Field(ge=1)


class Reported(TaskVersion):
    """The proof that a task is done."""

    evidence: str = Field(max_length=1000)
    effective_from: str | None = Field(default=None, max_length=120)
    changes_process: bool | None = None
    change_ref: str | None = Field(default=None, max_length=120)


class Reasoned(TaskVersion):
    """A step that asks why."""

    reason: str = Field(max_length=500)


@bp.get("/<id:action_id>/tasks")
@needs("actions.view")
def tasks(action_id: int) -> ResponseReturnValue:
    """Read the tasks of a case, oldest first."""
    return jsonify({"tasks": [_shown(task) for task in actions_tasks.tasks_of(reading(), person(), action_id)]})


@bp.post("/<id:action_id>/tasks")
@needs("actions.work")
@takes(NewTask)
def add(action_id: int) -> ResponseReturnValue:
    """Give somebody a task: 201 with it."""
    sent = read_body(NewTask)
    with writing("actions.add_task") as session:
        made = actions_tasks.add(session, person(), action_id, **sent.fields())
    return _one(made.id, 201)


@bp.get("/tasks/<id:task_id>")
@needs("actions.view")
def task(task_id: int) -> ResponseReturnValue:
    """Read one task and the steps that the caller may take on it."""
    return _one(task_id)


@bp.put("/tasks/<id:task_id>")
@needs("actions.work")
@takes(Edited)
def edit(task_id: int) -> ResponseReturnValue:
    """Word a task anew, weigh it, give it to somebody else."""
    sent = read_body(Edited)
    with writing("actions.edit_task") as session:
        actions_tasks.edit(session, person(), task_id, **sent.fields())
    return _one(task_id)


@bp.post("/tasks/<id:task_id>/choose")
@needs("actions.approve")
@takes(TaskVersion)
def choose(task_id: int) -> ResponseReturnValue:
    """Choose an option as the sponsor."""
    return _step(task_id, TaskVersion, "choose", actions_tasks.choose)


@bp.post("/tasks/<id:task_id>/report")
@needs("actions.view")
@takes(Reported)
def report(task_id: int) -> ResponseReturnValue:
    """Report a task as done; its owner needs no grant for that."""
    return _step(task_id, Reported, "report", actions_tasks.report)


@bp.post("/tasks/<id:task_id>/send-back")
@needs("actions.work")
@takes(Reasoned)
def send_back(task_id: int) -> ResponseReturnValue:
    """Send a task back whose proof does not hold."""
    return _step(task_id, Reasoned, "send_back", actions_tasks.send_back)


@bp.post("/tasks/<id:task_id>/drop")
@needs("actions.work")
@takes(Reasoned)
def drop(task_id: int) -> ResponseReturnValue:
    """Drop an option or a task."""
    return _step(task_id, Reasoned, "drop", actions_tasks.drop)


def _step(task_id: int, model: type[TaskVersion], name: str, work: Callable[..., Task]) -> ResponseReturnValue:
    sent = read_body(model)
    with writing(f"actions.{name}_task") as session:
        work(session, person(), task_id, **sent.model_dump())
    return _one(task_id)


def _one(task_id: int, status: int = 200) -> ResponseReturnValue:
    return jsonify(_shown(actions_tasks.one(reading(), person(), task_id))), status


def _shown(task: Task) -> dict[str, Any]:
    fields = ("id", "rev", "action_id", "kind", "state", "cause_id", "text", "owner_id", "level", "risk",
              "trial_pieces", "trial_result", "chosen_by_id", "done_by_id", "evidence", "effective_from",
              "changes_process", "change_ref", "returned_reason", "dropped_reason")
    instants = ("due_at", "chosen_at", "done_at")
    return {name: getattr(task, name) for name in fields} | {
        name: rfc3339(at) if (at := getattr(task, name)) else None for name in instants} | {
        "steps": [step.name for step in task_steps(reading(), person(), task)]}
