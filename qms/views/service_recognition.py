"""The register of recognition and its steps. Decides nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.service_recognition import ProposeForm, RecognitionFilter
from qms.rules import service_recognition as rules
from qms.rules.steps import step_of
from qms.web import answered, filled, needs, person, reading, saving
from qms.web.filter_rows import choices, offer, wish
from qms.web.language import language, say
from qms.workflows import actions_team, chain
from qms.workflows import service_recognition as recognition
from qms.workflows.service_complaints_register import inside_units

bp = Blueprint("service_recognition", __name__, url_prefix="/service/recognition")

ACTIONS = {"consent": recognition.consent, "approve": recognition.approve, "decline": recognition.decline}


@bp.get("/")
@needs("service.view")
def register() -> str:
    """Show who was recognised for what: units, and persons who agreed."""
    form: Any = RecognitionFilter(request.args, translate=gettext, language=language())
    offer(form, chain.sites(reading(), person(), "service.view"), inside_units(reading(), person()), "unit")
    form.validate()
    wanted = recognition.Filter(sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"),
                                state=form.chosen("state") or "", kind=form.chosen("kind") or "",
                                unit_id=form.chosen("unit"))
    form.only_site()
    page = recognition.register(reading(), person(), wanted, wish())
    steps = {row.id: [(name, step_of(rules.RECOGNITION, name).words) for name in recognition.offered(person(), row)]
             for row in page.rows}
    return render_template("service/recognition.html", form=form, page=page, RULES=rules, steps=steps,
                           named=recognition.named, me=person().id, wanted=wanted,
                           is_filtered=wanted != recognition.Filter())


@bp.route("/propose", methods=["GET", "POST"])
@needs("service.complain")
def propose() -> ResponseReturnValue:
    """Propose a unit, or a person who will be asked."""
    form = filled(ProposeForm)
    form.unit_id.choices = [SelectChoice("", "–"), *choices(inside_units(reading(), person()))]
    form.honoured_id.choices = [SelectChoice("", gettext("The unit as a whole")), *(
        SelectChoice(str(who.id), who.name) for who in actions_team.people(reading()))]
    if form.ready:
        with saving(form, "service.propose_recognition") as session:
            recognition.propose(session, person(), **form.values())
        if form.saved:
            return redirect(url_for("service_recognition.register"))
    return render_template("service/form.html", form=form, title=gettext("Propose to recognise"), rule="R-35",
                           held=None, back=url_for("service_recognition.register"),
                           trail=[(gettext("Recognition"), url_for("service_recognition.register"))]), form.status


@bp.post("/<id:recognition_id>/consent")
@needs("service.view")
def consent(recognition_id: int) -> ResponseReturnValue:
    """Agree to be named."""
    return _step("consent", recognition_id)


@bp.post("/<id:recognition_id>/approve")
@needs("service.recognise")
def approve(recognition_id: int) -> ResponseReturnValue:
    """Approve a recognition."""
    return _step("approve", recognition_id)


@bp.post("/<id:recognition_id>/decline")
@needs("service.recognise")
def decline(recognition_id: int) -> ResponseReturnValue:
    """Decline a recognition."""
    return _step("decline", recognition_id)


def _step(name: str, recognition_id: int) -> ResponseReturnValue:
    form = filled(EditForm)
    with saving(form, f"service.{name}_recognition") as session:
        ACTIONS[name](session, person(), recognition_id, form.read_at)
    return answered(form, url_for("service_recognition.register"), say(step_of(rules.RECOGNITION, name).words))
