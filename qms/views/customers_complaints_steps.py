"""The steps on a customer's complaint, one form each. Decides nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.customers_complaints import (
    AcceptForm,
    AnalyseForm,
    AnswerForm,
    ContainForm,
    LinkForm,
    ReasonForm,
    ReturnForm,
    TraceForm,
)
from qms.models.customers_complaints import CustomerComplaint
from qms.rules import customers_complaints as rules
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.forms import answered
from qms.web.language import say
from qms.web.page import name
from qms.workflows import customers_complaints as complaints
from qms.workflows import customers_complaints_records as records
from qms.workflows import customers_complaints_tracing as tracing
from qms.workflows.rejections_lookup import units_of_site

bp = Blueprint("customers_complaints_steps", __name__, url_prefix="/customers/complaints")


class Page(NamedTuple):
    """The page of a step: its form, its workflow, its fields in rows, and the rule that it stands under."""

    form: type[EditForm]
    take: Callable[..., CustomerComplaint]
    groups: tuple[tuple[str, ...], ...]
    rule: str = ""


_REASON = (("reason",),)
PAGES: dict[str, Page] = {
    "contain": Page(ContainForm, complaints.contain, (("containment",), ("sent_at",))),
    "analyse": Page(AnalyseForm, complaints.analyse, (
        ("analysis",), ("quantity_confirmed",), ("responsibility", "share_percent"), ("no_fault_found",),
        ("criteria_ref",), ("sent_at",)), "R-31"),
    "answer": Page(AnswerForm, complaints.answer, (("reply",), ("told_inside",), ("sent_at",))),
    "accept": Page(AcceptForm, complaints.accept, (("accepted_by",),)),
    "refuse": Page(ReasonForm, complaints.refuse, _REASON),
    "lapse": Page(ReasonForm, complaints.lapse, _REASON, "R-30"),
    "reopen": Page(ReasonForm, complaints.reopen, _REASON),
    "justify": Page(ReasonForm, complaints.justify, _REASON, "R-30"),
    "void": Page(ReasonForm, complaints.void, _REASON, "R-43"),
    "receive_return": Page(ReturnForm, complaints.receive_return, (("return_received_on", "return_quantity"),)),
    "trace": Page(TraceForm, tracing.trace, (("origin_unit_id",), ("unknown_reason",)), "R-30"),
    "link": Page(LinkForm, tracing.link, (("number",),), "R-30"),
}


@bp.post("/<id:complaint_id>/close")
@needs("customers.complain")
def close(complaint_id: int) -> ResponseReturnValue:
    """Close a complaint that the customer has accepted."""
    form = filled(EditForm)
    with saving(form, "customers.close_complaint") as session:
        complaints.close(session, person(), complaint_id, form.read_at)
    return answered(form, url_for("customers_complaints.show", complaint_id=complaint_id), gettext("Closed."))


@bp.route("/<id:complaint_id>/<string:step>", methods=["GET", "POST"])
@needs("customers.complain")
def take(complaint_id: int, step: str) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    held, called = records.whole(reading(), person(), complaint_id), step.replace("-", "_")
    page = PAGES.get(called)
    if page is None:
        raise NotFound
    zone = ZoneInfo(held.site.time_zone)
    form = _filled(page, held, zone)
    if form.ready:
        given: dict[str, Any] = form.values()
        if isinstance(given.get("sent_at"), datetime):
            given["sent_at"] = given["sent_at"].replace(tzinfo=zone)
        with saving(form, f"customers.{called}_complaint") as session:
            page.take(session, person(), complaint_id, form.read_at, **given)
        if form.saved:
            flash(f"{say(step_of(rules.STEPS, called).words)}: {gettext('recorded')}", "success")
            return redirect(url_for("customers_complaints.show", complaint_id=complaint_id), 303)
    return render_template(
        "customers/complaint_step.html", form=form, complaint=held, step=called, page=page, COMPLAINT=rules,
        words=step_of(rules.STEPS, called).words), form.status


def _filled(page: Page, held: CustomerComplaint, zone: ZoneInfo) -> Any:
    now = utc_now().astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    form: Any = filled(page.form, obj=held, sent_at=now)
    if "origin_unit_id" in form:
        form.origin_unit_id.choices = [SelectChoice("", gettext("Not known")), *(
            SelectChoice(str(u.id), f"{u.code} {name(u)}")
            for u in units_of_site(reading(), held.site_id, producing=True) if u.kind != "customer")]
    if not form.submitted and "return_received_on" in form and form.return_received_on.data is None:
        form.return_received_on.data = now.date()
    return form
