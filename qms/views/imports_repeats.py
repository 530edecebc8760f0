"""The page on which a repeated report of a production log is declared a double. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.imports import DoubleForm
from qms.web import filled, needs, person, reading, saving
from qms.workflows import imports_repeats

bp = Blueprint("imports_repeats", __name__, url_prefix="/imports/reports")


@bp.route("/<id:report_id>/double", methods=["GET", "POST"])
@needs("imports.run")
def declare_double(report_id: int) -> ResponseReturnValue:
    """Declare that a report is the same one twice."""
    report = imports_repeats.one(reading(), person(), report_id)
    form = filled(DoubleForm, rev=report.rev)
    back = url_for("imports.show", import_id=report.import_id, _anchor="repeats")
    if form.ready:
        with saving(form, "imports.declare_double", form.reason.data) as session:
            imports_repeats.declare_double(session, person(), report_id, form.read_at, reason=form.reason.data)
        if form.saved:
            flash(gettext("The pieces of this report are counted once now."), "success")
            return redirect(back, 303)
    return render_template("imports/double.html", form=form, report=report, back=back), form.status
