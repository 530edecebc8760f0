"""Steps on a record from a tablet: reviewed, countersigned, confirmed or denied by its author. Decides nothing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.base import EditForm, Form
from forms.rejections_intake import CountersignForm, ReviewForm
from qms.rules import rejections_intake as rules
from qms.rules.words import Words
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.workflows import rejections_intake_own, rejections_intake_shown, rejections_intake_steps

bp = Blueprint("rejections_intake_steps", __name__, url_prefix="/rejections/tablets")


@bp.route("/<id:intake_id>/review", methods=["GET", "POST"])
@needs("rejections.review")
def review(intake_id: int) -> ResponseReturnValue:
    """Say what one found who looked a record through."""
    return _step(intake_id, ReviewForm, "rejections.review_intake", rejections_intake_steps.review,
                 Words("Reviewed", "已复核"), gettext("Reviewed. Your note is in the history."))


@bp.route("/<id:intake_id>/countersign", methods=["GET", "POST"])
@needs("rejections.review")
def countersign(intake_id: int) -> ResponseReturnValue:
    """Vouch for a record that was made offline in its author's name."""
    return _step(intake_id, CountersignForm, "rejections.confirm_offline", rejections_intake_steps.countersign,
                 Words("Countersign", "会签"), gettext("Countersigned in the name of its author."))


@bp.post("/<id:intake_id>/confirm")
@needs("rejections.view")
def confirm(intake_id: int) -> ResponseReturnValue:
    """Confirm as its author a record that was made offline."""
    form = filled(Form)
    client_id = _client_id(intake_id)
    with saving(form, "rejections.confirm_offline") as session:
        rejections_intake_own.confirm_own(session, person(), client_id)
    return _back(intake_id, form, gettext("Confirmed: you made this record."))


@bp.post("/<id:intake_id>/not-mine")
@needs("rejections.view")
def not_mine(intake_id: int) -> ResponseReturnValue:
    """Deny a record that was made offline in one's name."""
    form = filled(Form)
    client_id = _client_id(intake_id)
    with saving(form, "rejections.disown") as session:
        rejections_intake_own.disown(session, person(), client_id)
    return _back(intake_id, form, gettext("Noted: somebody else made this record. A leader looks into it."))


def _step(intake_id: int, cls: type[EditForm], action: str, verb: Any, words: Words,
          done: str) -> ResponseReturnValue:
    """Show the form of a step and take it; what is written there becomes the reason in the trail."""
    found = rejections_intake_shown.whole(reading(), person(), intake_id)
    form = filled(cls, rev=found.intake.rev)
    if form.ready:
        with saving(form, action, (form.values()["note"] or "").strip() or None) as session:
            verb(session, person(), intake_id, form.read_at)
        if form.saved:
            flash(done, "success")
            return redirect(url_for("rejections_intake.show", intake_id=intake_id))
    return render_template("rejections/intake_step.html", form=form, words=words, intake=found.intake,
                           rejection=found.rejection, codes=rules.split(found.intake.review), INTAKE=rules), form.status


def _client_id(intake_id: int) -> str:
    return rejections_intake_shown.whole(reading(), person(), intake_id).intake.client_id


def _back(intake_id: int, form: Form, done: str) -> ResponseReturnValue:
    if form.saved:
        flash(done, "success")
    elif form.refusal is not None:
        flash(form.refusal.words.to(language()), "danger")
    return redirect(url_for("rejections_intake.show", intake_id=intake_id), 303)
