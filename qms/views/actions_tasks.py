"""Tasks of a case: given, weighed, chosen, reported as done, sent back, dropped. Decides nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.actions_tasks import DueForm, ReasonForm, ReportForm, TaskForm
from forms.base import EditForm
from forms.chain import id_or_none
from qms.models.actions import Action
from qms.models.actions_causes import Task
from qms.rules import actions_tasks as rules
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language, say
from qms.workflows import actions_causes, actions_tasks, actions_team
from qms.workflows.actions_parts import case

bp = Blueprint("actions_tasks", __name__, url_prefix="/actions")


@bp.route("/<id:action_id>/tasks/add", methods=["GET", "POST"])
@needs("actions.work")
def add(action_id: int) -> ResponseReturnValue:
    """Give somebody a task; `kind` and `cause` of the address are chosen at first."""
    action = case(reading(), person(), action_id)
    form = filled(TaskForm, kind=request.args.get("kind") if request.args.get("kind") in rules.KINDS else "corrective",
                  cause_id=request.args.get("cause", type=id_or_none))
    _offer(form, action)
    if form.ready:
        given = _given(form, action)
        with saving(form, "actions.add_task") as session:
            actions_tasks.add(session, person(), action_id, **given)
        if form.saved:
            return _back(action_id, gettext("Saved."))
    return render_template("actions/task.html", form=form, action=case(reading(), person(), action_id), task=None,
                           words=gettext("Give a task")), form.status


@bp.route("/tasks/<id:task_id>/edit", methods=["GET", "POST"])
@needs("actions.work")
def edit(task_id: int) -> ResponseReturnValue:
    """Word a task anew, weigh it, give it to somebody else."""
    task = actions_tasks.one(reading(), person(), task_id)
    zone = ZoneInfo(task.action.site.time_zone)
    form = filled(TaskForm, rev=task.rev, owner_id=task.owner_id, due_at=task.due_at.astimezone(zone),
                  cause_id=task.cause_id, text=task.text, level=task.level or "", risk=task.risk,
                  trial_pieces=task.trial_pieces, trial_result=task.trial_result, kind=task.kind)
    del form.kind
    _offer(form, task.action)
    if form.ready:
        given = _given(form, task.action)
        with saving(form, "actions.edit_task") as session:
            actions_tasks.edit(session, person(), task_id, form.read_at, **given)
        if form.saved:
            return _back(task.action_id, gettext("Saved."))
        task = actions_tasks.one(reading(), person(), task_id)
    return render_template("actions/task.html", form=form, action=task.action, task=task,
                           words=step_of(rules.STEPS, "edit").words), form.status


@bp.post("/tasks/<id:task_id>/choose")
@needs("actions.approve")
def choose(task_id: int) -> ResponseReturnValue:
    """Choose an option as the sponsor."""
    task = actions_tasks.one(reading(), person(), task_id)
    form = filled(EditForm)
    with saving(form, "actions.choose_task") as session:
        actions_tasks.choose(session, person(), task_id, form.read_at)
    if form.refusal is not None:
        flash(form.refusal.words.to(language()), "danger")
        return redirect(url_for("actions.show", action_id=task.action_id, _anchor="D5"), 303)
    return _back(task.action_id, _done("choose"))


@bp.route("/tasks/<id:task_id>/report", methods=["GET", "POST"])
@needs("actions.view")
def report(task_id: int) -> ResponseReturnValue:
    """Report a task as done; its owner needs no grant for that."""
    task = actions_tasks.one(reading(), person(), task_id)
    changes = {True: "yes", False: "no"}.get(task.changes_process) if task.changes_process is not None else None
    form = filled(ReportForm, rev=task.rev, evidence=task.evidence, effective_from=task.effective_from,
                  changes_process=changes, change_ref=task.change_ref)
    if task.kind not in rules.WEIGHED:
        del form.effective_from, form.changes_process, form.change_ref
    elif task.action.customer_id is None:
        del form.change_ref
    return _step("report", task, form, actions_tasks.report)


@bp.route("/tasks/<id:task_id>/send-back", methods=["GET", "POST"])
@needs("actions.work")
def send_back(task_id: int) -> ResponseReturnValue:
    """Send a task back whose proof does not hold."""
    task = actions_tasks.one(reading(), person(), task_id)
    return _step("send_back", task, filled(ReasonForm, rev=task.rev), actions_tasks.send_back)


@bp.route("/tasks/<id:task_id>/drop", methods=["GET", "POST"])
@needs("actions.work")
def drop(task_id: int) -> ResponseReturnValue:
    """Drop an option or a task."""
    task = actions_tasks.one(reading(), person(), task_id)
    return _step("drop", task, filled(ReasonForm, rev=task.rev), actions_tasks.drop)


def _step(name: str, task: Task, form: EditForm, work: Callable[..., Task]) -> ResponseReturnValue:
    """Show the form of a step on a task and take it."""
    if form.ready:
        with saving(form, f"actions.{name}_task") as session:
            work(session, person(), task.id, form.read_at, **form.values())
        if form.saved:
            return _back(task.action_id, _done(name))
        task = actions_tasks.one(reading(), person(), task.id)
    return render_template("actions/task_step.html", form=form, action=task.action, task=task, TASK=rules,
                           words=step_of(rules.STEPS, name).words), form.status


def _offer(form: TaskForm, action: Action) -> None:
    _offer_owners(form)
    causes = actions_causes.causes_of(reading(), person(), action.id)
    form.cause_id.choices = [SelectChoice("", gettext("None")), *(SelectChoice(str(c.id), c.text[:90]) for c in causes)]


def _offer_owners(form: DueForm) -> None:
    """Offer everybody who could do something."""
    form.owner_id.choices = [SelectChoice("", gettext("Choose a person")), *(
        SelectChoice(str(who.id), who.name) for who in actions_team.people(reading()))]


def _given(form: DueForm, action: Action) -> dict[str, Any]:
    """Return what was entered, a time as an instant of the site."""
    given = form.values()
    if isinstance(given["due_at"], datetime):
        given["due_at"] = given["due_at"].replace(tzinfo=ZoneInfo(action.site.time_zone))
    return given


def _done(name: str) -> str:
    return f"{say(step_of(rules.STEPS, name).words)}: {gettext('recorded')}"


def _back(action_id: int, done: str) -> ResponseReturnValue:
    flash(done, "success")
    return redirect(url_for("actions.show", action_id=action_id, _anchor="D6"), 303)
