"""The steps of a management review as a whole, one page each: opened, edited, settled, signed. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.base import EditForm
from forms.review import OpenForm, ReasonForm, ReviewForm, SettleForm, SignForm
from qms.models.review import Review
from qms.rules import review as rules
from qms.rules.review_periods import SPANS, usual
from qms.rules.steps import step_of
from qms.web import answered, filled, needs, person, reading, saving
from qms.web.language import say
from qms.web.registers import choice
from qms.web.signing import signing_of, to_sign
from qms.workflows import chain, review, review_records

bp = Blueprint("review_steps", __name__, url_prefix="/review")

RULES = {"settle": "R-41", "sign": "R-45", "void": "R-43", "thaw": ""}


@bp.route("/open", methods=["GET", "POST"], endpoint="open")
@needs("review.prepare")
def open_review() -> ResponseReturnValue:
    """Open a review; the last half year is offered, or the span that the address names."""
    sites = chain.sites(reading(), person(), rules.PREPARE)
    span = request.args.get("span", "half")
    site = chain.usual_site(reading(), sites)
    given = _usual(span if span in SPANS else "half", site) if site else {}
    form = filled(OpenForm, site_id=site.id if site else None, **given)
    offered = [choice(site) for site in sites]
    form.site_id.choices, form.more_sites.choices = offered, offered
    if len(sites) < 2:
        del form.more_sites
    if form.ready:
        with saving(form, "review.open") as session:
            made = review.open_review(session, person(), **form.values())
        if form.saved:
            flash(gettext("%(number)s is open. Assemble its figures next.", number=made.number), "success")
            return redirect(url_for("review.show", review_id=made.id), 303)
    return render_template("review/form.html", form=form, review=None, sites=sites, SPANS=SPANS), form.status


@bp.route("/<id:review_id>/edit", methods=["GET", "POST"])
@needs("review.prepare")
def edit(review_id: int) -> ResponseReturnValue:
    """Change title, periods, meeting and place."""
    held = review_records.one(reading(), person(), review_id)
    form = filled(ReviewForm, obj=held)
    if form.ready:
        with saving(form, "review.edit") as session:
            review.edit(session, person(), review_id, form.read_at, **form.values())
        if form.saved:
            return answered(form, url_for("review.show", review_id=review_id), gettext("Saved."))
        held = review_records.one(reading(), person(), review_id)
    return render_template("review/form.html", form=form, review=held, sites=[], SPANS=SPANS), form.status


@bp.route("/<id:review_id>/thaw", methods=["GET", "POST"])
@needs("review.prepare")
def thaw(review_id: int) -> ResponseReturnValue:
    """Go back to draft for a reason."""
    return _asked("thaw", review_id, ReasonForm, review.thaw)


@bp.route("/<id:review_id>/void", methods=["GET", "POST"])
@needs("review.prepare")
def void(review_id: int) -> ResponseReturnValue:
    """Void a review for a reason."""
    return _asked("void", review_id, ReasonForm, review.void)


@bp.route("/<id:review_id>/settle", methods=["GET", "POST"])
@needs("review.prepare")
def settle(review_id: int) -> ResponseReturnValue:
    """Say that the actions are set, with the conclusion."""
    return _asked("settle", review_id, SettleForm, review.settle)


@bp.post("/<id:review_id>/meet")
@needs("review.prepare")
def meet(review_id: int) -> ResponseReturnValue:
    """Open the meeting, and go to its first input."""
    form = filled(EditForm)
    with saving(form, "review.meet") as session:
        review.meet(session, person(), review_id, form.read_at)
    where = "review_inputs.first" if form.saved else "review.show"
    return answered(form, url_for(where, review_id=review_id), gettext("The meeting is open."))


@bp.post("/<id:review_id>/resume")
@needs("review.prepare")
def resume(review_id: int) -> ResponseReturnValue:
    """Go back into the meeting."""
    form = filled(EditForm)
    with saving(form, "review.resume") as session:
        review.resume(session, person(), review_id, form.read_at)
    return answered(form, url_for("review.show", review_id=review_id), gettext("The meeting is open again."))


@bp.route("/<id:review_id>/sign", methods=["GET", "POST"])
@needs("review.sign")
def sign(review_id: int) -> ResponseReturnValue:
    """Sign a review with one's password; a wrong one is answered beside the field and counted."""
    held = review_records.one(reading(), person(), review_id)
    form = to_sign(SignForm, "review", {"number": held.number}, rev=held.rev)
    if form.ready and (signing := signing_of(form)):
        with saving(form, "review.sign") as session:
            review.sign(session, person(), review_id, form.read_at, signing=signing)
        if form.saved:
            return answered(form, url_for("review.show", review_id=review_id), gettext("Signed."))
    return _draw("sign", review_records.one(reading(), person(), review_id), form)


def _asked(name: str, review_id: int, model: type[EditForm], work: Callable[..., Review]) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    held = review_records.one(reading(), person(), review_id)
    form = filled(model, rev=held.rev, conclusion=held.conclusion)
    if form.ready:
        with saving(form, f"review.{name}") as session:
            work(session, person(), review_id, form.read_at, **form.values())
        if form.saved:
            done = f"{say(step_of(rules.STEPS, name).words)}: {gettext('recorded')}"
            return answered(form, url_for("review.show", review_id=review_id), done)
        held = review_records.one(reading(), person(), review_id)
    return _draw(name, held, form)


def _draw(name: str, held: Review, form: Any) -> ResponseReturnValue:
    return render_template("review/step.html", form=form, review=held, step=name, REVIEW=rules, rule=RULES[name],
                           words=step_of(rules.STEPS, name).words), form.status


def _usual(span: str, site: Any) -> dict[str, Any]:
    """Return what the form of a new review begins with."""
    found = usual(span, review_records.today(reading(), site))
    return found._asdict() | {"title": say(found.title)}
