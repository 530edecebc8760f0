"""The register and pages of suggestions. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.service_recognition import EvaluateForm, OutcomeForm, SuggestForm, SuggestionFilter
from qms.rules import service_recognition as rules
from qms.web import filled, needs, person, reading, saving
from qms.web.filter_rows import choices, offer, wish
from qms.web.language import language
from qms.workflows import chain
from qms.workflows import service_suggestions as suggestions
from qms.workflows.service_complaints_register import inside_units
from qms.workflows.trail import history

bp = Blueprint("service_suggestions", __name__, url_prefix="/service/suggestions")


@bp.get("/")
@needs("service.view")
def register() -> str:
    """Show suggestions and what became of them."""
    form: Any = SuggestionFilter(request.args, translate=gettext, language=language())
    offer(form, chain.sites(reading(), person(), "service.view"), inside_units(reading(), person()), "unit")
    form.validate()
    wanted = suggestions.Filter(sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"),
                                state=form.chosen("state") or "", unit_id=form.chosen("unit"))
    form.only_site()
    return render_template("service/suggestions.html", form=form, RULES=rules, wanted=wanted,
                           page=suggestions.register(reading(), person(), wanted, wish()),
                           is_filtered=wanted != suggestions.Filter())


@bp.get("/<id:suggestion_id>")
@needs("service.view")
def show(suggestion_id: int) -> str:
    """Show a suggestion: idea, evaluation, outcome, history."""
    held = suggestions.whole(reading(), person(), suggestion_id)
    offered = suggestions.offered(person(), held)
    steps: list[dict[str, Any]] = []
    if "adopt" in offered:
        steps.append({"words": gettext("Evaluate"), "icon": "scale",
                      "url": url_for("service_suggestions.evaluate", suggestion_id=held.id)})
    if "put_in_place" in offered:
        steps.append({"words": gettext("In place"), "icon": "check",
                      "url": url_for("service_suggestions.put_in_place", suggestion_id=held.id)})
    return render_template("service/suggestion.html", s=held, RULES=rules, steps=steps,
                           history=history(reading(), [("suggestions", held.id)])[::-1])


@bp.route("/suggest", methods=["GET", "POST"])
@needs("service.complain")
def suggest() -> ResponseReturnValue:
    """File an idea."""
    form = filled(SuggestForm)
    form.unit_id.choices = [SelectChoice("", "–"), *choices(inside_units(reading(), person()))]
    if form.ready:
        with saving(form, "service.suggest") as session:
            made = suggestions.suggest(session, person(), **form.values()).id
        if form.saved:
            return redirect(url_for("service_suggestions.show", suggestion_id=made))
    return _shown(form, gettext("Suggest something"), url_for("service_suggestions.register"))


@bp.route("/<id:suggestion_id>/evaluate", methods=["GET", "POST"])
@needs("service.recognise")
def evaluate(suggestion_id: int) -> ResponseReturnValue:
    """Adopt an idea, try it out, or not adopt it."""
    return _step(suggestion_id, EvaluateForm, suggestions.evaluate, "service.evaluate_suggestion", gettext("Evaluate"))


@bp.route("/<id:suggestion_id>/put-in-place", methods=["GET", "POST"])
@needs("service.recognise")
def put_in_place(suggestion_id: int) -> ResponseReturnValue:
    """Say what an adopted idea brought."""
    return _step(suggestion_id, OutcomeForm, suggestions.put_in_place, "service.put_in_place", gettext("In place"))


def _step(suggestion_id: int, cls: Any, work: Callable[..., Any], action: str, title: str) -> ResponseReturnValue:
    held = suggestions.whole(reading(), person(), suggestion_id)
    form: Any = filled(cls, rev=held.rev)
    back = url_for("service_suggestions.show", suggestion_id=suggestion_id)
    if form.ready:
        with saving(form, action) as session:
            work(session, person(), suggestion_id, form.read_at, **form.values())
        if form.saved:
            return redirect(back)
    return _shown(form, title, back)


def _shown(form: Any, title: str, back: str) -> ResponseReturnValue:
    return render_template("service/form.html", form=form, title=title, rule="", held=None, back=back,
                           trail=[(gettext("Suggestions"), url_for("service_suggestions.register"))]), form.status
