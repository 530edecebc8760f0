"""The register and the record page of calls and stops. Decides nothing."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.stops import StopFilter
from qms.models.stops import Stop
from qms.rules import stops as rules
from qms.rules.acceptance_pieces import STEPS as PIECE
from qms.rules.accounts import ROLES
from qms.rules.actions import STEPS as CASE
from qms.rules.clock import utc_now
from qms.rules.rejections import SOURCES
from qms.rules.rejections import STEPS as REJECTION
from qms.rules.service_complaints import STEPS as COMPLAINT
from qms.rules.steps import step_of
from qms.web import needs, person, reading
from qms.web.language import language, time_zone
from qms.web.page import name
from qms.workflows import chain, service_complaints_register, stops_register, stops_shown
from qms.workflows.actions_sources import of_record
from qms.workflows.chain_paging import Wish
from qms.workflows.chain_registers import units_of
from qms.workflows.stops_offers import missing, offers_for
from qms.workflows.stops_restarting import latest_checks
from qms.workflows.trail import history

bp = Blueprint("stops", __name__, url_prefix="/stops")

ICONS = {"acknowledge": "eye", "arrive": "map-pin", "resolve": "circle-check", "stop": "hand-stop", "contain": "lock",
         "ask_restart": "rotate-2", "check": "clipboard-check", "consent": "thumb-up",
         "contain_again": "arrow-back-up", "restart": "circle-check", "review": "book"}
AT_ONCE = frozenset({"acknowledge", "arrive", "stop", "consent", "restart"})
"""Steps that ask for nothing, so that their button takes them."""


@bp.get("/")
@needs("stops.view")
def register() -> str:
    """Show the register of calls and stops, and the figures of what is shown."""
    form = _filter()
    form.validate()
    wanted = stops_register.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), unit_id=form.chosen("unit"),
        state=form.chosen("state") or "", reason=form.chosen("reason") or "", first=form.chosen("first"),
        last=form.chosen("last"), zone=time_zone())
    form.only_site()
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    at = utc_now()
    return render_template(
        "stops/register.html", form=form, page=stops_register.register(reading(), person(), wanted, wish),
        measured=stops_register.measured(reading(), person(), wanted, at), now=at, STOP=rules, lasted=lasted,
        is_filtered=wanted != stops_register.Filter(zone=wanted.zone))


@bp.get("/<id:stop_id>")
@needs("stops.view")
def show(stop_id: int) -> str:
    """Show a call or stop: its clock, facts, rungs, restart checks, the linked rejection, history."""
    stop = stops_shown.whole(reading(), person(), stop_id)
    latest = latest_checks(reading(), stop)
    return render_template(
        "stops/show.html", stop=stop, STOP=rules, ROLES=ROLES, REJECTION=REJECTION, PIECE=PIECE, SOURCES=SOURCES,
        steps=_steps(stop, offers_for(person(), stop, latest)), missing=missing(stop, latest), latest=latest,
        cases=of_record(reading(), person(), "stops", stop_id), CASE=CASE, COMPLAINT=COMPLAINT,
        internal_complaints=service_complaints_register.of_record(reading(), person(), "stops", stop_id),
        told=stops_shown.told_to(reading(), stop.rungs), pieces=stops_shown.pieces_of(reading(), stop), now=utc_now(),
        lasted=lasted, of_day=of_day, history=history(reading(), stops_shown.records_of(stop))[::-1])


def lasted(seconds: float | None) -> str:
    """Return a stretch of time as people on the floor say it; a dash for None, which is not 0."""
    if seconds is None:
        return "–"
    minutes, left = divmod(int(seconds), 60)
    if minutes == 0:
        said = gettext("%(n)s s", n=left)
    elif minutes < 60:
        said = gettext("%(min)s min %(s)s s", min=minutes, s=f"{left:02d}")
    else:
        said = gettext("%(h)s h %(min)s min", h=minutes // 60, min=f"{minutes % 60:02d}")
    return str(said)


def of_day(at: datetime, zone: str) -> str:
    """Return the time of day at a site, to the second."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def _filter() -> StopFilter:
    """Return the filter row, filled from the address."""
    form = StopFilter(request.args, translate=gettext, language=language())
    sites = chain.sites(reading(), person(), "stops.view")
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites)]
    form.unit.choices = [form.all(), *(SelectChoice(str(u.id), f"{u.code} {name(u)}")
                                       for s in sites for u in units_of(reading(), s.id, "operation"))]
    return form


def _steps(stop: Stop, offered: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the buttons of the strip: what brings the line back first, stopping it last."""
    buttons = [_button(stop, name) for name in offered if name not in {"contain_again", "stop"}]
    buttons.sort(key=lambda b: b["name"] not in {"restart", "resolve", "arrive", "consent"})
    buttons += [_button(stop, name) | {"tone": "danger" if name == "stop" else ""}
                for name in offered if name in {"contain_again", "stop"}]
    if any(str(person().id) in rung.people.split(",") and rung.raised_at and not rung.seen_at for rung in stop.rungs):
        buttons.append({"name": "see", "words": gettext("I have seen it"), "icon": "eye", "post": True, "tone": "",
                        "url": url_for("stops_steps.see", stop_id=stop.id), "fields": {"rev": stop.rev}})
    return buttons


def _button(stop: Stop, step: str) -> dict[str, Any]:
    button = {"name": step, "words": step_of(rules.STEPS, step).words, "icon": ICONS[step],
              "url": url_for(f"stops_steps.{step}", stop_id=stop.id)}
    return button | {"post": True, "fields": {"rev": stop.rev}} if step in AT_ONCE else button
