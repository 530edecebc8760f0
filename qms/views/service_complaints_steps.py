"""The steps on an internal complaint, each the button or the page of one. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.chain import id_or_none
from forms.service_complaints import (
    AcceptForm,
    AppealForm,
    ConfirmForm,
    FileForm,
    FinishForm,
    LookForm,
    PlanForm,
    ReasonForm,
    RefuseForm,
)
from qms.models.service_complaints import InternalComplaint
from qms.rules.service_complaints import STEPS
from qms.rules.steps import step_of
from qms.web import answered, filled, needs, person, reading, saving
from qms.web.filter_rows import choices
from qms.web.language import say
from qms.workflows import actions_team, service_complaints, service_complaints_filing
from qms.workflows import service_complaints_register as pages

bp = Blueprint("service_complaints_steps", __name__, url_prefix="/service/complaints")

RULES = {"accept": "R-32", "refuse": "R-33", "plan": "R-32", "finish": "R-32", "confirm": "R-32", "reopen": "R-32",
         "appeal": "R-33"}


@bp.route("/file", methods=["GET", "POST"])
@needs("service.complain")
def file() -> ResponseReturnValue:
    """File a complaint, freely or from the record that the address names."""
    kind, record_id = request.args.get("source", "")[:20], request.args.get("record", type=id_or_none)
    source = service_complaints_filing.offered(reading(), person(), kind, record_id) if kind else None
    form = filled(FileForm, source_kind=kind or "free", record_id=record_id or "",
                  complaining_id=source.complaining_id if source else None,
                  accused_id=source.accused_id if source else None)
    _choose(form)
    if form.ready:
        with saving(form, "service.file_complaint") as session:
            made = service_complaints.file(session, person(), **form.values()).id
        if form.saved:
            return redirect(url_for("service_complaints.show", complaint_id=made))
    return render_template("service/complaint_file.html", form=form, source=source), form.status


@bp.post("/<id:complaint_id>/acknowledge")
@needs("service.answer")
def acknowledge(complaint_id: int) -> ResponseReturnValue:
    """Say that the complaint was received."""
    form = filled(EditForm)
    with saving(form, "service.acknowledge_complaint") as session:
        service_complaints.acknowledge(session, person(), complaint_id, form.read_at)
    return answered(form, url_for("service_complaints.show", complaint_id=complaint_id), gettext("Acknowledged"))


@bp.route("/<id:complaint_id>/accept", methods=["GET", "POST"])
@needs("service.answer")
def accept(complaint_id: int) -> ResponseReturnValue:
    """Accept the complaint."""
    return _step("accept", complaint_id, AcceptForm, service_complaints.accept, "service.accept_complaint")


@bp.route("/<id:complaint_id>/refuse", methods=["GET", "POST"])
@needs("service.answer")
def refuse(complaint_id: int) -> ResponseReturnValue:
    """Do not accept the complaint, with reasons."""
    return _step("refuse", complaint_id, RefuseForm, service_complaints.refuse, "service.refuse_complaint")


@bp.route("/<id:complaint_id>/plan", methods=["GET", "POST"])
@needs("service.answer")
def plan(complaint_id: int) -> ResponseReturnValue:
    """Say what will be done."""
    return _step("plan", complaint_id, PlanForm, service_complaints.plan, "service.plan_complaint")


@bp.route("/<id:complaint_id>/finish", methods=["GET", "POST"])
@needs("service.answer")
def finish(complaint_id: int) -> ResponseReturnValue:
    """Report as done."""
    return _step("finish", complaint_id, FinishForm, service_complaints.finish, "service.finish_complaint")


@bp.route("/<id:complaint_id>/confirm", methods=["GET", "POST"])
@needs("service.complain")
def confirm(complaint_id: int) -> ResponseReturnValue:
    """Confirm for the complaining unit that it is solved."""
    return _step("confirm", complaint_id, ConfirmForm, service_complaints.confirm, "service.confirm_complaint")


@bp.route("/<id:complaint_id>/reopen", methods=["GET", "POST"])
@needs("service.complain")
def reopen(complaint_id: int) -> ResponseReturnValue:
    """Say that it is not solved."""
    return _step("reopen", complaint_id, ReasonForm, service_complaints.reopen, "service.reopen_complaint")


@bp.route("/<id:complaint_id>/withdraw", methods=["GET", "POST"])
@needs("service.complain")
def withdraw(complaint_id: int) -> ResponseReturnValue:
    """Take the complaint back."""
    return _step("withdraw", complaint_id, ReasonForm, service_complaints.withdraw, "service.withdraw_complaint")


@bp.route("/<id:complaint_id>/appeal", methods=["GET", "POST"])
@needs("service.view")
def appeal(complaint_id: int) -> ResponseReturnValue:
    """Appeal for one of the parties."""
    return _step("appeal", complaint_id, AppealForm, service_complaints.appeal, "service.appeal")


@bp.route("/<id:complaint_id>/marks/<id:flag_id>", methods=["GET", "POST"])
@needs("service.review")
def look_at(complaint_id: int, flag_id: int) -> ResponseReturnValue:
    """Say what a marked complaint is, as someone uninvolved."""
    held = pages.whole(reading(), person(), complaint_id)
    flag = next((one for one in held.flags if one.id == flag_id), None)
    form = filled(LookForm, rev=flag.rev if flag else 0)
    if form.ready:
        with saving(form, "service.look_at_flag") as session:
            service_complaints.look_at(session, person(), flag_id, form.read_at, **form.values())
        if form.saved:
            return redirect(url_for("service_complaints.show", complaint_id=complaint_id))
    return _shown(form, held, gettext("Look at a marked complaint"), "R-33")


def _step(step: str, complaint_id: int, cls: type[EditForm], work: Callable[..., Any],
          action: str) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    held = pages.whole(reading(), person(), complaint_id)
    form: Any = filled(cls, rev=held.rev, **_known(step, held))
    if "owner_id" in form:
        form.owner_id.choices = [SelectChoice(str(p.id), p.name) for p in actions_team.people(reading())]
    if form.ready:
        with saving(form, action) as session:
            work(session, person(), complaint_id, form.read_at, **form.values())
        if form.saved:
            return redirect(url_for("service_complaints.show", complaint_id=complaint_id))
    return _shown(form, held, say(step_of(STEPS, step).words), RULES.get(step, ""))


def _known(step: str, held: InternalComplaint) -> dict[str, Any]:
    """Return what a form shows already: a plan that is changed."""
    if step != "plan":
        return {}
    return {"cause": held.cause, "plan": held.plan, "owner_id": held.plan_owner_id or person().id,
            "promised_on": held.promised_on}


def _shown(form: Any, held: InternalComplaint, title: str, rule: str) -> ResponseReturnValue:
    back = url_for("service_complaints.show", complaint_id=held.id)
    return render_template(
        "service/form.html", form=form, title=title, rule=rule, back=back, held=held,
        trail=[(gettext("Internal complaints"), url_for("service_complaints.register")), (held.number, back)],
    ), form.status


def _choose(form: Any) -> None:
    """Offer the units that the person complains for, and all that can be complained of."""
    units = pages.inside_units(reading(), person())
    own = [u for u in units if person().may("service.complain", site_id=u.site_id, unit_path=u.path)]
    form.complaining_id.choices = [SelectChoice("", "–"), *choices(own)]
    form.accused_id.choices = [SelectChoice("", "–"), *choices(units)]
