"""The lists of a corrective action: team, is / is-not, stock by location, sources. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.actions import SourceForm
from forms.actions_steps import ComparisonForm, MemberForm
from forms.base import EditForm, Form
from forms.rejections import LineForm
from qms.models.actions import Action
from qms.rules import actions as rules
from qms.rules import rejections as places
from qms.web import answered, filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.workflows import actions, actions_team
from qms.workflows.actions_shown import whole
from qms.workflows.actions_told import by_number
from qms.workflows.chain_registers import units_of

bp = Blueprint("actions_lines", __name__, url_prefix="/actions")


@bp.route("/<id:action_id>/team", methods=["GET", "POST"])
@needs("actions.work")
def team(action_id: int) -> ResponseReturnValue:
    """Show who is in the team; take somebody in."""
    action = whole(reading(), person(), action_id)
    form = filled(MemberForm)
    form.person_id.choices = [SelectChoice("", gettext("Choose a person")),
                              *(SelectChoice(str(who.id), who.name) for who in actions_team.people(reading()))]
    form.unit_id.choices = [SelectChoice("", gettext("No unit")), *(
        SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units_of(reading(), action.site_id))]
    if form.ready:
        with saving(form, "actions.add_member") as session:
            actions.add_member(session, person(), action_id, person_id=form.person_id.data, unit_id=form.unit_id.data,
                               function=form.function.data or "")
        if form.saved:
            flash(gettext("In the team."), "success")
            return redirect(url_for("actions_lines.team", action_id=action_id))
    return render_template("actions/team.html", form=form, action=action, ACTION=rules), form.status


@bp.post("/members/<id:member_id>/withdraw")
@needs("actions.work")
def withdraw_member(member_id: int) -> ResponseReturnValue:
    """Let somebody leave the team."""
    form = filled(EditForm)
    action_id = actions_team.case_of(reading(), member_id)
    with saving(form, "actions.withdraw_member") as session:
        actions.withdraw_member(session, person(), member_id, form.read_at)
    return answered(form, url_for("actions_lines.team", action_id=action_id), gettext("Out of the team."))


@bp.route("/<id:action_id>/comparison", methods=["GET", "POST"])
@needs("actions.work")
def comparison(action_id: int) -> ResponseReturnValue:
    """Show is / is-not; take the answers."""
    action = whole(reading(), person(), action_id)
    return _table(action, "comparison", "actions.compare", actions.compare,
                  [(line, filled(ComparisonForm, obj=line, prefix=f"line-{line.id}")) for line in action.comparisons])


@bp.route("/<id:action_id>/stock", methods=["GET", "POST"])
@needs("actions.work")
def stock(action_id: int) -> ResponseReturnValue:
    """Show suspect stock by location; take the answers."""
    action = whole(reading(), person(), action_id)
    return _table(action, "stock", "actions.answer_stock", actions.answer_stock,
                  [(line, filled(LineForm, obj=line, prefix=f"line-{line.id}")) for line in action.stock])


@bp.route("/<id:action_id>/sources", methods=["GET", "POST"])
@needs("actions.open")
def add_source(action_id: int) -> ResponseReturnValue:
    """Tie one more record to a case, by its number."""
    action = whole(reading(), person(), action_id)
    form = filled(SourceForm, rev=action.rev)
    if form.ready:
        with saving(form, "actions.add_source") as session:
            record_id = by_number(session, form.kind.data, form.number.data or "")
            actions.add_source(session, person(), action_id, form.read_at, kind=form.kind.data, record_id=record_id)
        if form.saved:
            flash(gettext("Tied to this case."), "success")
            return redirect(url_for("actions.show", action_id=action_id))
    return render_template("actions/source.html", form=form, action=action, ACTION=rules), form.status


@bp.post("/<id:action_id>/sources/<id:source_id>/withdraw")
@needs("actions.open")
def withdraw_source(action_id: int, source_id: int) -> ResponseReturnValue:
    """Take off a source that was tied by mistake."""
    form = filled(EditForm)
    with saving(form, "actions.withdraw_source") as session:
        actions.withdraw_source(session, person(), source_id, form.read_at)
    return answered(form, url_for("actions_lines.add_source", action_id=action_id), gettext("Taken off."))


def _table(action: Action, page: str, trail_action: str, write: Callable[..., Any],
           forms: list[tuple[Any, Any]]) -> ResponseReturnValue:
    """Show a table in which every line is a form; write what is new or changed, all or none."""
    head = filled(Form)
    if head.submitted and not [form for _line, form in forms if not form.ready]:
        changed = [(line, form, given) for line, form in forms if (given := form.changed) is not None]
        at: Any = None
        with saving(head, trail_action) as session:
            for line, at, given in changed:
                write(session, person(), line.id, at.read_at, **given)
        if head.saved:
            flash(ngettext("%(num)s answer recorded.", "%(num)s answers recorded.", len(changed)), "success")
            return redirect(url_for("actions.show", action_id=action.id))
        if head.refusal is not None and at is not None and head.refusal.field:
            at.refuse(head.refusal, language())
    wrong = any(form.errors or form.refusal for _line, form in forms)
    return render_template(f"actions/{page}.html", head=head, forms=forms, action=action, wrong=wrong, ACTION=rules,
                           REJECTION=places), 422 if wrong and head.refusal is None else head.status
