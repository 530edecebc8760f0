"""What a management review decides: taken in the meeting, worded anew, reported on, dropped, opened again."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.review import DecisionForm, ReasonForm, ResultForm
from qms.models.review import Review, ReviewDecision
from qms.rules import review as rules
from qms.rules.customers_metrics import METRICS
from qms.rules.review_inputs import INPUTS
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.language import say
from qms.workflows import review_decisions as decisions
from qms.workflows import review_records, review_shown
from qms.workflows.actions_team import holders
from qms.workflows.review_missed import frozen_misses

bp = Blueprint("review_decisions", __name__, url_prefix="/review")

FIELDS = ("output", "missed", "input_code", "body", "owner_id", "due_on", "resource")


@bp.route("/<id:review_id>/decide", methods=["GET", "POST"])
@needs("review.prepare")
def decide(review_id: int) -> ResponseReturnValue:
    """Take a decision: on an input, against a missed target, or on the whole, as the address says."""
    held = review_records.one(reading(), person(), review_id)
    code, missed = request.args.get("input", ""), request.args.get("missed", "")
    form = filled(DecisionForm, input_code=code if code in INPUTS else "", missed=missed,
                  output="target" if missed else "improvement")
    _offer(form, held)
    if form.ready:
        with saving(form, "review.decide") as session:
            decisions.decide(session, person(), review_id, **form.values())
        if form.saved:
            return _back(review_id, code, gettext("Decided."))
        held = review_records.one(reading(), person(), review_id)
    return _draw(form, held, None, gettext("Decide"), code)


@bp.route("/decisions/<id:decision_id>/change", methods=["GET", "POST"])
@needs("review.prepare")
def change(decision_id: int) -> ResponseReturnValue:
    """Word a decision anew while the meeting is on."""
    decision = decisions.one_decision(reading(), person(), decision_id)
    review_id, code = decision.review_id, request.args.get("input", "")
    form = filled(DecisionForm, obj=decision, input_code=decision.input_code or "", missed=decision.missed or "")
    _offer(form, decision.review)
    if form.ready:
        with saving(form, "review.amend") as session:
            decisions.amend(session, person(), decision_id, form.read_at, **form.values())
        if form.saved:
            return _back(review_id, code, gettext("Saved."))
        decision = decisions.one_decision(reading(), person(), decision_id)
    return _draw(form, decision.review, decision, gettext("Change the decision"), code)


@bp.route("/decisions/<id:decision_id>/report", methods=["GET", "POST"])
@needs("review.view")
def report(decision_id: int) -> ResponseReturnValue:
    """Report what came of a decision: its owner, or who prepares reviews."""
    return _step("report", "review.report", decision_id, ResultForm, decisions.report)


@bp.route("/decisions/<id:decision_id>/drop", methods=["GET", "POST"])
@needs("review.prepare")
def drop(decision_id: int) -> ResponseReturnValue:
    """Drop a decision for a reason."""
    return _step("drop", "review.drop", decision_id, ReasonForm, decisions.drop)


@bp.route("/decisions/<id:decision_id>/reopen", methods=["GET", "POST"])
@needs("review.prepare")
def reopen(decision_id: int) -> ResponseReturnValue:
    """Open a decision again for a reason."""
    return _step("reopen", "review.reopen_decision", decision_id, ReasonForm, decisions.reopen)


def _step(name: str, action: str, decision_id: int, model: type[EditForm],
          work: Callable[..., ReviewDecision]) -> ResponseReturnValue:
    """Show the form of a step on a decision and take it."""
    decision = decisions.one_decision(reading(), person(), decision_id)
    review_id = decision.review_id
    form, words = filled(model, rev=decision.rev), step_of(rules.DECISION_STEPS, name).words
    if form.ready:
        with saving(form, action) as session:
            work(session, person(), decision_id, form.read_at, **form.values())
        if form.saved:
            return _back(review_id, "", f"{say(words)}: {gettext('recorded')}")
        decision = decisions.one_decision(reading(), person(), decision_id)
    return render_template("review/decision_step.html", form=form, review=decision.review, decision=decision,
                           words=words, step=name, REVIEW=rules), form.status


def _offer(form: DecisionForm, held: Review) -> None:
    """Offer as owners those who may see the review, and the missed targets, those first that have no plan yet."""
    found = holders(reading(), held.site_id, rules.VIEW)
    form.owner_id.choices = [SelectChoice("", gettext("Choose a person")),
                             *(SelectChoice(str(who.id), who.name) for who in found)]
    unplanned = review_shown.unplanned(reading(), held)
    missed = [*unplanned, *(one for one in frozen_misses(held) if one not in unplanned)]
    form.missed.choices = [SelectChoice("", gettext("None")), *(SelectChoice(
        one.key, f"{say(one.customer)}: {say(METRICS[one.metric].words)}") for one in missed)]


def _draw(form: DecisionForm, held: Review, decision: ReviewDecision | None, title: str,
          code: str) -> ResponseReturnValue:
    back = _address(held.id, code)
    return render_template("review/decision.html", form=form, review=held, decision=decision, title=title,
                           fields=FIELDS, back=back, REVIEW=rules), form.status


def _back(review_id: int, code: str, done: str) -> ResponseReturnValue:
    flash(done, "success")
    return redirect(_address(review_id, code), 303)


def _address(review_id: int, code: str) -> str:
    """Return the input in the meeting that a decision came from, else the decisions on the review's page."""
    if code in INPUTS:
        return url_for("review_inputs.show", review_id=review_id, code=code.replace("_", "-"), _anchor="decisions")
    return url_for("review.show", review_id=review_id, _anchor="decisions")
