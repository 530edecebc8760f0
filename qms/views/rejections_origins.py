"""What is said of an origin: assumed, confirmed, contested, decided. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.rejections import AssumeForm, ConfirmForm, ContestForm, DecideForm
from forms.trail_signatures import SignedForm
from qms.models.rejections import Rejection
from qms.rules import rejections as rules
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.web.signing import given_by, to_sign
from qms.workflows import rejections, rejections_lookup

bp = Blueprint("rejections_origins", __name__, url_prefix="/rejections")


@bp.route("/<id:rejection_id>/origin/assume", methods=["GET", "POST"])
@needs("rejections.view")
def assume(rejection_id: int) -> ResponseReturnValue:
    """Assume another origin."""
    return _said(rejection_id, "assume", AssumeForm, rejections.assume_origin)


@bp.route("/<id:rejection_id>/origin/confirm", methods=["GET", "POST"])
@needs("rejections.view")
def confirm(rejection_id: int) -> ResponseReturnValue:
    """Confirm the assumed origin."""
    return _said(rejection_id, "confirm", ConfirmForm, rejections.confirm_origin)


@bp.route("/<id:rejection_id>/origin/contest", methods=["GET", "POST"])
@needs("rejections.contest")
def contest(rejection_id: int) -> ResponseReturnValue:
    """Contest an origin."""
    return _said(rejection_id, "contest", ContestForm, rejections.contest_origin)


@bp.route("/<id:rejection_id>/origin/decide", methods=["GET", "POST"])
@needs("rejections.judge")
def decide(rejection_id: int) -> ResponseReturnValue:
    """Decide a contested origin."""
    return _said(rejection_id, "decide", DecideForm, rejections.decide_origin)


def _said(rejection_id: int, step: str, cls: type[EditForm], verb: Callable[..., Rejection]) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    rejection = rejections.whole(reading(), person(), rejection_id)
    form = (to_sign(cls, "origin", {"number": rejection.number}, rev=rejection.rev) if issubclass(cls, SignedForm)
            else filled(cls, rev=rejection.rev))
    if "unit_id" in form:
        _offer_units(form, rejection, first=gettext("Not known") if step == "contest" else gettext("Choose a unit"))
    words = next(s.words for s in rules.ORIGIN_STEPS.steps if s.name == step)
    if form.ready and (given := given_by(form)) is not None:
        with saving(form, f"rejections.{step}_origin", given["reason"] or None) as session:
            verb(session, person(), rejection_id, form.read_at, **given)
        if form.saved:
            flash(f"{words.to(language())}: {gettext('recorded')}", "success")
            return redirect(url_for("rejections.show", rejection_id=rejection_id))
    return render_template("rejections/origin.html", form=form, rejection=rejection, words=words, step=step,
                           REJECTION=rules), form.status


def _offer_units(form: Any, rejection: Rejection, *, first: str) -> None:
    units = rejections_lookup.units_of_site(reading(), rejection.site_id, producing=True)
    form.unit_id.choices = [SelectChoice("", first),
                            *(SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units)]
