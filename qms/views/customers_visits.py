"""The register and record page of visits and calls, planning one, and each step on it. Decides nothing."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.chain import id_or_none
from forms.customers_visits import CallOffForm, CorrectForm, MoveForm, PlanForm, RecordForm, VisitFilter
from qms.models.customers_visits import CustomerVisit
from qms.rules import customers_visits as rules
from qms.rules.errors import NotFound
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.filter_rows import choices, offer, wish
from qms.web.language import language, say
from qms.web.page import name
from qms.workflows import chain
from qms.workflows import customers_visits as visits
from qms.workflows import customers_visits_register as registers
from qms.workflows.acceptance_records import today
from qms.workflows.actions_team import people
from qms.workflows.trail import history

bp = Blueprint("customers_visits", __name__, url_prefix="/customers/visits")

ICONS = {"record": "circle-check", "move": "calendar-event", "call_off": "ban", "correct": "pencil"}


class StepPage(NamedTuple):
    """The page of a step: its form, its workflow, its fields in rows."""

    form: type[EditForm]
    take: Callable[..., CustomerVisit]
    groups: tuple[tuple[str, ...], ...]


PAGES = {
    "record": StepPage(RecordForm, visits.record, (("done_on", "satisfied"), ("said",), ("next_on", "best_time"))),
    "move": StepPage(MoveForm, visits.move, (("planned_on", "goer_id"), ("best_time",), ("reason",))),
    "call_off": StepPage(CallOffForm, visits.call_off, (("reason",),)),
    "correct": StepPage(CorrectForm, visits.correct, (("done_on", "satisfied"), ("said",), ("reason",))),
}


@bp.get("/")
@needs("customers.view")
def register() -> str:
    """Show the register of visits and calls."""
    form: Any = VisitFilter(request.args, translate=gettext, language=language())
    offer(form, chain.sites(reading(), person(), "customers.view"),
          registers.visited_units(reading(), person()), "unit")
    form.validate()
    wanted = registers.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), unit_id=form.chosen("unit"),
        kind=form.chosen("kind") or "", state=form.chosen("state") or "")
    form.only_site()
    found = registers.register(reading(), person(), wanted, wish())
    return render_template(
        "customers/visits.html", form=form, wanted=wanted, VISIT=rules, page=found,
        days={row.site_id: today(reading(), row.site_id) for row in found.rows},
        is_filtered=wanted != registers.Filter())


@bp.get("/<id:visit_id>")
@needs("customers.view")
def show(visit_id: int) -> str:
    """Show a visit: whom, why, when, what was said, the one before and the next, history."""
    held = registers.whole(reading(), person(), visit_id)
    return render_template(
        "customers/visit.html", visit=held, VISIT=rules, on=today(reading(), held.site_id), steps=_steps(held),
        following=registers.following(reading(), held.id),
        history=history(reading(), [(CustomerVisit.__tablename__, held.id)])[::-1])


@bp.route("/plan", methods=["GET", "POST"])
@needs("service.follow")
def plan() -> ResponseReturnValue:
    """Plan a visit or call; the unit may be named in the address."""
    form = filled(PlanForm, unit_id=request.args.get("unit", type=id_or_none), goer_id=person().id)
    form.unit_id.choices = [SelectChoice("", gettext("Choose a unit")),
                            *choices(registers.visited_units(reading(), person(), rules.FOLLOW))]
    form.goer_id.choices = _goers()
    if form.ready:
        with saving(form, "customers.plan_visit") as session:
            made = visits.plan(session, person(), **form.values())
        if form.saved:
            flash(gettext("%(number)s is planned.", number=made.number), "success")
            return redirect(url_for("customers_visits.show", visit_id=made.id))
    return _draw(form, gettext("Plan a visit or call"), (
        ("unit_id", "kind"), ("purpose",), ("planned_on", "goer_id"), ("best_time",)), None)


@bp.route("/<id:visit_id>/<string:step>", methods=["GET", "POST"])
@needs("service.follow")
def take(visit_id: int, step: str) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    held, called = registers.whole(reading(), person(), visit_id), step.replace("-", "_")
    found = PAGES.get(called)
    if found is None:
        raise NotFound
    form: Any = filled(found.form, obj=held, satisfied=str(held.satisfied or ""))
    if "goer_id" in form:
        form.goer_id.choices = _goers()
    if called == "record" and not form.submitted:
        form.done_on.data = today(reading(), held.site_id)
    if form.ready:
        with saving(form, f"customers.{called}_visit") as session:
            found.take(session, person(), visit_id, form.read_at, **form.values())
        if form.saved:
            flash(f"{say(step_of(rules.STEPS, called).words)}: {gettext('recorded')}", "success")
            return redirect(url_for("customers_visits.show", visit_id=visit_id), 303)
    return _draw(form, say(step_of(rules.STEPS, called).words), found.groups, held)


def _goers() -> list[SelectChoice]:
    return [SelectChoice(str(one.id), one.name) for one in people(reading())]


def _steps(held: CustomerVisit) -> list[dict[str, Any]]:
    """Return the buttons of a visit's strip."""
    return [{"words": step_of(rules.STEPS, step).words, "icon": ICONS[step],
             "tone": {"record": None, "call_off": "danger"}.get(step, ""),
             "url": url_for("customers_visits.take", visit_id=held.id, step=step.replace("_", "-"))}
            for step in registers.offered(person(), held)]


def _draw(form: EditForm, title: str, groups: tuple[tuple[str, ...], ...],
          held: CustomerVisit | None) -> ResponseReturnValue:
    back = (url_for("customers_visits.show", visit_id=held.id) if held else url_for("customers_visits.register"))
    lead = (f"{held.unit.code} {name(held.unit)}: {held.purpose}" if held
            else gettext("Whom to see or call, why, on which day, and who goes."))
    return render_template(
        "customers/form.html", form=form, title=title, back=back, lead=lead, groups=groups, units={},
        trail=[(gettext("Visits and calls"), url_for("customers_visits.register")),
               *([(held.number, back)] if held else [])]), form.status
