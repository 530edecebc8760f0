"""What tablets sent that could not be taken: two bodies under one id, and records that they keep. Decides nothing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.rejections_intake import DiscardForm, SettleForm
from qms.web import filled, needs, person, reading, saving
from qms.workflows import rejections_intake_conflicts as conflicts
from qms.workflows import rejections_intake_kept as kept

bp = Blueprint("rejections_intake_conflicts", __name__, url_prefix="/rejections/tablets")


@bp.get("/conflicts")
@needs("rejections.review")
def listed() -> str:
    """Show the conflicts that are open, and those that were settled."""
    return render_template("rejections/intake_conflicts.html",
                           waiting=conflicts.conflicts(reading(), person()),
                           settled=conflicts.conflicts(reading(), person(), settled=True))


@bp.route("/conflicts/<id:conflict_id>", methods=["GET", "POST"])
@needs("rejections.review")
def settle(conflict_id: int) -> ResponseReturnValue:
    """Show two bodies side by side; settle which one is right."""
    conflict = conflicts.one_conflict(reading(), person(), conflict_id)
    form = filled(SettleForm, rev=conflict.rev)
    if form.ready:
        with saving(form, "rejections.resolve_conflict", form.resolution.data) as session:
            conflicts.settle_conflict(session, person(), conflict_id, form.read_at,
                                      resolution=form.resolution.data or "")
        if form.saved:
            flash(gettext("Settled. The tablet lets go of the second body; it stays here."), "success")
            return redirect(url_for("rejections_intake_conflicts.listed"))
        conflict = conflicts.one_conflict(reading(), person(), conflict_id)
    first, rejection = conflicts.first_of(reading(), conflict)
    return render_template(
        "rejections/intake_conflict.html", form=form, conflict=conflict, first=first, rejection=rejection,
        parts=conflicts.differences(first.body if first else None, conflict.body),
        may_settle=conflict.resolved_at is None
        and person().may("rejections.discard", site_id=conflict.device.site_id)), form.status


@bp.get("/kept")
@needs("rejections.review")
def kept_on_tablets() -> str:
    """Show what tablets still hold, and what was given up."""
    return render_template("rejections/intake_kept.html", outboxes=kept.outboxes(reading(), person()),
                           discards=kept.discards(reading(), person()))


@bp.route("/kept/<id:device_id>/<uuid:client_id>/discard", methods=["GET", "POST"])
@needs("rejections.discard")
def discard(device_id: int, client_id: Any) -> ResponseReturnValue:
    """Give up a record that a tablet keeps, with a reason."""
    device, record = kept.one_kept(reading(), person(), device_id, str(client_id))
    form = filled(DiscardForm)
    if form.ready:
        with saving(form, "rejections.discard_intake", form.reason.data) as session:
            kept.discard(session, person(), device_id, str(client_id), reason=form.reason.data or "")
        if form.saved:
            flash(gettext("Given up. The tablet lets go of it when it is heard of next."), "success")
            return redirect(url_for("rejections_intake_conflicts.kept_on_tablets"))
    return render_template("rejections/intake_discard.html", form=form, device=device, record=record), form.status
