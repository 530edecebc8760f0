"""The register and the record page of internal complaints. Decides nothing."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from forms.service_complaints import ComplaintFilter
from qms.models.service_complaints import InternalComplaint
from qms.rules import service_appeals as appeal_rules
from qms.rules import service_complaints as rules
from qms.rules import service_complaints_scores as scores
from qms.rules import service_follow_ups as follow_up_rules
from qms.rules.actions import STEPS as CASE
from qms.rules.chain import LINK_KINDS
from qms.rules.clock import utc_now
from qms.rules.service_complaints_late import LADDER
from qms.rules.steps import step_of
from qms.web import needs, person, reading
from qms.web.filter_rows import offer, wish
from qms.web.language import language, time_zone
from qms.workflows import chain, service_appeals, service_follow_ups
from qms.workflows import service_complaints_register as pages
from qms.workflows import service_complaints_shown as shown
from qms.workflows.actions_sources import of_record
from qms.workflows.service_complaints_scores import does_count
from qms.workflows.trail import history
from qms.workflows.trail_signatures import signatures_of

bp = Blueprint("service_complaints", __name__, url_prefix="/service/complaints")

ICONS = {"acknowledge": "eye", "accept": "check", "refuse": "ban", "plan": "checklist", "finish": "circle-check",
         "confirm": "circle-check", "reopen": "arrow-back-up", "withdraw": "ban", "appeal": "scale"}
AT_ONCE = frozenset({"acknowledge"})
"""Steps that ask for nothing, so that their button takes them."""
QUIET = frozenset({"refuse", "withdraw", "reopen", "appeal"})
ADDRESSES = {"rejections": ("rejections.show", "rejection_id"), "stops": ("stops.show", "stop_id"),
             "handovers": ("acceptance.show", "handover_id")}


@bp.get("/")
@needs("service.view")
def register() -> str:
    """Show the register of internal complaints."""
    form: Any = ComplaintFilter(request.args, translate=gettext, language=language())
    offer(form, chain.sites(reading(), person(), "service.view"), pages.inside_units(reading(), person()),
          "complaining", "accused")
    form.validate()
    wanted = pages.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), state=form.chosen("state") or "",
        kind=form.chosen("kind") or "", complaining_id=form.chosen("complaining"), accused_id=form.chosen("accused"),
        first=form.chosen("first"), last=form.chosen("last"), zone=time_zone())
    form.only_site()
    return render_template(
        "service/complaints.html", form=form, wanted=wanted, COMPLAINT=rules, KINDS=LINK_KINDS, now=utc_now(),
        page=pages.register(reading(), person(), wanted, wish()),
        is_filtered=wanted != pages.Filter(zone=wanted.zone))


@bp.get("/<id:complaint_id>")
@needs("service.view")
def show(complaint_id: int) -> str:
    """Show a complaint: who, what, the six steps told back, appeals, follow-ups, marks, history."""
    held = pages.whole(reading(), person(), complaint_id)
    appeals = service_appeals.of_complaint(reading(), held.id)
    follow_ups = service_follow_ups.of_complaint(reading(), held.id)
    records = [("internal_complaints", held.id), *(("appeals", a.id) for a in appeals),
               *(("complaint_follow_ups", f.id) for f in follow_ups), *(("complaint_flags", f.id) for f in held.flags)]
    return render_template(
        "service/complaint.html", c=held, COMPLAINT=rules, APPEAL=appeal_rules, FOLLOW=follow_up_rules,
        SCORES=scores, KINDS=LINK_KINDS, LADDER=LADDER, steps=_steps(held), six=shown.told_back(held, follow_ups),
        appeals=appeals, follow_ups=follow_ups, counts=does_count(held), source=_source(held), now=utc_now(),
        may_follow=_may("service.follow", held), may_review=_may("service.review", held), CASE=CASE,
        cases=of_record(reading(), person(), "internal_complaints", held.id),
        signatures=signatures_of(reading(), "appeals", [a.id for a in appeals], held.site.time_zone),
        history=history(reading(), records)[::-1])


def _steps(held: InternalComplaint) -> list[dict[str, Any]]:
    """Return the buttons of the strip: what brings it on first."""
    offered = shown.offered(reading(), person(), held)
    first = [step for step in offered if step not in QUIET]
    return [_button(held, step) | ({"tone": ""} if step in QUIET else {})
            for step in first + [step for step in offered if step in QUIET]]


def _button(held: InternalComplaint, step: str) -> dict[str, Any]:
    button = {"words": step_of(rules.STEPS, step).words, "icon": ICONS[step],
              "url": url_for(f"service_complaints_steps.{step}", complaint_id=held.id)}
    return button | {"post": True, "fields": {"rev": held.rev}} if step in AT_ONCE else button


def _source(held: InternalComplaint) -> str:
    """Return the address of the record that a complaint is about; empty where it has none here."""
    found = ADDRESSES.get(held.source_kind)
    values: dict[str, Any] = {found[1]: held.record_id} if found else {}
    return url_for(found[0], **values) if found and held.record_id else ""


def _may(permission: str, held: InternalComplaint) -> bool:
    return person().may(permission, site_id=held.site_id, unit_path=held.complaining.path)
