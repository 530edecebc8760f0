"""The register, the team board and the record page of corrective actions. Decides nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import format_timedelta, gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.actions import ActionFilter, BoardFilter
from forms.chain_filters import ChainFilter
from qms.models.actions import Action
from qms.rules import actions as rules
from qms.rules import actions_causes, actions_documents, actions_effectiveness, actions_tasks, rejections
from qms.rules.clock import utc_now
from qms.rules.steps import step_of
from qms.web import needs, person, reading
from qms.web.language import language, say
from qms.web.page import called, name, when
from qms.workflows import (
    actions_effectiveness_shown,
    actions_register,
    actions_shown,
    attachments,
    attachments_files,
    chain,
)
from qms.workflows.actions_analysis import analysis, status_of
from qms.workflows.actions_board import board as board_of
from qms.workflows.actions_board import card_of
from qms.workflows.actions_offers import offers_for
from qms.workflows.actions_routing import rule_of
from qms.workflows.chain_paging import Wish
from qms.workflows.chain_registers import units_of
from qms.workflows.customers_requirements import that_bite
from qms.workflows.trail import history
from qms.workflows.trail_signatures import signatures_of

bp = Blueprint("actions", __name__, url_prefix="/actions")

PAGES = {"rejections": ("rejections.show", "rejection_id"), "stops": ("stops.show", "stop_id"),
         "customer_notices": ("dispositions_notices.show", "notice_id"),
         "customer_complaints": ("customers_complaints.show", "complaint_id"),
         "internal_complaints": ("service_complaints.show", "complaint_id"),
         "surveys": ("satisfaction.results", "survey_id"), "actions": ("actions.show", "action_id")}
"""Where the page of each kind of linked record is."""
FLAGS = ("safety", "is_repeat", "customer_id")


class Line(NamedTuple):
    """One line of the register, ready to be shown; `flags` are those of FLAGS that the case has."""

    url: str
    number: str
    sources: str
    state: str
    title: str
    severity: str
    flags: tuple[str, ...]
    origin: str
    detecting: str
    route: str
    route_by_rule: str
    step: str
    due_at: str
    is_late: bool
    opened_at: str


@bp.get("/")
@needs("actions.view")
def register() -> str:
    """Show the register of corrective actions."""
    form = ActionFilter(request.args, translate=gettext, language=language())
    _offer(form)
    form.validate()
    wanted = actions_register.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), unit_id=form.chosen("unit"),
        state=form.chosen("state") or "", route=form.chosen("route") or "", severity=form.chosen("severity") or "",
        overdue=bool(form.chosen("overdue")))
    form.only_site()
    at = utc_now()
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    page = actions_register.cases(reading(), person(), wanted, wish, at)
    return render_template("actions/register.html", form=form, page=page, lines=_lines(page.rows, at), wanted=wanted,
                           ACTION=rules, is_filtered=wanted != actions_register.Filter())


@bp.get("/board")
@needs("actions.view")
def board() -> str:
    """Show where the running cases stand; waiting for effectiveness is a column of its own."""
    form = BoardFilter(request.args, translate=gettext, language=language())
    _offer(form)
    form.validate()
    at = utc_now()
    shown = board_of(reading(), person(), at, site_id=form.chosen("site"), unit_id=form.chosen("unit"))
    form.only_site()
    return render_template("actions/board.html", form=form, board=shown, ACTION=rules, REJECTION=rejections, late=late,
                           now=at)


@bp.get("/<id:action_id>")
@needs("actions.view")
def show(action_id: int) -> str:
    """Show a case: its facts, its disciplines from D0 to D8, its thread, history."""
    action = actions_shown.whole(reading(), person(), action_id)
    offers = offers_for(reading(), person(), action)
    at = utc_now()
    shown = analysis(reading(), person(), action)
    return render_template(
        "actions/show.html", action=action,
        requirements=that_bite(reading(), person(), item_id=action.item_id, customer_id=action.customer_id),
        ACTION=rules, REJECTION=rejections, offers=offers, card=card_of(action, at),
        disciplines=actions_shown.disciplines(reading(), action), rule=rule_of(action, _kind(action)),
        linked=actions_shown.thread(reading(), action), page_of=page_of, late=late, now=at,
        analysis=shown, status_of=status_of, CAUSE=actions_causes, TASK=actions_tasks,
        files=attachments_files.files_of(reading(), person(), "tasks", [task.id for task in shown.tasks]),
        DOCUMENT=actions_documents, photos=attachments.photos_of(reading(), person(), "actions", action_id),
        steps=_steps(action, offers),
        effect=actions_effectiveness_shown.shown(reading(), person(), action, at), EFFECT=actions_effectiveness,
        signatures=signatures_of(reading(), "actions", [action_id], action.site.time_zone),
        history=history(reading(), actions_shown.records_of(action))[::-1])


def late(due_at: datetime | None, done_at: datetime | None, now: datetime) -> str:
    """Return how long something has been overdue; empty when it is not."""
    if due_at is None or (done_at or now) <= due_at:
        return ""
    said: str = format_timedelta((done_at or now) - due_at, granularity="minute")
    return said


def page_of(kind: str, record_id: int) -> str:
    """Return the address of a linked record; empty where it has no page."""
    endpoint, key = PAGES.get(kind, ("", ""))
    values: dict[str, Any] = {key: record_id}
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def _lines(cases: Sequence[actions_register.Case], at: datetime) -> list[Line]:
    """Return the cases in the reader's words. Everything is looked up once: the template only writes it down."""
    zh, base = language() == "zh", url_for("actions.register")
    severities = {code: say(words) for code, words in rejections.SEVERITIES.items()}
    routes = {code: say(words) for code, words in rules.ROUTES.items()}
    return [Line(
        f"{base}{r.id}", r.number, ", ".join(case.sources), r.state, r.title, severities[r.severity],
        tuple(name for name in FLAGS if getattr(r, name)), called(r.origin_code, r.origin_zh, r.origin_en, zh),
        called(r.detecting_code, r.detecting_zh, r.detecting_en, zh), routes[r.route],
        routes[r.route_by_rule] if r.route_reason else "", case.step or "" if r.state in rules.RUNNING else "",
        when(case.due_at), case.due_at is not None and case.due_at < at, when(r.opened_at))
        for case in cases for r in (case.row,)]


def _kind(action: Action) -> str:
    return next((source.kind for source in action.sources if source.active), "")


def _offer(form: ChainFilter) -> None:
    """Offer the sites and units that the reader may see."""
    sites = chain.sites(reading(), person(), "actions.view")
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites)]
    unit: Any = form["unit"]
    unit.choices = [form.all(), *(SelectChoice(str(u.id), f"{u.code} {name(u)}")
                                  for s in sites for u in units_of(reading(), s.id))]


def _steps(action: Action, offers: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the buttons of the strip: what brings the case on first, voiding it last."""
    here = actions_shown.standing(action)
    buttons: list[dict[str, Any]] = []
    if "pass_gate" in offers:
        buttons.append({"words": gettext("Finish %(step)s", step=here), "icon": "check", "post": True,
                        "url": url_for("actions_closing.pass_gate", action_id=action.id),
                        "fields": {"rev": action.rev, "step": here}})
    if "close" in offers:
        buttons.append({"words": step_of(rules.STEPS, "close").words, "icon": "circle-check",
                        "url": url_for("actions_closing.close", action_id=action.id)})
    pages = (("add_source", "actions_lines.add_source", "link", ""),
             ("change_route", "actions_closing.route", "route", ""), ("void", "actions_closing.void", "", "danger"))
    buttons += [{"words": step_of(rules.STEPS, step).words, "icon": icon, "tone": tone,
                 "url": url_for(endpoint, action_id=action.id)}
                for step, endpoint, icon, tone in pages if step in offers]
    return buttons
