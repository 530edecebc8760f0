"""The limits of authority and the clocks of each site: shown and set. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.chain_limits import LimitsForm
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import chain_limits as limits
from qms.workflows.trail import history

bp = Blueprint("chain_limits", __name__, url_prefix="/chain/limits")


@bp.get("/")
@needs("chain.limits")
def register() -> str:
    """Show the limits of every site that the reader sets."""
    return render_template("chain/limits.html", sites=limits.limited_sites(reading(), person()))


@bp.route("/<id:site_id>", methods=["GET", "POST"])
@needs("chain.limits")
def edit(site_id: int) -> ResponseReturnValue:
    """Set the limits of a site, with a reason that the history keeps."""
    site = limits.limited_site(reading(), person(), site_id)
    form = filled(LimitsForm, rev=site.rev, scrap_limit=site.scrap_limit, notice_hours=site.notice_hours)
    if form.ready:
        with saving(form, "chain.set_limits", (form.reason.data or "").strip() or None) as session:
            limits.set_limits(session, person(), site_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain_limits.register"))
    return render_template("chain/limits_edit.html", form=form, site=site, words=f"{site.code} {name(site)}",
                           history=history(reading(), [("sites", site_id)])[::-1]), form.status
