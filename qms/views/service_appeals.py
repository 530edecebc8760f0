"""The register of appeals and the page that decides one. Decides nothing itself."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.service_complaints import AppealFilter, DecideForm
from qms.rules import service_appeals as rules
from qms.rules import service_complaints as complaint_rules
from qms.rules.clock import utc_now
from qms.web import needs, person, reading, saving
from qms.web.filter_rows import offer, wish
from qms.web.language import language
from qms.web.signing import given_by, to_sign
from qms.workflows import chain, service_appeals, service_complaints
from qms.workflows.service_complaints_register import inside_units

bp = Blueprint("service_appeals", __name__, url_prefix="/service/appeals")


@bp.get("/")
@needs("service.view")
def register() -> str:
    """Show the register of appeals."""
    form: Any = AppealFilter(request.args, translate=gettext, language=language())
    offer(form, chain.sites(reading(), person(), "service.view"), inside_units(reading(), person()), "unit")
    form.validate()
    wanted = service_appeals.Filter(sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"),
                                    state=form.chosen("state") or "", unit_id=form.chosen("unit"))
    form.only_site()
    return render_template("service/appeals.html", form=form, wanted=wanted, APPEAL=rules, COMPLAINT=complaint_rules,
                           page=service_appeals.register(reading(), person(), wanted, wish()), now=utc_now(),
                           is_filtered=wanted != service_appeals.Filter())


@bp.route("/<id:appeal_id>/decide", methods=["GET", "POST"])
@needs("service.review")
def decide(appeal_id: int) -> ResponseReturnValue:
    """Decide an appeal as someone uninvolved."""
    held = service_appeals.whole(reading(), person(), appeal_id)
    form = to_sign(DecideForm, "appeal", {"number": held.number}, rev=held.rev)
    back = url_for("service_complaints.show", complaint_id=held.complaint_id)
    if form.ready and (given := given_by(form)) is not None:
        with saving(form, "service.decide_appeal") as session:
            service_complaints.decide(session, person(), appeal_id, form.read_at, **given)
        if form.saved:
            return redirect(back)
    return render_template(
        "service/form.html", form=form, title=gettext("Decide an appeal"), rule="R-33", back=back,
        held=held.complaint, appeal=held,
        trail=[(gettext("Appeals"), url_for("service_appeals.register")), (held.complaint.number, back)]), form.status
