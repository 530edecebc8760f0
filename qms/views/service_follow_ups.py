"""The register of follow-up visits and the page that records one. Decides nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.service_complaints import FollowUpFilter, FollowUpForm
from qms.rules import service_follow_ups as rules
from qms.rules.clock import utc_now
from qms.web import filled, needs, person, reading, saving
from qms.web.filter_rows import offer, wish
from qms.web.language import language
from qms.workflows import chain, service_follow_ups
from qms.workflows.service_complaints_register import inside_units

bp = Blueprint("service_follow_ups", __name__, url_prefix="/service/follow-ups")


@bp.get("/")
@needs("service.view")
def register() -> str:
    """Show the register of follow-ups."""
    form: Any = FollowUpFilter(request.args, translate=gettext, language=language())
    offer(form, chain.sites(reading(), person(), "service.view"), inside_units(reading(), person()), "unit")
    form.validate()
    wanted = service_follow_ups.Filter(sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"),
                                       state=form.chosen("state") or "", unit_id=form.chosen("unit"))
    form.only_site()
    return render_template("service/follow_ups.html", form=form, wanted=wanted, FOLLOW=rules, now=utc_now(),
                           page=service_follow_ups.register(reading(), person(), wanted, wish()),
                           is_filtered=wanted != service_follow_ups.Filter())


@bp.route("/<id:follow_up_id>/make", methods=["GET", "POST"])
@needs("service.follow")
def make(follow_up_id: int) -> ResponseReturnValue:
    """Record a follow-up."""
    held = service_follow_ups.whole(reading(), person(), follow_up_id)
    form = filled(FollowUpForm, rev=held.rev)
    back = url_for("service_complaints.show", complaint_id=held.complaint_id)
    if form.ready:
        with saving(form, "service.follow_up") as session:
            service_follow_ups.make(session, person(), follow_up_id, form.read_at, **form.values())
        if form.saved:
            return redirect(back)
    return render_template(
        "service/form.html", form=form, title=gettext("Record a follow-up"), rule="R-32", back=back,
        held=held.complaint,
        trail=[(gettext("Follow-ups"), url_for("service_follow_ups.register")), (held.complaint.number, back)],
    ), form.status
