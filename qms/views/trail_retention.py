"""Retention of a site: classes and what is due, legal holds. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.chain import id_or_none
from forms.trail_retention import HoldForm, RetentionForm, WhyForm
from qms.models.trail_retention import LegalHold
from qms.rules.accounts import ROLES
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound
from qms.rules.trail_retention import HOLD_KINDS, KINDS, STATES
from qms.rules.trail_retention_classes import ALL
from qms.web import filled, needs, person, reading, saving
from qms.workflows import trail_disposals as disposals
from qms.workflows import trail_holds as holds
from qms.workflows import trail_retention as retention
from qms.workflows.trail import history

bp = Blueprint("trail_retention", __name__, url_prefix="/trail/retention")


@bp.get("/")
@needs("trail.view")
def overview() -> str:
    """Show how long a site keeps its records, what is due when, holds and disposals."""
    sites = retention.sites_seen(reading(), person())
    wanted = request.args.get("site", type=id_or_none)
    site = next((one for one in sites if one.id == wanted), sites[0] if sites else None)
    today = utc_now().date()
    told = retention.counted(reading(), person(), site.id, today) if site else []
    return render_template(
        "trail/retention.html", sites=sites, site=site, told=told, today=today, ROLES=ROLES, KINDS=KINDS,
        HOLD_KINDS=HOLD_KINDS, STATES=STATES, ALL=ALL, holds=holds.holds(reading(), site.id) if site else [],
        disposals=disposals.disposals(reading(), person(), site.id) if site else [])


@bp.route("/<id:site_id>/classes/<string:code>", methods=["GET", "POST"])
@needs("trail.retain")
def edit(site_id: int, code: str) -> ResponseReturnValue:
    """Set for how many years a site keeps a class, with a reason that the history keeps."""
    site = retention.site_seen(reading(), person(), site_id, retention.SET)
    kept = retention.kept_by(reading(), site_id).get(code)
    if kept is None or kept.years is None:
        raise NotFound
    held = kept.setting
    form = filled(RetentionForm, rev=held.rev if held else 0, years=kept.years, special_years=kept.special_years)
    if form.ready:
        with saving(form, "trail.set_retention", (form.reason.data or "").strip() or None) as session:
            retention.set_years(session, person(), site_id, code, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("trail_retention.overview", site=site_id))
    told = history(reading(), [("retention_settings", held.id)])[::-1] if held else []
    return render_template("trail/retention_edit.html", form=form, site=site, kept=kept, history=told), form.status


@bp.route("/<id:site_id>/holds/add", methods=["GET", "POST"])
@needs("trail.retain")
def put_hold(site_id: int) -> ResponseReturnValue:
    """Hold records back from disposal."""
    site = retention.site_seen(reading(), person(), site_id, retention.SET)
    form = filled(HoldForm)
    if form.ready:
        with saving(form, "trail.put_hold", (form.reason.data or "").strip() or None) as session:
            holds.put_hold(session, person(), site_id, **form.values())
        if form.saved:
            flash(gettext("Held: nothing that it covers is disposed of."), "success")
            return redirect(url_for("trail_retention.overview", site=site_id))
    return render_template("trail/retention_hold.html", form=form, site=site), form.status


@bp.route("/holds/<id:hold_id>/lift", methods=["GET", "POST"])
@needs("trail.retain")
def lift_hold(hold_id: int) -> ResponseReturnValue:
    """Lift a hold, with the reason."""
    hold = reading().get(LegalHold, hold_id)
    if hold is None:
        raise NotFound
    retention.site_seen(reading(), person(), hold.site_id, retention.SET)
    form = filled(WhyForm, rev=hold.rev)
    if form.ready:
        with saving(form, "trail.lift_hold", (form.reason.data or "").strip() or None) as session:
            holds.lift_hold(session, person(), hold_id, form.read_at, reason=form.reason.data)
        if form.saved:
            flash(gettext("Lifted."), "success")
            return redirect(url_for("trail_retention.overview", site=hold.site_id))
    return render_template("trail/retention_why.html", form=form, words=gettext("Lift the hold"), named=hold.named,
                           button=gettext("Lift the hold"),
                           back=url_for("trail_retention.overview", site=hold.site_id)), form.status
