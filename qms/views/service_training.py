"""The register of sessions on internal service, with attendance per unit. Decides nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.service_recognition import AttendForm, TrainingForm, UnitFilter
from qms.web import filled, needs, person, reading, saving
from qms.web.filter_rows import choices, offer, wish
from qms.web.language import language
from qms.workflows import chain
from qms.workflows import service_training as training
from qms.workflows.chain_registers import units_of
from qms.workflows.service_complaints_register import inside_units
from qms.workflows.trail import history

bp = Blueprint("service_training", __name__, url_prefix="/service/training")


@bp.get("/")
@needs("service.view")
def register() -> str:
    """Show sessions, and how many of each unit came, with n and interval."""
    form: Any = UnitFilter(request.args, translate=gettext, language=language())
    offer(form, chain.sites(reading(), person(), "service.view"), inside_units(reading(), person()), "unit")
    form.validate()
    wanted = training.Filter((form.chosen("q") or "").strip(), form.chosen("site"), form.chosen("unit"))
    form.only_site()
    return render_template("service/training.html", form=form, rates=training.rates(reading(), person(), wanted),
                           page=training.register(reading(), person(), wanted, wish()), wanted=wanted,
                           is_filtered=wanted != training.Filter())


@bp.get("/<id:training_id>")
@needs("service.view")
def show(training_id: int) -> str:
    """Show a session with its attendance."""
    held = training.one(reading(), person(), training_id)
    records = [("trainings", held.id), *(("training_units", row.id) for row in held.attendances)]
    steps = [{"words": gettext("Record attendance"), "icon": "plus",
              "url": url_for("service_training.attend", training_id=held.id)}]
    return render_template("service/training_session.html", t=held, history=history(reading(), records)[::-1],
                           steps=steps if person().may("service.teach", site_id=held.site_id) else [])


@bp.route("/hold", methods=["GET", "POST"])
@needs("service.teach")
def hold() -> ResponseReturnValue:
    """Record a session that was held."""
    form = filled(TrainingForm)
    form.site_id.choices = choices(chain.sites(reading(), person(), "service.teach"))
    if form.ready:
        with saving(form, "service.hold_training") as session:
            made = training.hold(session, person(), **form.values()).id
        if form.saved:
            return redirect(url_for("service_training.show", training_id=made))
    return _shown(form, gettext("Record a session"), url_for("service_training.register"))


@bp.route("/<id:training_id>/attend", methods=["GET", "POST"])
@needs("service.teach")
def attend(training_id: int) -> ResponseReturnValue:
    """Record how many of a unit came."""
    held = training.one(reading(), person(), training_id)
    form = filled(AttendForm)
    form.unit_id.choices = [SelectChoice("", "–"), *choices(units_of(reading(), held.site_id))]
    back = url_for("service_training.show", training_id=training_id)
    if form.ready:
        with saving(form, "service.attend_training") as session:
            training.attend(session, person(), training_id, **form.values())
        if form.saved:
            return redirect(back)
    return _shown(form, gettext("Record attendance"), back)


def _shown(form: Any, title: str, back: str) -> ResponseReturnValue:
    return render_template("service/form.html", form=form, title=title, rule="", held=None, back=back,
                           trail=[(gettext("Training"), url_for("service_training.register"))]), form.status
