"""The register, the record page and asking of requests between units. Decides nothing."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.service_requests import AskForm, RequestFilter
from qms.models.service_requests import ServiceRequest
from qms.rules import service_requests as rules
from qms.rules.chain import INSIDE
from qms.rules.clock import utc_now
from qms.rules.service_requests_late import LADDER
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.web.registers import choice, wish
from qms.workflows import chain, service_requests, service_requests_register
from qms.workflows.chain_registers import units_of
from qms.workflows.service_commitments_records import today
from qms.workflows.service_commitments_register import committing_units, to_ask
from qms.workflows.trail import history

bp = Blueprint("service_requests", __name__, url_prefix="/service/requests")

ICONS = {"take": "check", "finish": "circle-check", "pause": "hourglass", "resume": "rotate-2", "pass_on": "transfer",
         "refuse": "ban", "confirm": "thumb-up", "reopen": "arrow-back-up", "withdraw": "x"}
AT_ONCE = frozenset({"take", "resume"})
"""Steps that ask for nothing, so that their button takes them."""
QUIET = frozenset({"pause", "pass_on", "refuse", "reopen", "withdraw"})


@bp.get("/")
@needs("service.view")
def register() -> str:
    """Show what units ask of each other."""
    form, wanted = _wanted()
    page = service_requests_register.register(reading(), person(), wanted, wish())
    return render_template("service/requests.html", form=form, page=page, REQUEST=rules, wanted=wanted,
                           may_ask=bool(committing_units(reading(), person(), "service.request")),
                           is_filtered=wanted != service_requests_register.Filter())


@bp.get("/<id:request_id>")
@needs("service.view")
def show(request_id: int) -> str:
    """Show a request: its clock, what was done and by which unit, what who asked says of it, history."""
    held = service_requests_register.whole(reading(), person(), request_id)
    records = [("service_requests", held.id), *(("service_pauses", p.id) for p in held.pauses),
               *(("service_passes", p.id) for p in held.passes),
               *(("service_reopenings", r.id) for r in held.reopenings)]
    return render_template("service/request.html", held=held, REQUEST=rules, LADDER=LADDER, steps=_steps(held),
                           history=history(reading(), records)[::-1])


@bp.route("/ask", methods=["GET", "POST"])
@needs("service.request")
def ask() -> ResponseReturnValue:
    """Ask a unit for a service through one of its commitments (`commitment` chooses it)."""
    units = committing_units(reading(), person(), "service.request")
    offers = [c for site in sorted({u.site_id for u in units})
              for c in to_ask(reading(), person(), site, today(reading(), site))]
    own = [u for u in units if u.kind in INSIDE]
    form = filled(AskForm, commitment_id=request.args.get("commitment", type=id_or_none))
    form.commitment_id.choices = [SelectChoice("", gettext("Choose a commitment")), *(
        SelectChoice(str(c.id), f"{c.provider.code} {name(c.provider)}: {name(c, 'service')}") for c in offers)]
    form.asker_id.choices = [choice(u) for u in own]
    if form.ready:
        with saving(form, "service.ask") as session:
            made = service_requests.ask(session, person(), **form.values())
        if form.saved:
            flash(gettext("%(number)s is asked. The clock runs.", number=made.number), "success")
            return redirect(url_for("service_requests.show", request_id=made.id))
    return render_template("service/request_ask.html", form=form, offers=offers), form.status


@bp.app_template_global("request_clock")
def clock(held: ServiceRequest) -> tuple[str, str] | None:
    """Return what is left of the promised time, or by how much it is over; None where no clock runs."""
    if held.state == "paused":
        return gettext("clock stands"), ""
    if held.due_at is None or held.state not in rules.COUNTING:
        return None
    at = utc_now()
    if held.due_at < at:
        return gettext("late by %(time)s", time=_lasted(held.due_at, at)), "late"
    return gettext("%(time)s left", time=_lasted(at, held.due_at)), "soon" if held.due_at - at < SOON else ""


SOON = timedelta(hours=4)


def _lasted(begin: datetime, end: datetime) -> str:
    told: str = format_timedelta(end - begin, granularity="minute", threshold=1.5)
    return told


def _steps(held: ServiceRequest) -> list[dict[str, Any]]:
    """Return the buttons of a request's strip."""
    buttons = []
    for step in service_requests_register.offered(person(), held):
        button: dict[str, Any] = {"words": step_of(rules.STEPS, step).words, "icon": ICONS[step],
                                  "tone": "" if step in QUIET else None,
                                  "url": url_for(f"service_requests_steps.{step}", request_id=held.id)}
        buttons.append(button | ({"post": True, "fields": {"rev": held.rev}} if step in AT_ONCE else {}))
    return buttons


def _wanted() -> tuple[RequestFilter, service_requests_register.Filter]:
    """Return the filter row as the address fills it, and what it asks for."""
    form: Any = RequestFilter(request.args, translate=gettext, language=language())
    sites = chain.sites(reading(), person(), "service.view")
    units = [choice(u) for s in sites for u in units_of(reading(), s.id)]
    offers = [c for s in sites for c in to_ask(reading(), person(), s.id, today(reading(), s.id))]
    form.site.choices = [form.all(), *map(choice, sites)]
    form.provider.choices = form.asker.choices = [form.all(), *units]
    form.commitment.choices = [form.all(), *(SelectChoice(str(c.id), f"{c.number} {name(c, 'service')}")
                                             for c in offers)]
    form.validate()
    wanted = service_requests_register.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), provider_id=form.chosen("provider"),
        asker_id=form.chosen("asker"), commitment_id=form.chosen("commitment"), state=form.chosen("state") or "",
        first=form.chosen("first"), last=form.chosen("last"))
    form.only_site()
    return form, wanted
