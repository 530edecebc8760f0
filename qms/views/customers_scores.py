"""Scorecards of customers month by month, their readings with evidence, and special status. Decides nothing."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.customers_scores import CorrectForm, ReadingForm, StatusForm
from qms.models.customers import Customer
from qms.rules import customers_scores as rules
from qms.rules.clock import utc_now
from qms.rules.customers_metrics import METRICS
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import attachments, attachments_files
from qms.workflows import customers_scores as scores
from qms.workflows import customers_scores_grid as grids
from qms.workflows.acceptance_records import today
from qms.workflows.customers_ledger import Readings
from qms.workflows.customers_records import one
from qms.workflows.customers_register import plants_of
from qms.workflows.trail import history

bp = Blueprint("customers_scores", __name__, url_prefix="/customers")

READING = (("month", "metric"), ("plant_id", "read_on"), ("value",), ("action",), ("note",))
STATUS = (("kind", "plant_id"), ("from_on", "to_on"), ("cause",), ("exit_criteria",), ("body_told_on", "body_ref"))
KIND = "score_readings"


@bp.get("/scorecards/")
@needs("customers.view")
def grid() -> str:
    """Show every customer by month: the worst colour of its scorecard; a month that was not read is red."""
    months, lines = grids.grid(reading(), person(), _last())
    return render_template("customers/scorecards.html", wanted=Readings(months[0], months[-1]), months=months,
                           lines=lines, SCORE=rules, METRICS=METRICS,
                           untold=[s for s in grids.in_force(reading(), person()) if s.body_told_on is None],
                           earlier=rules.months(months[0], 2)[0], last=_last())


@bp.get("/<id:customer_id>/scorecard")
@needs("customers.view")
def card(customer_id: int) -> str:
    """Show the scorecard of one customer: each metric by month, and its special status."""
    customer = one(reading(), person(), customer_id)
    months, cards = grids.card(reading(), customer, _last())
    return render_template(
        "customers/scorecard.html", customer=customer, unit=customer.unit, months=months, cards=cards, SCORE=rules,
        METRICS=METRICS, statuses=grids.statuses_of(reading(), customer_id), may_score=_may(customer), last=_last())


@bp.get("/scorecards/<id:reading_id>")
@needs("customers.view")
def show(reading_id: int) -> str:
    """Show a reading with its evidence and history."""
    held = scores.reading(reading(), person(), reading_id)
    customer = one(reading(), person(), held.customer_id)
    return render_template(
        "customers/reading.html", reading=held, unit=customer.unit, SCORE=rules, METRICS=METRICS,
        may_score=_may(customer), addable=_may(customer),
        files=attachments_files.files_of(reading(), person(), KIND, [held.id]).get(held.id, []),
        photos=attachments.photos_of(reading(), person(), KIND, held.id),
        history=history(reading(), [(KIND, held.id)])[::-1])


@bp.route("/<id:customer_id>/scorecard/enter", methods=["GET", "POST"])
@needs("customers.score")
def enter(customer_id: int) -> ResponseReturnValue:
    """Enter a reading by hand."""
    customer = one(reading(), person(), customer_id)
    on = today(reading(), customer.site_id)
    form = filled(ReadingForm, read_on=on, month=_day(request.args.get("month", "")) or rules.months(on, 2)[0],
                  metric=request.args.get("metric"))
    form.plant_id.choices = _plants(customer_id)
    if form.ready:
        with saving(form, "customers.enter_reading") as session:
            made = scores.enter(session, person(), customer_id, **form.values())
        if form.saved:
            flash(gettext("The reading is entered. Put its evidence to it."), "success")
            return redirect(url_for("customers_scores.show", reading_id=made.id))
    return _draw(form, gettext("Enter a reading"), READING, customer)


@bp.route("/scorecards/<id:reading_id>/correct", methods=["GET", "POST"])
@needs("customers.score")
def correct(reading_id: int) -> ResponseReturnValue:
    """Correct a reading."""
    held = scores.reading(reading(), person(), reading_id)
    form = filled(CorrectForm, rev=held.rev, value=held.value, note=held.note,
                  action=held.action.number if held.action else "")
    customer = one(reading(), person(), held.customer_id)
    if form.ready:
        with saving(form, "customers.correct_reading") as session:
            scores.correct(session, person(), reading_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("customers_scores.show", reading_id=reading_id), 303)
    return _draw(form, gettext("Correct a reading"), (("value",), ("action",), ("note",), ("reason",)), customer)


@bp.route("/<id:customer_id>/status/add", methods=["GET", "POST"])
@needs("customers.score")
def add_status(customer_id: int) -> ResponseReturnValue:
    """Record a special status."""
    customer = one(reading(), person(), customer_id)
    form = filled(StatusForm, from_on=today(reading(), customer.site_id))
    form.plant_id.choices = _plants(customer_id)
    if form.ready:
        with saving(form, "customers.add_status") as session:
            scores.put_under(session, person(), customer_id, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("customers_scores.card", customer_id=customer_id), 303)
    return _draw(form, gettext("Record a special status"), STATUS, customer)


@bp.route("/status/<id:status_id>/edit", methods=["GET", "POST"])
@needs("customers.score")
def edit_status(status_id: int) -> ResponseReturnValue:
    """Change a special status: its end, or when the certification body was told."""
    held = scores.status(reading(), person(), status_id)
    customer = one(reading(), person(), held.customer_id)
    form = filled(StatusForm, obj=held)
    form.plant_id.choices = _plants(held.customer_id)
    if form.ready:
        with saving(form, "customers.edit_status") as session:
            scores.edit_status(session, person(), status_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("customers_scores.card", customer_id=held.customer_id), 303)
    return _draw(form, gettext("Edit a special status"), STATUS, customer)


def _last() -> date:
    """Return the month up to which is shown: that of the address, else the present one."""
    return _day(request.args.get("last", "")) or utc_now().date().replace(day=1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None


def _plants(customer_id: int) -> list[SelectChoice]:
    return [SelectChoice("", gettext("All plants")), *(
        SelectChoice(str(p.id), f"{p.code} {name(p)}") for p in plants_of(reading(), customer_id))]


def _may(customer: Customer) -> bool:
    return person().may("customers.score", site_id=customer.site_id, unit_path=customer.unit.path)


def _draw(form: EditForm, title: str, groups: Any, customer: Customer) -> ResponseReturnValue:
    unit, back = customer.unit, url_for("customers_scores.card", customer_id=customer.unit_id)
    return render_template(
        "customers/form.html", form=form, title=title, back=back, lead=f"{unit.code} {name(unit)}", groups=groups,
        units={}, trail=[(gettext("Scorecards"), url_for("customers_scores.grid")),
                         (f"{unit.code} {name(unit)}", back)]), form.status
