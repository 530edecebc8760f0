"""Calling for help and stopping a line at the desk. Decides nothing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.stops import CallForm
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import rejections_lookup, stops, stops_lookup

bp = Blueprint("stops_calling", __name__, url_prefix="/stops/call")


@bp.route("/", methods=["GET", "POST"])
@needs("stops.call")
def call() -> ResponseReturnValue:
    """Call for help at an operation or stop its line; `unit_id` in the address is proposed."""
    form = _form()
    if form.ready:
        with saving(form, "stops.call") as session:
            made = stops.call(session, person(), **_given(session, form))
        if form.saved:
            flash(gettext("%(number)s: the first rung is told.", number=made.number), "success")
            return redirect(url_for("stops.show", stop_id=made.id))
    return render_template("stops/call.html", form=form), form.status


def _form() -> CallForm:
    lines = stops_lookup.lines_to_stop(reading(), person())
    form = filled(CallForm, unit_id=request.args.get("unit_id", type=id_or_none)
                  or rejections_lookup.home_of(reading(), person()))
    choices = [SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in lines]
    form.unit_id.choices = [SelectChoice("", gettext("Choose a line")), *choices]
    form.customer_id.choices = [SelectChoice("", gettext("No: this line itself")), *choices]
    return form


def _given(session: Session, form: CallForm) -> dict[str, Any]:
    """Return what the workflow is told: ids for what was typed."""
    site_id = rejections_lookup.site_of_unit(session, form.unit_id.data)
    lot_id = rejections_lookup.lot_id(session, site_id, form.lot.data)
    upstream = None
    if form.from_upstream.data or form.customer_id.data:
        upstream = stops.Upstream(quantity=form.quantity.data, lot_id=lot_id,
                                  defect_id=rejections_lookup.defect_id(session, site_id, form.defect.data))
    return {"unit_id": form.unit_id.data, "red": form.signal.data == "red", "reason": form.reason.data,
            "note": form.note.data, "critical": form.critical.data, "lot_id": lot_id, "upstream": upstream,
            "customer_id": form.customer_id.data}
