"""The register of management reviews and the page of one: what is missing, who takes part, decisions, signatures."""

from functools import partial
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from forms.review import ReviewFilter
from qms.models.review import Review, ReviewAttendee
from qms.rules import review as rules
from qms.rules.customers_metrics import METRICS
from qms.rules.review_inputs import HOW, INPUTS
from qms.rules.steps import Step
from qms.web import needs, person, reading
from qms.web.language import language
from qms.web.registers import choice, wish
from qms.workflows import chain, review_counting, review_records, review_shown
from qms.workflows import review_register as registers
from qms.workflows.trail import Told, history
from qms.workflows.trail_signatures import signatures_of

bp = Blueprint("review", __name__, url_prefix="/review")

ICONS = {"edit": "pencil", "assemble": "database", "freeze": "lock", "thaw": "lock-open", "compare": "arrows-exchange",
         "meet": "users", "settle": "checklist", "resume": "arrow-back-up", "sign": "file-certificate", "void": "ban"}
COUNTED = frozenset({"assemble", "freeze", "compare"})
AT_ONCE = frozenset({"meet", "resume"})
ELSEWHERE = frozenset({"fill", "attend", "note", "decide"})
"""Steps that are taken on parts of the page or in the meeting, not by a button of the strip."""
NEXT = {"draft": ("freeze", "assemble"), "frozen": ("meet",), "actions_set": ("sign",)}
"""Steps that may be the one primary button in a state, the first of them that is offered."""


@bp.get("/")
@needs("review.view")
def register() -> str:
    """Show the register of management reviews with what became of their decisions."""
    form, wanted = _wanted()
    page = registers.reviews(reading(), person(), wanted, wish())
    today = {one.id: review_records.today(reading(), one.site) for one in page.rows}
    return render_template("review/register.html", form=form, page=page, REVIEW=rules,
                           is_filtered=wanted != registers.Filter(),
                           decided=registers.decided(reading(), page.rows, min(today.values())) if today else {})


@bp.get("/<id:review_id>")
@needs("review.view")
def show(review_id: int) -> str:
    """Show a review. Nothing is counted here."""
    session = reading()
    held = review_records.one(session, person(), review_id)
    steps, inputs = review_shown.offered(session, person(), held), review_shown.outlines(session, held)
    sites, attendees = review_records.sites_of(session, held), review_records.attendees(session, held)
    return render_template(
        "review/show.html", review=held, sites=sites, inputs=inputs, attendees=attendees, REVIEW=rules, HOW=HOW,
        METRICS=METRICS, owed=[one for one in inputs if one.is_owed],
        unplanned=review_shown.unplanned(session, held), decisions=review_shown.decisions(session, held),
        may_take={step.name for step in steps}, steps=_buttons(held, steps),
        today=review_records.today(session, sites[0]), jobs=review_counting.open_jobs(session, held.id),
        signatures=signatures_of(session, "reviews", [held.id], sites[0].time_zone),
        history=_history(held, attendees), INPUTS=INPUTS,
        moved=sum(one.moved or 0 for one in inputs),
        decision_steps=partial(review_shown.decision_steps, person(), held))


def _history(held: Review, attendees: Any) -> list[Told]:
    decided = review_records.decisions_of(reading(), held)
    records = [("reviews", held.id), *((ReviewAttendee.__tablename__, one.id) for one in attendees),
               *(("review_decisions", one.id) for one in decided)]
    return history(reading(), records)[::-1]


def _buttons(held: Review, steps: list[Step]) -> list[dict[str, Any]]:
    """Return the buttons of a review's strip."""
    offered = {step.name for step in steps} - ELSEWHERE
    wanted = ("assemble", "freeze") if held.assembled_at is None else NEXT.get(held.state, ())
    first = next((name for name in wanted if name in offered), "")
    walk = {"words": gettext("Go on with the meeting") if held.state == "meeting" else gettext("Go through the inputs"),
            "icon": "device-desktop", "tone": "primary" if held.state == "meeting" and "note" in {s.name for s in steps}
            else "", "url": url_for("review_inputs.first", review_id=held.id)}
    chosen = sorted((step for step in steps if step.name in offered), key=lambda step: step.name != first)
    buttons = [_button(held, step, primary=step.name == first) for step in chosen]
    return [*buttons[:1], walk, *buttons[1:]] if first else [walk, *buttons]


def _button(held: Review, step: Step, *, primary: bool) -> dict[str, Any]:
    tone = "primary" if primary else "danger" if step.name == "void" else ""
    button: dict[str, Any] = {"words": step.words, "icon": ICONS[step.name], "tone": tone}
    if step.name in COUNTED:
        address = url_for("review_counting.ask", review_id=held.id, step=step.name)
    else:
        address = url_for(f"review_steps.{step.name}", review_id=held.id)
    at_once = step.name in COUNTED | AT_ONCE
    return button | {"url": address} | ({"post": True, "fields": {"rev": held.rev}} if at_once else {})


def _wanted() -> tuple[ReviewFilter, registers.Filter]:
    """Return the filter row as the address fills it, and what it asks for."""
    form: Any = ReviewFilter(request.args, translate=gettext, language=language())
    form.site.choices = [form.all(), *map(choice, chain.sites(reading(), person(), rules.VIEW))]
    form.validate()
    wanted = registers.Filter(sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"),
                              state=form.chosen("state") or "")
    form.only_site()
    return form, wanted
