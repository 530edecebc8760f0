"""The register and record page of customers' complaints, and recording one. Decides nothing."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.customers_complaints import ComplaintFilter, ComplaintForm, NewComplaintForm
from qms.models.customers import Customer
from qms.models.customers_complaints import CustomerComplaint
from qms.rules import customers_complaints as rules
from qms.rules import dispositions_costs as cost_rules
from qms.rules.actions import STEPS as CASE
from qms.rules.clock import utc_now
from qms.rules.rejections import SEVERITIES
from qms.rules.rejections import STEPS as REJECTION
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language, time_zone
from qms.web.page import name
from qms.workflows import attachments, attachments_files, chain, rejections_lookup
from qms.workflows import customers_complaints as complaints
from qms.workflows import customers_complaints_records as records
from qms.workflows import customers_complaints_register as registers
from qms.workflows.actions_sources import of_record
from qms.workflows.chain_paging import Wish
from qms.workflows.customers_records import one
from qms.workflows.customers_register import plants_of, registered
from qms.workflows.customers_requirements import that_bite
from qms.workflows.dispositions_costing import FINANCE
from qms.workflows.dispositions_costs_register import of_complaint
from qms.workflows.trail import history

bp = Blueprint("customers_complaints", __name__, url_prefix="/customers/complaints")

ICONS = {"contain": "hand-stop", "analyse": "search", "answer": "send", "accept": "circle-check", "refuse": "x",
         "close": "lock", "lapse": "hourglass", "reopen": "refresh", "trace": "route", "link": "link",
         "receive_return": "package", "justify": "message", "edit": "pencil", "void": "ban"}
QUIET = frozenset({"refuse", "lapse", "reopen", "trace", "link", "receive_return", "justify", "edit"})
GROUPS = (("kind", "severity"), ("place", "plant_id"), ("customer_ref", "quantity_claimed"), ("description",),
          ("item", "item_text"), ("lot", "lots_text"), ("defect",))
PLAIN = ("kind", "severity", "place", "customer_ref", "plant_id", "item_text", "lots_text", "quantity_claimed",
         "description")


@bp.get("/")
@needs("customers.view")
def register() -> str:
    """Show the register of customers' complaints."""
    form = ComplaintFilter(request.args, translate=gettext, language=language())
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}")
                                       for s in chain.sites(reading(), person(), "customers.view"))]
    form.customer.choices = [form.all(), *_customers()]
    form.validate()
    wanted = registers.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), customer_id=form.chosen("customer"),
        kind=form.chosen("kind") or "", state=form.chosen("state") or "",
        import_id=request.args.get("import", type=id_or_none), first=form.chosen("first"), last=form.chosen("last"),
        zone=time_zone())
    form.only_site()
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    return render_template(
        "customers/complaints.html", form=form, page=registers.register(reading(), person(), wanted, wish),
        wanted=wanted, COMPLAINT=rules, is_filtered=wanted != registers.Filter(zone=wanted.zone),
        now=utc_now())


@bp.get("/<id:complaint_id>")
@needs("customers.view")
def show(complaint_id: int) -> str:
    """Show a complaint: what was said, clocks, way of the defect, thread, files, history."""
    held = records.whole(reading(), person(), complaint_id)
    kind, costs = records.KIND, of_complaint(reading(), person(), complaint_id, held.site_id)
    return render_template(
        "customers/complaint.html", complaint=held, COMPLAINT=rules, SEVERITIES=SEVERITIES, REJECTION=REJECTION,
        steps=_steps(held), now=utc_now(), passages=[p for p in held.passages if p.active],
        requirements=that_bite(reading(), person(), item_id=held.item_id, customer_id=held.customer_id),
        costs=costs, COST=cost_rules,
        may_finance=held.state != "void" and person().may(FINANCE, site_id=held.site_id),
        cases=of_record(reading(), person(), kind, held.id), CASE=CASE,
        files=attachments_files.files_of(reading(), person(), kind, [held.id]).get(held.id, []),
        photos=attachments.photos_of(reading(), person(), kind, held.id),
        source_fields=list(json.loads(held.source_fields).items()) if held.source_fields else [],
        addable=person().may("customers.complain", site_id=held.site_id, unit_path=held.customer.path),
        history=history(reading(), [
            (kind, held.id), *(("customer_complaint_passages", p.id) for p in held.passages),
            *(("cost_lines", line.id) for line in costs or ())])[::-1])


@bp.route("/record", methods=["GET", "POST"])
@needs("customers.complain")
def receive() -> ResponseReturnValue:
    """Record a complaint; the customer may be named in the address."""
    now = utc_now().replace(second=0, microsecond=0)
    form = filled(NewComplaintForm, customer_id=request.args.get("customer", type=id_or_none))
    form.customer_id.choices = [SelectChoice("", gettext("Choose a customer")), *_customers()]
    chosen = form.customer_id.data
    zone = ZoneInfo(one(reading(), person(), chosen).site.time_zone) if chosen else ZoneInfo("UTC")
    form.plant_id.choices = _plants(chosen)
    if form.received_at.data is None and not form.submitted:
        form.received_at.data = now.astimezone(zone if chosen else _home()).replace(tzinfo=None)
    received_at = form.received_at.data
    if form.ready and received_at is not None:
        with saving(form, "customers.receive") as session:
            made = complaints.receive(
                session, person(), chosen, received_at=received_at.replace(tzinfo=zone),
                **_given(session, form, one(session, person(), chosen).site_id))
        if form.saved:
            flash(gettext("%(number)s is recorded, its clocks run.", number=made.number), "success")
            return redirect(url_for("customers_complaints.show", complaint_id=made.id))
    return _draw(form, gettext("Record a complaint"), (("customer_id", "received_at"), *GROUPS), None)


@bp.route("/<id:complaint_id>/edit", methods=["GET", "POST"])
@needs("customers.complain")
def edit(complaint_id: int) -> ResponseReturnValue:
    """Correct what was recorded of a complaint."""
    held = records.whole(reading(), person(), complaint_id)
    form = filled(ComplaintForm, obj=held, item=held.item.code if held.item else "",
                  lot=held.lot.number if held.lot else "", defect=held.defect.code if held.defect else "")
    form.plant_id.choices = _plants(held.customer_id)
    if form.ready:
        with saving(form, "customers.edit_complaint") as session:
            complaints.edit(session, person(), complaint_id, form.read_at, **_given(session, form, held.site_id))
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("customers_complaints.show", complaint_id=complaint_id), 303)
    return _draw(form, gettext("Edit"), GROUPS, held)


@bp.app_template_global("complaint_clock")
def clock(held: CustomerComplaint) -> tuple[str, str] | None:
    """Return what is left until the next report is due, or by how much it is over; None when none is owed."""
    owed = [(getattr(held, f"{report}_due_at"), words) for report, words in rules.CLOCKS.items()
            if getattr(held, f"{report}_sent_at") is None]
    if not owed or held.state not in rules.OPEN:
        return None
    due, words = min(owed, key=lambda pair: pair[0])
    mark = words.en.rpartition("(")[2].rstrip(")")
    if due < utc_now():
        return gettext("%(report)s overdue by %(time)s", report=mark, time=_lasted(due, utc_now())), "late"
    return gettext("%(report)s in %(time)s", report=mark, time=_lasted(utc_now(), due)), "soon"


def _lasted(begin: datetime, end: datetime) -> str:
    told: str = format_timedelta(end - begin, granularity="minute", threshold=1.5)
    return told


def _customers() -> list[SelectChoice]:
    found: list[Customer] = list(registered(reading(), person()))
    return [SelectChoice(str(c.unit_id), f"{c.unit.code} {name(c.unit)}") for c in found]


def _home() -> ZoneInfo:
    sites = chain.sites(reading(), person(), "customers.view")
    return ZoneInfo(sites[0].time_zone if sites else "UTC")


def _plants(customer_id: int | None) -> list[SelectChoice]:
    held = plants_of(reading(), customer_id) if customer_id else []
    return [SelectChoice("", gettext("Not known")), *(SelectChoice(str(p.id), f"{p.code} {name(p)}") for p in held)]


def _given(session: Session, form: ComplaintForm, site_id: int) -> dict[str, Any]:
    """Return what the workflow is told: ids for what was typed."""
    given: dict[str, Any] = {key: form[key].data for key in PLAIN}
    return given | {
        "place": given["place"] or None,
        "item_id": rejections_lookup.item_id(session, site_id, form.item.data),
        "lot_id": rejections_lookup.lot_id(session, site_id, form.lot.data),
        "defect_id": rejections_lookup.defect_id(session, site_id, form.defect.data)}


def _steps(held: CustomerComplaint) -> list[dict[str, Any]]:
    """Return the buttons of a complaint's strip."""
    buttons = []
    for step in records.offered(reading(), person(), held):
        button: dict[str, Any] = {"words": step_of(rules.STEPS, step).words, "icon": ICONS[step],
                                  "tone": "danger" if step == "void" else "" if step in QUIET else None}
        if step == "edit":
            button["url"] = url_for("customers_complaints.edit", complaint_id=held.id)
        else:
            button["url"] = url_for("customers_complaints_steps.take", complaint_id=held.id,
                                    step=step.replace("_", "-"))
        buttons.append(button | ({"post": True, "fields": {"rev": held.rev}} if step == "close" else {}))
    return buttons


def _draw(form: ComplaintForm, title: str, groups: tuple[tuple[str, ...], ...],
          held: CustomerComplaint | None) -> ResponseReturnValue:
    back = (url_for("customers_complaints.show", complaint_id=held.id) if held
            else url_for("customers_complaints.register"))
    crumbs = [(held.number, back)] if held else []
    return render_template(
        "customers/complaint_form.html", form=form, title=title, back=back, groups=groups,
        trail=[(gettext("Customer complaints"), url_for("customers_complaints.register")), *crumbs]), form.status
