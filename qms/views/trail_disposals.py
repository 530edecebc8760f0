"""Disposal: what may go and what stays, proposed, approved by somebody else, what is left of it. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from forms.trail_retention import ApproveDisposalForm, ProposeForm, WhyForm
from qms.models.trail_retention import DisposalLine
from qms.rules.trail import TABLES
from qms.rules.trail_retention import MOST_AT_ONCE, STATES
from qms.rules.trail_retention_classes import ALL, CLASS_OF, CLASSES
from qms.web import filled, needs, person, reading, saving
from qms.web.signing import signing_of, to_sign
from qms.workflows import trail_disposals as disposals
from qms.workflows import trail_retention as retention
from qms.workflows.trail import history
from qms.workflows.trail_signatures import signatures_of

bp = Blueprint("trail_disposals", __name__, url_prefix="/trail/retention/disposals")
WORDS = {"TABLES": TABLES, "CLASSES": CLASSES, "CLASS_OF": CLASS_OF, "ALL": ALL, "MOST": MOST_AT_ONCE}


@bp.route("/propose/<id:site_id>/<string:code>", methods=["GET", "POST"])
@needs("trail.retain")
def propose(site_id: int, code: str) -> ResponseReturnValue:
    """Show what is due of a class, or of all, and what stays because of what; propose to dispose of it."""
    site = retention.site_seen(reading(), person(), site_id, retention.SET)
    found = disposals.offered(reading(), person(), site_id, code)
    form = filled(ProposeForm)
    if form.ready:
        with saving(form, "trail.propose_disposal", (form.reason.data or "").strip() or None) as session:
            made = disposals.propose(session, person(), site_id, code, reason=form.reason.data)
        if form.saved:
            flash(gettext("%(number)s: proposed. Somebody else has to approve it.", number=made.number), "success")
            return redirect(url_for("trail_disposals.show", disposal_id=made.id))
    return render_template("trail/disposal_propose.html", form=form, site=site, code=code, found=found,
                           **WORDS), form.status


@bp.get("/<id:disposal_id>")
@needs("trail.view")
def show(disposal_id: int) -> str:
    """Show a proposal: its records, who decided, and what is left of them."""
    disposal = disposals.disposal_seen(reading(), person(), disposal_id)
    lines = reading().scalars(select(DisposalLine).where(DisposalLine.disposal_id == disposal_id)
                              .order_by(DisposalLine.id)).all()
    return render_template(
        "trail/disposal.html", disposal=disposal, lines=lines, state=STATES[disposal.state],
        tombstones=disposals.tombstones(reading(), disposal_id), steps=_steps(disposal_id, disposal.state,
                                                                           disposal.site_id),
        signatures=signatures_of(reading(), "disposals", [disposal_id], disposal.site.time_zone),
        history=history(reading(), [("disposals", disposal_id)])[::-1], **WORDS)


@bp.route("/<id:disposal_id>/approve", methods=["GET", "POST"])
@needs("trail.dispose")
def approve(disposal_id: int) -> ResponseReturnValue:
    """Approve a disposal by signature; the job that carries it out begins at once."""
    disposal = disposals.disposal_seen(reading(), person(), disposal_id)
    person().need(disposals.APPROVE, site_id=disposal.site_id)
    form = to_sign(ApproveDisposalForm, "disposal", {"number": disposal.number}, rev=disposal.rev)
    if form.ready and (signing := signing_of(form)):
        with saving(form, "trail.approve_disposal") as session:
            disposals.approve(session, person(), disposal_id, form.read_at, signing=signing)
        if form.saved:
            flash(gettext("Approved. The records are being disposed of."), "success")
            return redirect(url_for("trail_disposals.show", disposal_id=disposal_id))
    return render_template("trail/disposal_approve.html", form=form, disposal=disposal), form.status


@bp.route("/<id:disposal_id>/refuse", methods=["GET", "POST"])
@needs("trail.dispose")
def refuse(disposal_id: int) -> ResponseReturnValue:
    """Refuse a disposal, with the reason: everything stays."""
    disposal = disposals.disposal_seen(reading(), person(), disposal_id)
    person().need(disposals.APPROVE, site_id=disposal.site_id)
    form, back = filled(WhyForm, rev=disposal.rev), url_for("trail_disposals.show", disposal_id=disposal_id)
    if form.ready:
        with saving(form, "trail.refuse_disposal", (form.reason.data or "").strip() or None) as session:
            disposals.refuse(session, person(), disposal_id, form.read_at, reason=form.reason.data)
        if form.saved:
            flash(gettext("Refused. Everything stays."), "success")
            return redirect(back)
    return render_template("trail/retention_why.html", form=form, words=gettext("Refuse the disposal"),
                           named=disposal.number, button=gettext("Refuse"), back=back), form.status


def _steps(disposal_id: int, state: str, site_id: int) -> list[dict[str, str]]:
    """Return what the reader may do now."""
    if state != "proposed" or not person().may(disposals.APPROVE, site_id=site_id):
        return []
    return [{"words": gettext("Approve"), "url": url_for("trail_disposals.approve", disposal_id=disposal_id),
             "icon": "check"},
            {"words": gettext("Refuse"), "url": url_for("trail_disposals.refuse", disposal_id=disposal_id),
             "icon": "x", "tone": ""}]
