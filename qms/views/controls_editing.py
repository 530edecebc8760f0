"""Keeping the list of controls and alternates, recording tests, starting bypasses. Decides nothing."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm, Form
from forms.controls import AlternateForm, ChangedControlForm, NewControlForm, StartForm, TestForm
from qms.models.controls import Control
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.workflows import chain, controls, controls_register
from qms.workflows.chain_registers import units_of

bp = Blueprint("controls_editing", __name__, url_prefix="/controls")

CONTROL = (("code", "kind"), ("name_zh", "name_en"), ("pfmea_ref", "severity"),
           ("challenge_part", "challenge_valid_to"), ("test_every_hours",), ("reaction_zh", "reaction_en"))
ALTERNATE = (("name_zh", "name_en"), ("instruction_ref", "instruction_rev"), ("risk_ref",), ("verify_pieces",),
             ("customer_needed",))
UNITS = {"test_every_hours": "h"}


@bp.route("/add", methods=["GET", "POST"])
@needs("controls.edit")
def add() -> ResponseReturnValue:
    """Put a control on the list."""
    form = filled(NewControlForm)
    form.unit_id.choices = [SelectChoice("", gettext("Choose an operation")), *_operations()]
    if form.ready:
        with saving(form, "controls.add") as session:
            made = controls.add(session, person(), **form.values())
        if form.saved:
            flash(gettext("The control is on the list."), "success")
            return redirect(url_for("controls.show", control_id=made.id))
    return _draw(form, gettext("Add a control"), (("unit_id",), *CONTROL), None)


@bp.route("/<id:control_id>/edit", methods=["GET", "POST"])
@needs("controls.edit")
def edit(control_id: int) -> ResponseReturnValue:
    """Change a control, or take it out of use."""
    control = controls_register.whole(reading(), person(), control_id)
    form = filled(ChangedControlForm, obj=control)
    if form.ready:
        with saving(form, "controls.edit") as session:
            controls.edit(session, person(), control_id, form.read_at, **form.values())
        if form.saved:
            return _back(control_id, gettext("Saved."))
    return _draw(form, gettext("Edit"), (*CONTROL, ("active",)), control)


@bp.route("/<id:control_id>/test", methods=["GET", "POST"])
@needs("controls.test")
def test(control_id: int) -> ResponseReturnValue:
    """Record a test by failure."""
    control = controls_register.whole(reading(), person(), control_id)
    form = filled(TestForm)
    if form.ready:
        with saving(form, "controls.test") as session:
            made = controls.record_test(session, person(), control_id, good=form.good.data == "yes",
                                        note=form.note.data, reason=form.reason.data)
            good = made.good
        if form.saved:
            return _back(control_id, gettext("The test is recorded.") if good else gettext(
                "The test failed: everything since the last good test is held."), "success" if good else "warning")
    groups = (("good",), ("note",), ("reason",)) if form.asks_reason else (("good",), ("note",))
    return _draw(form, gettext("Record a test"), groups, control)


@bp.route("/<id:control_id>/alternates/draft", methods=["GET", "POST"])
@needs("controls.edit")
def draft_alternate(control_id: int) -> ResponseReturnValue:
    """Draft an alternate."""
    control = controls_register.whole(reading(), person(), control_id)
    form = filled(AlternateForm)
    if form.ready:
        with saving(form, "controls.draft_alternate") as session:
            controls.draft_alternate(session, person(), control_id, **form.values())
        if form.saved:
            return _back(control_id, gettext("The alternate is drafted. Another person approves it."))
    return _draw(form, gettext("Draft an alternate"), ALTERNATE, control)


@bp.post("/alternates/<id:alternate_id>/approve")
@needs("controls.approve")
def approve_alternate(alternate_id: int) -> ResponseReturnValue:
    """Put an alternate on the approved list."""
    return _at_once("controls.approve_alternate", alternate_id, controls.approve_alternate)


@bp.post("/alternates/<id:alternate_id>/look-through")
@needs("controls.edit")
def look_through(alternate_id: int) -> ResponseReturnValue:
    """Say that an alternate still holds."""
    return _at_once("controls.look_through", alternate_id, controls.look_through)


@bp.post("/alternates/<id:alternate_id>/withdraw")
@needs("controls.edit")
def withdraw_alternate(alternate_id: int) -> ResponseReturnValue:
    """Take an alternate off the list."""
    return _at_once("controls.withdraw_alternate", alternate_id, controls.withdraw_alternate)


@bp.route("/<id:control_id>/bypass", methods=["GET", "POST"])
@needs("controls.bypass")
def start(control_id: int) -> ResponseReturnValue:
    """Start a bypass; only what is on the approved list is offered."""
    control = controls_register.whole(reading(), person(), control_id)
    form = filled(StartForm)
    form.alternate_id.choices = [SelectChoice(str(a.id), name(a)) for a in control.alternates
                                 if a.active and a.approved_by_id is not None]
    if form.ready:
        given = form.values()
        given["planned_end_at"] = given["planned_end_at"].replace(tzinfo=ZoneInfo(control.site.time_zone))
        with saving(form, "controls.start") as session:
            made = controls.start(session, person(), control_id, **given)
        if form.saved:
            flash(gettext("%(number)s runs. What is handed over from here is tagged.", number=made.number), "success")
            return redirect(url_for("controls.bypass", bypass_id=made.id))
    return _draw(form, gettext("Start a bypass"), (("alternate_id",), ("reason",), ("planned_end_at", "customer_ref")),
                 control)


def _operations() -> list[Any]:
    sites = chain.sites(reading(), person(), "controls.edit")
    return [SelectChoice(str(u.id), f"{u.code} {name(u)}") for s in sites for u in units_of(reading(), s.id,
                                                                                           "operation")]


def _at_once(action: str, alternate_id: int, step: Callable[..., Any]) -> ResponseReturnValue:
    """Take a step on an alternate that asks for nothing; a refusal is told on the control's page."""
    control_id = controls_register.control_of(reading(), person(), alternate_id)
    form = filled(EditForm)
    with saving(form, action) as session:
        step(session, person(), alternate_id, form.read_at)
    if form.refusal is None:
        return _back(control_id, gettext("Saved."))
    rule = f" {form.refusal.rule}" if hasattr(form.refusal, "rule") else ""
    return _back(control_id, form.refusal.words.to(language()) + rule, "danger")


def _back(control_id: int, said: str, category: str = "success") -> ResponseReturnValue:
    flash(said, category)
    return redirect(url_for("controls.show", control_id=control_id), 303)


def _draw(form: Form, title: str, groups: tuple[tuple[str, ...], ...], control: Control | None,
          ) -> ResponseReturnValue:
    back = url_for("controls.register") if control is None else url_for("controls.show", control_id=control.id)
    crumbs = [] if control is None else [(f"{control.code} {name(control)}", back)]
    return render_template("controls/form.html", form=form, title=title, groups=groups, units=UNITS, back=back,
                           trail=[(gettext("Process controls"), url_for("controls.register")), *crumbs],
                           control=control), form.status
