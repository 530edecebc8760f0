"""The editor of a case's causes: the bones of each track, one row a candidate. Decides nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.actions_causes import CauseForm
from forms.base import EditForm
from qms.rules import actions as rules
from qms.rules import actions_causes as cause_rules
from qms.rules.errors import NotFound
from qms.web import filled, needs, person, reading, saving
from qms.web.forms import prefilled
from qms.workflows import actions_causes
from qms.workflows.actions_analysis import may_analyse, status_of, tracks
from qms.workflows.actions_parts import case

bp = Blueprint("actions_causes", __name__, url_prefix="/actions")


@bp.get("/<id:action_id>/causes/")
@needs("actions.view")
def editor(action_id: int) -> ResponseReturnValue:
    """Show the causes of a case on their bones, each ready to be edited."""
    return _page(action_id)


@bp.post("/<id:action_id>/causes/<string:track>")
@needs("actions.work")
def add(action_id: int, track: str) -> ResponseReturnValue:
    """Add a candidate to a track."""
    if track not in rules.TRACKS:
        raise NotFound
    form = filled(CauseForm, prefix=f"new-{track}-")
    if form.ready:
        with saving(form, "actions.add_cause") as session:
            actions_causes.add(session, person(), action_id, track=track, **form.values())
        if form.saved:
            return _at(action_id, f"new-{track}-text", bone=form.category.data)
    return _page(action_id, form, f"new-{track}-text")


@bp.post("/causes/<id:cause_id>/edit")
@needs("actions.work")
def edit(cause_id: int) -> ResponseReturnValue:
    """Word a candidate anew, or put it on another bone."""
    action_id = actions_causes.one(reading(), person(), cause_id).action_id
    form = filled(CauseForm, prefix=f"cause-{cause_id}-")
    if form.ready:
        with saving(form, "actions.edit_cause") as session:
            actions_causes.edit(session, person(), cause_id, form.read_at, **form.values())
        if form.saved:
            return _at(action_id, f"cause-{cause_id}-text")
    return _page(action_id, form, f"cause-{cause_id}-text")


@bp.post("/causes/<id:cause_id>/move/<string:direction>")
@needs("actions.work")
def move(cause_id: int, direction: str) -> ResponseReturnValue:
    """Move a candidate one place up or down."""
    if direction not in {"up", "down"}:
        raise NotFound
    action_id = actions_causes.one(reading(), person(), cause_id).action_id
    form = filled(EditForm, prefix=f"cause-{cause_id}-")
    with saving(form, "actions.move_cause") as session:
        actions_causes.move(session, person(), cause_id, form.read_at, up=direction == "up")
    return _at(action_id, f"cause-{cause_id}-text") if form.saved else _page(action_id, form)


@bp.post("/causes/<id:cause_id>/take-out")
@needs("actions.work")
def take_out(cause_id: int) -> ResponseReturnValue:
    """Take a candidate out again."""
    cause = actions_causes.one(reading(), person(), cause_id)
    form = filled(EditForm, prefix=f"cause-{cause_id}-")
    with saving(form, "actions.take_out_cause") as session:
        actions_causes.take_out(session, person(), cause_id, form.read_at)
    return _at(cause.action_id, f"new-{cause.track}-text") if form.saved else _page(cause.action_id, form)


def _page(action_id: int, failed: EditForm | None = None, at: str = "") -> ResponseReturnValue:
    """Show the editor; a form that was refused stands in its row as it was typed."""
    action = case(reading(), person(), action_id)
    causes = actions_causes.causes_of(reading(), person(), action_id)
    bone = request.args.get("bone", "")
    forms: dict[str, Any] = {f"cause-{c.id}-": prefilled(CauseForm, f"cause-{c.id}-", rev=c.rev, category=c.category,
                                                     text=c.text) for c in causes}
    forms |= {f"new-{track}-": prefilled(CauseForm, f"new-{track}-", category=bone or None) for track in rules.TRACKS}
    if isinstance(failed, CauseForm):
        forms[failed.prefix] = failed
    return render_template(
        "actions/causes.html", action=action, tracks=tracks(action, causes), forms=forms, failed=failed,
        may_analyse=may_analyse(reading(), person(), action), at=at or request.args.get("at", ""), status_of=status_of,
        ACTION=rules, CAUSE=cause_rules), failed.status if failed else 200


def _at(action_id: int, at: str, **more: Any) -> ResponseReturnValue:
    """Lead back to the editor, the cursor where the work goes on."""
    return redirect(url_for("actions_causes.editor", action_id=action_id, at=at, **more), 303)
