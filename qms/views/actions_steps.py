"""Filling in the disciplines of a corrective action: D0 to D3 and D8, each a page. Decides nothing."""

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.actions_steps import CaseForm, ClosingForm, ContainmentForm, HeadsForm, ProblemForm
from forms.base import EditForm
from qms.models.actions import Action
from qms.rules import actions as rules
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import actions, actions_team, rejections_lookup
from qms.workflows.actions_shown import whole
from qms.workflows.chain_registers import units_of

bp = Blueprint("actions_steps", __name__, url_prefix="/actions")


class Part(NamedTuple):
    """One page: its discipline, its form, and the rows in which the fields stand."""

    discipline: str
    form: type[EditForm]
    rows: tuple[tuple[str, ...], ...]


PARTS: dict[str, Part] = {
    "case": Part("D0", CaseForm, (("title",), ("item", "defect"), ("severity", "lot"), ("safety",),
                                  ("customer_id", "customer_ref"), ("symptom",), ("emergency",),
                                  ("emergency_verified",))),
    "heads": Part("D1", HeadsForm, (("sponsor_id", "leader_id"),)),
    "problem": Part("D2", ProblemForm, (
        ("problem_what",), ("problem_where", "problem_when"), ("problem_who", "problem_how"), ("problem_why",),
        ("requirement", "actual"), ("problem_quantity", "detecting_unit_id"), ("first_seen_at", "last_seen_at"),
        ("origin_unit_id",), ("origin_unknown_reason",), ("customer_view",), ("reproduced",))),
    "containment": Part("D3", ContainmentForm, (
        ("containment",), ("containment_from", "containment_to"), ("clean_point", "customer_informed_at"),
        ("containment_effective",), ("containment_evidence",))),
    "closing": Part("D8", ClosingForm, (("thanks",), ("customer_accepted_on", "customer_accepted_by"))),
}
_YES_NO = {"yes": True, "no": False}


@bp.route("/<id:action_id>/edit/<string:part>", methods=["GET", "POST"])
@needs("actions.work")
def edit(action_id: int, part: str) -> ResponseReturnValue:
    """Fill in one discipline of a case."""
    if part not in PARTS:
        abort(404)
    page = PARTS[part]
    action = whole(reading(), person(), action_id)
    form = filled(page.form, rev=action.rev, **_as_stored(action, page.form))
    _offer(form, action)
    if form.ready:
        with saving(form, "actions.edit") as session:
            actions.edit(session, person(), action_id, form.read_at, page.discipline, **_given(session, form, action))
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("actions.show", action_id=action_id, _anchor=page.discipline))
    return render_template("actions/edit.html", form=form, action=action, page=page, ACTION=rules), form.status


def _as_stored(action: Action, form: type[EditForm]) -> dict[str, Any]:
    """Return what a form begins with: times of the site, records as people type them, yes, no or nothing."""
    def called(record: Any) -> str:
        return "" if record is None else f"{record.code} {name(record)}"

    zone = ZoneInfo(action.site.time_zone)
    stored: dict[str, Any] = {
        "item": called(action.item), "defect": called(action.defect), "lot": action.lot.number if action.lot else "",
        "emergency_verified": action.emergency_verified_at is not None}
    for key in vars(form):
        value = getattr(action, key, None)
        if isinstance(value, datetime):
            value = value.astimezone(zone)
        if key in _ASKED:
            value = "" if value is None else "yes" if value else "no"
        stored.setdefault(key, value)
    return {key: value for key, value in stored.items() if hasattr(form, key)}


_ASKED = ("reproduced", "containment_effective")


def _given(session: Session, form: EditForm, action: Action) -> dict[str, Any]:
    """Return what the workflow is told: ids for what was typed, instants for times of the site."""
    given = form.values()
    zone = ZoneInfo(action.site.time_zone)
    for key, value in given.items():
        if isinstance(value, datetime):
            given[key] = value.replace(tzinfo=zone)
    for key in set(_ASKED) & set(given):
        given[key] = _YES_NO.get(given[key])
    if isinstance(form, CaseForm):
        typed = {key: given.pop(key) for key in ("item", "defect", "lot")}
        given |= {"item_id": rejections_lookup.item_id(session, action.site_id, typed["item"]),
                  "defect_id": rejections_lookup.defect_id(session, action.site_id, typed["defect"]),
                  "lot_id": rejections_lookup.lot_id(session, action.site_id, typed["lot"])}
    return given


def _offer(form: EditForm, action: Action) -> None:
    """Offer the units of the site, its customers, and who could sponsor or lead."""
    if isinstance(form, HeadsForm):
        nobody = SelectChoice("", gettext("Nobody yet"))
        for field, people in ((form.sponsor_id, actions_team.sponsors(reading(), action.site_id)),
                              (form.leader_id, actions_team.people(reading()))):
            field.choices = [nobody, *(SelectChoice(str(who.id), who.name) for who in people)]
        return
    units = [SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units_of(reading(), action.site_id)]
    if isinstance(form, ProblemForm):
        form.detecting_unit_id.choices = form.origin_unit_id.choices = [SelectChoice("", gettext("Not known")), *units]
    elif isinstance(form, CaseForm):
        form.customer_id.choices = [SelectChoice("", gettext("None: found inside")), *(
            SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units_of(reading(), action.site_id, "customer"))]
