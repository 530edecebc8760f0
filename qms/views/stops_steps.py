"""The steps on a call or stop, each the button or the page of one. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.stops import AskRestartForm, CheckForm, ContainForm, NoteForm, ReviewForm
from qms.models.stops import Stop
from qms.rules import stops as rules
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language, say
from qms.workflows import stops, stops_shown
from qms.workflows.stops_restarting import latest_checks

bp = Blueprint("stops_steps", __name__, url_prefix="/stops")


@bp.post("/<id:stop_id>/see")
@needs("stops.view")
def see(stop_id: int) -> ResponseReturnValue:
    """Note that the reader has seen what a rung told them."""
    form = filled(EditForm)
    with saving(form, "stops.see") as session:
        stops.see(session, person(), stop_id)
    return _back(form, stop_id, gettext("Noted. The clock runs on until somebody is at the spot."))


@bp.post("/<id:stop_id>/acknowledge")
@needs("stops.answer")
def acknowledge(stop_id: int) -> ResponseReturnValue:
    """Say that the reader is coming."""
    return _at_once("acknowledge", stop_id, stops.acknowledge)


@bp.post("/<id:stop_id>/arrive")
@needs("stops.answer")
def arrive(stop_id: int) -> ResponseReturnValue:
    """Say that the reader is at the spot."""
    return _at_once("arrive", stop_id, stops.arrive)


@bp.post("/<id:stop_id>/stop")
@needs("stops.call")
def stop(stop_id: int) -> ResponseReturnValue:
    """Stop the line of a call."""
    return _at_once("stop", stop_id, stops.stop_line)


@bp.post("/<id:stop_id>/consent")
@needs("stops.consent")
def consent(stop_id: int) -> ResponseReturnValue:
    """Agree to the restart as the receiving operation."""
    return _at_once("consent", stop_id, stops.consent)


@bp.post("/<id:stop_id>/restart")
@needs("stops.answer")
def restart(stop_id: int) -> ResponseReturnValue:
    """Let the line run again."""
    return _at_once("restart", stop_id, stops.restart)


@bp.route("/<id:stop_id>/resolve", methods=["GET", "POST"])
@needs("stops.answer")
def resolve(stop_id: int) -> ResponseReturnValue:
    """Solve a call before the line stands."""
    return _with_form("resolve", stop_id, NoteForm, stops.resolve)


@bp.route("/<id:stop_id>/contain", methods=["GET", "POST"])
@needs("stops.answer")
def contain(stop_id: int) -> ResponseReturnValue:
    """Say what was contained."""
    return _with_form("contain", stop_id, ContainForm, stops.contain)


@bp.route("/<id:stop_id>/ask-restart", methods=["GET", "POST"])
@needs("stops.answer")
def ask_restart(stop_id: int) -> ResponseReturnValue:
    """Ask for the restart."""
    return _with_form("ask_restart", stop_id, AskRestartForm, stops.ask_restart)


@bp.route("/<id:stop_id>/check", methods=["GET", "POST"])
@needs("stops.answer")
def check(stop_id: int) -> ResponseReturnValue:
    """Record a restart check."""
    return _with_form("check", stop_id, CheckForm, stops.check)


@bp.route("/<id:stop_id>/contain-again", methods=["GET", "POST"])
@needs("stops.answer")
def contain_again(stop_id: int) -> ResponseReturnValue:
    """Go back to containment."""
    return _with_form("contain_again", stop_id, NoteForm, stops.contain_again)


@bp.route("/<id:stop_id>/review", methods=["GET", "POST"])
@needs("stops.answer")
def review(stop_id: int) -> ResponseReturnValue:
    """Look back at a stop."""
    return _with_form("review", stop_id, ReviewForm, stops.review)


def _at_once(name: str, stop_id: int, step: Callable[..., Stop]) -> ResponseReturnValue:
    """Take a step that asks for nothing."""
    form = filled(EditForm)
    with saving(form, f"stops.{name}") as session:
        step(session, person(), stop_id, form.read_at)
    return _back(form, stop_id, f"{_words(name)}: {gettext('recorded')}")


def _with_form(name: str, stop_id: int, cls: type[EditForm], step: Callable[..., Stop]) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    held = stops_shown.whole(reading(), person(), stop_id)
    form = filled(cls, rev=held.rev, measure=held.measure, lost_units=held.lost_units)
    if isinstance(form, CheckForm):
        _offer_missing(form, held)
    if form.ready:
        given: dict[str, Any] = form.values()
        if isinstance(form, CheckForm):
            given["good"] = given["good"] == "yes"
        with saving(form, f"stops.{name}") as session:
            step(session, person(), stop_id, form.read_at, **given)
        if form.saved:
            return _back(form, stop_id, f"{_words(name)}: {gettext('recorded')}")
    return render_template("stops/step.html", form=form, stop=held, words=step_of(rules.STEPS, name).words, step=name,
                           STOP=rules), form.status


def _offer_missing(form: CheckForm, stop: Stop) -> None:
    """Offer the checks that this restart needs; the first that is missing is chosen."""
    needed = rules.checks_needed(product_affecting=stop.product_affecting)
    form.kind.choices = [SelectChoice(kind, say(rules.CHECKS[kind])) for kind in needed]
    lacking = rules.missing_checks(latest_checks(reading(), stop), product_affecting=stop.product_affecting)
    if not form.submitted and lacking:
        form.kind.data = lacking[0]


def _back(form: EditForm, stop_id: int, done: str) -> ResponseReturnValue:
    """Lead back to the record; a refusal says there why nothing was done."""
    refusal = form.refusal
    if refusal is None:
        flash(done, "success")
        return redirect(url_for("stops.show", stop_id=stop_id))
    rule = f" {refusal.rule}" if hasattr(refusal, "rule") else ""
    flash(refusal.words.to(language()) + rule, "danger")
    return redirect(url_for("stops.show", stop_id=stop_id), 303)


def _words(name: str) -> str:
    return say(step_of(rules.STEPS, name).words)
