"""The plan of a case's effectiveness, confirming it, and the chart of what was found. Decides nothing."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.actions_effectiveness import PlanForm, TakeBackForm
from forms.base import EditForm
from qms.models.actions import Action
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.chain import Link
from qms.rules import actions_effectiveness as rules
from qms.rules.clock import utc_now
from qms.rules.errors import RuleError
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.workflows import actions_effectiveness as effectiveness
from qms.workflows import actions_effectiveness_shown as shown
from qms.workflows import actions_effectiveness_taking_back as taking_back
from qms.workflows.actions_records import one
from qms.workflows.chain_registers import links_of

bp = Blueprint("actions_effectiveness", __name__, url_prefix="/actions")

USUAL_BASELINE = timedelta(days=90)
"""How far before a case was opened the time before reaches unless told otherwise."""


@bp.route("/<id:action_id>/effectiveness", methods=["GET", "POST"])
@needs("actions.work")
def plan(action_id: int) -> ResponseReturnValue:
    """Plan how it will be seen that the cause is gone; `count` in the form only counts the time before."""
    action = one(reading(), person(), action_id)
    held = effectiveness.plan_of(reading(), action_id)
    draft = held if held is not None and held.state == "draft" else None
    form = filled(PlanForm, **_begun(action, draft))
    _offer(form, action)
    proposal = None
    if form.ready and "count" in request.form:
        try:
            proposal = shown.propose(reading(), person(), action_id, **_given(form, action))
        except RuleError as refusal:
            form.refuse(refusal, language())
    elif form.ready:
        with saving(form, "actions.draft_plan") as session:
            effectiveness.draft_plan(session, person(), action_id, form.read_at if form.rev.data else None,
                                     needed=form.needed.data, **_given(form, action))
        if form.saved:
            return _back(action_id, gettext("The plan is kept. Watching begins when D6 is finished."))
    return render_template("actions/effectiveness.html", form=form, action=action, proposal=proposal,
                           EFFECT=rules), form.status


@bp.post("/effectiveness/<id:plan_id>/confirm")
@needs("actions.confirm")
def confirm(plan_id: int) -> ResponseReturnValue:
    """Confirm that the cause is gone."""
    action_id, form = shown.one_plan(reading(), person(), plan_id).action_id, filled(EditForm)
    with saving(form, "actions.confirm_effectiveness") as session:
        effectiveness.confirm(session, person(), plan_id, form.read_at)
    if form.refusal is not None:
        flash(form.refusal.words.to(language()), "danger")
        return redirect(url_for("actions.show", action_id=action_id, _anchor="effectiveness"), 303)
    return _back(action_id, gettext("Effectiveness is confirmed."))


@bp.route("/effectiveness/<id:plan_id>/take-back", methods=["GET", "POST"])
@needs("actions.confirm")
def take_back(plan_id: int) -> ResponseReturnValue:
    """Take back a reopening whose cause does not count any more."""
    plan = shown.one_plan(reading(), person(), plan_id)
    form = filled(TakeBackForm, rev=plan.rev)
    if form.ready:
        with saving(form, "actions.take_back_reopening", form.reason.data) as session:
            taking_back.take_back(session, person(), plan_id, form.read_at, reason=form.reason.data)
        if form.saved:
            return _back(plan.action_id, gettext("The reopening is taken back: the case is as it was before."))
    action = one(reading(), person(), plan.action_id)
    return render_template("actions/take_back.html", form=form, action=action), form.status


@bp.get("/effectiveness/<id:plan_id>/weeks")
@needs("actions.view")
def weeks(plan_id: int) -> ResponseReturnValue:
    """Return what was found week by week, for the chart."""
    found, start = shown.weeks_of(reading(), shown.one_plan(reading(), person(), plan_id), utc_now())
    return jsonify({"weeks": {
        "points": [{"label": week.first.isoformat(), "counted": week.counted, "old": week.old} for week in found],
        "start": start.isoformat() if start else None,
        "words": {"counted": gettext("Rejections"), "old": gettext("Made before the start"),
                  "start": gettext("Measures in place")}}})


def _begun(action: Action, draft: EffectivenessPlan | None) -> dict[str, Any]:
    """Return what the form begins with: the draft, else the case and the time before it was opened."""
    zone = ZoneInfo(action.site.time_zone)
    if draft is not None:
        same = ("rev", "metric", "item_id", "defect_id", "origin_unit_id", "link_id", "most", "needed")
        return {key: getattr(draft, key) for key in same} | {
            "first": draft.baseline_from.astimezone(zone).date(),
            "last": (draft.baseline_to - timedelta(seconds=1)).astimezone(zone).date()}
    opened = action.opened_at.astimezone(zone).date()
    return {"item_id": action.item_id, "defect_id": action.defect_id, "origin_unit_id": action.origin_unit_id,
            "first": opened - USUAL_BASELINE, "last": opened}


def _offer(form: PlanForm, action: Action) -> None:
    """Offer to count what the case is about, or more."""
    anything = SelectChoice("", gettext("Any"))
    for field, record in ((form.item_id, action.item), (form.defect_id, action.defect),
                          (form.origin_unit_id, action.origin_unit)):
        field.choices = [anything] if record is None else [
            anything, SelectChoice(str(record.id), f"{record.code} {name(record)}")]
    supplied = links_of(reading(), action.origin_unit_id)[0] if action.origin_unit_id is not None else []
    links = {link.id: link for link in (*supplied, action.link) if link is not None}
    form.link_id.choices = [anything, *(SelectChoice(str(link.id), _called(link)) for link in links.values())]


def _called(link: Link) -> str:
    return f"{link.supplier.code} {name(link.supplier)} → {link.customer.code} {name(link.customer)}"


def _given(form: PlanForm, action: Action) -> dict[str, Any]:
    """Return what the workflow is told: whole days of the site as instants, none of them to come."""
    zone = ZoneInfo(action.site.time_zone)
    same = ("metric", "item_id", "defect_id", "origin_unit_id", "link_id", "most")
    return {key: form[key].data for key in same} | {
        "baseline_from": _morning(form["first"].data, zone),
        "baseline_to": min(_morning(form["last"].data + timedelta(days=1), zone), utc_now())}


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _back(action_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("actions.show", action_id=action_id, _anchor="effectiveness"))
