"""The leader's one page on a report: complete it, and thank whoever made it. Decides nothing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.rejections_complete import CompleteForm
from forms.rejections_intake import ThankForm
from qms.models.rejections import Rejection
from qms.rules import rejections as rules
from qms.rules import rejections_intake as intake_rules
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import (
    attachments,
    rejections,
    rejections_complete,
    rejections_intake_shown,
    rejections_lookup,
    rejections_thanks,
)

bp = Blueprint("rejections_complete", __name__, url_prefix="/rejections")


@bp.route("/<id:rejection_id>/complete", methods=["GET", "POST"])
@needs("rejections.contain")
def complete(rejection_id: int) -> ResponseReturnValue:
    """Complete what a worker tapped, all in one step."""
    rejection = rejections.whole(reading(), person(), rejection_id)
    form = filled(CompleteForm, rev=rejection.rev, **_as_it_is(rejection))
    units = rejections_lookup.units_of_site(reading(), rejection.site_id, producing=True)
    form.origin_unit_id.choices = [SelectChoice("", gettext("Not known")),
                                   *(SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units)]
    if form.ready:
        with saving(form, "rejections.complete", (form.reason.data or "").strip() or None) as session:
            rejections_complete.complete(session, person(), rejection_id, form.read_at,
                                         rejections_complete.Completion(**form.added()), reason=form.reason.data)
        if form.saved:
            flash(gettext("Completed."), "success")
            return redirect(url_for("rejections.show", rejection_id=rejection_id))
    tapped = rejections_intake_shown.on_record(reading(), rejection_id)
    return render_template(
        "rejections/complete.html", form=form, rejection=rejection, REJECTION=rules, INTAKE=intake_rules,
        intake=tapped[0] if tapped else None, codes=intake_rules.split(tapped[0].review) if tapped else [],
        photos=attachments.photos_of(reading(), person(), "rejections", rejection_id)), form.status


@bp.route("/<id:rejection_id>/thank", methods=["GET", "POST"])
@needs("rejections.contain")
def thank(rejection_id: int) -> ResponseReturnValue:
    """Thank the reporter."""
    rejection = rejections.whole(reading(), person(), rejection_id)
    form = filled(ThankForm)
    if form.ready:
        with saving(form, "rejections.thank") as session:
            rejections_thanks.thank(session, person(), rejection_id, note=form.note.data)
        if form.saved:
            flash(gettext("Thank you for saying so: %(name)s reads it at the station.",
                          name=rejection.reported_by.name), "success")
            return redirect(url_for("rejections.show", rejection_id=rejection_id))
    return render_template("rejections/thank.html", form=form, rejection=rejection), form.status


def _as_it_is(rejection: Rejection) -> dict[str, Any]:
    """Return what the form begins with."""
    held = next((hold for hold in rejection.holds if hold.state == "held" and hold.line_id is None), None)
    return {"severity": rejection.severity, "requirement": rejection.requirement, "actual": rejection.actual,
            "note": rejection.note, "whole_lot": rejection.whole_lot, "origin_unit_id": rejection.origin_unit_id,
            "location": held.location if held else None}
