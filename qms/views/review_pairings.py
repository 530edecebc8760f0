"""The pages on which measures are paired: what is paired and was, set a pair, end one. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.review_pairings import EndForm, PairForm
from qms.rules.review import PREPARE
from qms.rules.review_association import LEAST_PERIODS
from qms.rules.review_measures import MEASURES
from qms.web import filled, needs, person, reading, saving
from qms.web.registers import choice
from qms.workflows import review_pairings as pairings

bp = Blueprint("review_pairings", __name__, url_prefix="/review/pairings")


@bp.get("/")
@needs("review.view")
def register() -> str:
    """Show which measures are paired, and which were."""
    shown = pairings.pairings(reading(), person())
    return render_template(
        "review/pairings.html", in_force=[one for one in shown if one.active], MEASURES=MEASURES,
        ended=[one for one in shown if not one.active], LEAST_PERIODS=LEAST_PERIODS,
        may_end={one.id for one in shown if one.active and person().may(PREPARE, site_id=one.site_id)})


@bp.route("/add", methods=["GET", "POST"])
@needs("review.prepare")
def pair() -> ResponseReturnValue:
    """Set a pair with its lag."""
    form = filled(PairForm)
    form.customer_id.choices = [choice(one) for one in pairings.customers(reading(), person())]
    if form.ready:
        with saving(form, "review.pair") as session:
            given = form.values()
            pairings.pair(session, person(), **given | {"also": given["also"] or ""})
        if form.saved:
            flash(gettext("The pair is set. Packs of periods that end from now on judge it at this lag."), "success")
            return redirect(url_for("review_pairings.register"), 303)
    return render_template("review/pairings_add.html", form=form), form.status


@bp.route("/<id:pairing_id>/end", methods=["GET", "POST"])
@needs("review.prepare")
def end(pairing_id: int) -> ResponseReturnValue:
    """End a pair with a reason."""
    held = pairings.one(reading(), person(), pairing_id)
    form = filled(EndForm, obj=held)
    if form.ready:
        with saving(form, "review.end_pairing", form.reason.data) as session:
            pairings.end_pairing(session, person(), pairing_id, form.read_at, reason=form.reason.data or "")
        if form.saved:
            flash(gettext("The pair has ended. Its lags stay known."), "success")
            return redirect(url_for("review_pairings.register"), 303)
        held = pairings.one(reading(), person(), pairing_id)
    return render_template("review/pairings_end.html", form=form, pairing=held, MEASURES=MEASURES), form.status
