"""Finishing disciplines, another route, closing and voiding a corrective action. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.actions import CloseForm, GateForm, RouteForm, VoidForm
from qms.rules import actions as rules
from qms.web import answered, filled, needs, person, reading, saving
from qms.web.signing import given_by, to_sign
from qms.workflows import actions
from qms.workflows.actions_records import first_kind
from qms.workflows.actions_routing import rule_of
from qms.workflows.actions_shown import whole

bp = Blueprint("actions_closing", __name__, url_prefix="/actions")


@bp.post("/<id:action_id>/pass")
@needs("actions.work")
def pass_gate(action_id: int) -> ResponseReturnValue:
    """Finish the discipline that is next."""
    form = filled(GateForm)
    step = form.step.data or ""
    with saving(form, "actions.pass_gate") as session:
        actions.pass_gate(session, person(), action_id, form.read_at, step)
    anchor = step if step in rules.DISCIPLINES else None
    return answered(form, url_for("actions.show", action_id=action_id, _anchor=anchor), gettext(
        "%(step)s is finished.", step=step))


@bp.route("/<id:action_id>/close", methods=["GET", "POST"])
@needs("actions.approve")
def close(action_id: int) -> ResponseReturnValue:
    """Close a case as its sponsor, by signature."""
    action = whole(reading(), person(), action_id)
    form = to_sign(CloseForm, "closure", {"number": action.number}, rev=action.rev)
    if form.ready and (given := given_by(form)) is not None:
        with saving(form, "actions.close") as session:
            actions.close(session, person(), action_id, form.read_at, **given)
        if form.saved:
            return answered(form, url_for("actions.show", action_id=action_id), gettext("Closed."))
    return render_template("actions/close.html", form=form, action=action, ACTION=rules), form.status


@bp.route("/<id:action_id>/route", methods=["GET", "POST"])
@needs("actions.work")
def route(action_id: int) -> ResponseReturnValue:
    """Take another route, with a reason."""
    action = whole(reading(), person(), action_id)
    form = filled(RouteForm, rev=action.rev, route=action.route, route_reason=action.route_reason)
    if form.ready:
        with saving(form, "actions.change_route", form.route_reason.data) as session:
            actions.change_route(session, person(), action_id, form.read_at, route=form.route.data,
                                 reason=form.route_reason.data)
        if form.saved:
            flash(gettext("The route was changed."), "success")
            return redirect(url_for("actions.show", action_id=action_id))
    rule = rule_of(action, first_kind(reading(), action))
    return render_template("actions/route.html", form=form, action=action, rule=rule, ACTION=rules), form.status


@bp.route("/<id:action_id>/void", methods=["GET", "POST"])
@needs("actions.approve")
def void(action_id: int) -> ResponseReturnValue:
    """Declare a case void."""
    action = whole(reading(), person(), action_id)
    form = filled(VoidForm, rev=action.rev)
    if form.ready:
        with saving(form, "actions.void", form.reason.data) as session:
            actions.void(session, person(), action_id, form.read_at, reason=form.reason.data)
        if form.saved:
            flash(gettext("Void. The number is kept."), "success")
            return redirect(url_for("actions.show", action_id=action_id))
    return render_template("actions/void.html", form=form, action=action, ACTION=rules), form.status
