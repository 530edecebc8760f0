"""The steps on a request, each the button or the page of one. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.base import EditForm
from forms.service_requests import ConfirmForm, ConfirmQualityForm, FinishForm, PassForm, PauseForm, ReasonForm
from qms.models.service_requests import ServiceRequest
from qms.rules import service_requests as rules
from qms.rules.chain import INSIDE
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.forms import answered
from qms.web.language import say
from qms.web.registers import choice
from qms.workflows import service_requests, service_requests_register
from qms.workflows.chain_registers import units_of

bp = Blueprint("service_requests_steps", __name__, url_prefix="/service/requests")


@bp.post("/<id:request_id>/take")
@needs("service.serve")
def take(request_id: int) -> ResponseReturnValue:
    """Take a request on."""
    return _at_once("take", request_id, service_requests.take)


@bp.post("/<id:request_id>/resume")
@needs("service.serve")
def resume(request_id: int) -> ResponseReturnValue:
    """Let the clock run again."""
    return _at_once("resume", request_id, service_requests.resume)


@bp.route("/<id:request_id>/pause", methods=["GET", "POST"])
@needs("service.serve")
def pause(request_id: int) -> ResponseReturnValue:
    """Let the clock stand for a listed reason."""
    return _with_form("pause", request_id, PauseForm, service_requests.pause)


@bp.route("/<id:request_id>/pass-on", methods=["GET", "POST"])
@needs("service.serve")
def pass_on(request_id: int) -> ResponseReturnValue:
    """Hand a request over to another provider."""
    return _with_form("pass_on", request_id, PassForm, service_requests.pass_on)


@bp.route("/<id:request_id>/finish", methods=["GET", "POST"])
@needs("service.serve")
def finish(request_id: int) -> ResponseReturnValue:
    """Say what was done."""
    return _with_form("finish", request_id, FinishForm, service_requests.finish)


@bp.route("/<id:request_id>/refuse", methods=["GET", "POST"])
@needs("service.serve")
def refuse(request_id: int) -> ResponseReturnValue:
    """Refuse a request with a reason."""
    return _with_form("refuse", request_id, ReasonForm, service_requests.refuse)


@bp.route("/<id:request_id>/confirm", methods=["GET", "POST"])
@needs("service.request")
def confirm(request_id: int) -> ResponseReturnValue:
    """Confirm what was done, and rate it."""
    commitment = service_requests_register.whole(reading(), person(), request_id).commitment
    quality = commitment is not None and commitment.kind == "quality"
    return _with_form("confirm", request_id, ConfirmQualityForm if quality else ConfirmForm, service_requests.confirm)


@bp.route("/<id:request_id>/reopen", methods=["GET", "POST"])
@needs("service.request")
def reopen(request_id: int) -> ResponseReturnValue:
    """Take back what was said to be done."""
    return _with_form("reopen", request_id, ReasonForm, service_requests.reopen)


@bp.route("/<id:request_id>/withdraw", methods=["GET", "POST"])
@needs("service.request")
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take a request back."""
    return _with_form("withdraw", request_id, ReasonForm, service_requests.withdraw)


def _at_once(step: str, request_id: int, work: Callable[..., ServiceRequest]) -> ResponseReturnValue:
    """Take a step that asks for nothing."""
    form = filled(EditForm)
    with saving(form, f"service.{step}") as session:
        work(session, person(), request_id, form.read_at)
    return answered(form, url_for("service_requests.show", request_id=request_id),
                    f"{_words(step)}: {gettext('recorded')}")


def _with_form(step: str, request_id: int, cls: type[EditForm],
               work: Callable[..., ServiceRequest]) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    held = service_requests_register.whole(reading(), person(), request_id)
    form = filled(cls, rev=held.rev)
    if isinstance(form, PassForm):
        other = {held.provider_id, held.asker_id}
        form.to_id.choices = [choice(u) for u in units_of(reading(), held.site_id, *INSIDE) if u.id not in other]
    if form.ready:
        with saving(form, f"service.{step}") as session:
            _take(session, form, held.id, work)
        if form.saved:
            flash(f"{_words(step)}: {gettext('recorded')}", "success")
            return redirect(url_for("service_requests.show", request_id=request_id))
    return render_template("service/request_step.html", form=form, held=held, step=step, words=_words(step),
                           REQUEST=rules), form.status


def _take(session: Session, form: EditForm, request_id: int, work: Callable[..., ServiceRequest]) -> None:
    given: dict[str, Any] = form.values()
    if "rating" in given:
        given["rating"] = int(given["rating"])
    if "met" in given:
        given["met"] = given["met"] == "yes"
    work(session, person(), request_id, form.read_at, **given)


def _words(step: str) -> str:
    return say(step_of(rules.STEPS, step).words)
