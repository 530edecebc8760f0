"""Boards for big screens: andon, and what was found in the last 24 hours. Decides nothing.

A board polls; what it gets is drawn once per process for all that look, and sent again only when it is another one.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from forms.chain import id_or_none
from qms.models.chain import Site
from qms.rules import rejections as rejections_rules
from qms.rules import service_requests
from qms.rules import stops as rules
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.clock import rfc3339, utc_now
from qms.rules.errors import NotFound
from qms.rules.words import Words
from qms.web import person, reading
from qms.web.devices import known_device, needs_or_device, needs_unless_open
from qms.web.language import LANGUAGES, language
from qms.workflows import chain, rejections_shown, service_commitments_kept, stops_board, stops_last_day, stops_shown

bp = Blueprint("boards", __name__, url_prefix="/boards")

SIGNALS: dict[str, tuple[Words, str]] = {
    "running": (Words("Running", "运行"), "circle-check"),
    "call": (Words("CALL", "呼叫"), "bell-ringing"),
    "stop": (Words("STOP", "停线"), "hand-stop"),
    "checks": (Words("Restart checks", "复线确认"), "rotate-2"),
}
ANDON_SECONDS = 2
DAY_SECONDS = 10
PROMISE_DAYS = 90
"""Days of asking over which the board of commitments counts."""
LASTS_SECONDS = 5
"""The last 24 hours are counted again after so long at the earliest, however many boards look."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part of a board as it was drawn, the mark under which it holds, and its tag."""

    mark: str
    html: str
    tag: str


_drawn: dict[tuple[str, ...], Drawn] = {}


@bp.get("/andon")
@needs_or_device("stops.view")
def andon() -> str:
    """Show every operation of a site (`site`) or production line (`line`): running, call, stop, restart checks."""
    _speak()
    site, sites = _site()
    line = request.args.get("line") or None
    return render_template("boards/andon.html", site=site, sites=sites, line=line,
                           lines=stops_board.lines_of(reading(), site.id), drawn=_andon(site.id, line).html,
                           every=ANDON_SECONDS, now=rfc3339(utc_now()))


@bp.get("/andon/now")
@needs_or_device("stops.view")
def andon_now() -> ResponseReturnValue:
    """Send the tiles of a site's andon board; 304 while they are as they were."""
    _speak()
    return _tagged(_andon(_site_id("stops.view"), request.args.get("line") or None))


@bp.get("/last-24-hours")
@needs_or_device("rejections.view")
def last_24_hours() -> str:
    """Show what was found and what stood in the last 24 hours at a site (`site`)."""
    _speak()
    site, sites = _site()
    return render_template("boards/last_24_hours.html", site=site, sites=sites, drawn=_last_day(site.id).html,
                           every=DAY_SECONDS, now=rfc3339(utc_now()))


@bp.get("/last-24-hours/now")
@needs_or_device("rejections.view")
def last_24_hours_now() -> ResponseReturnValue:
    """Send the last 24 hours of a site; 304 while they are as they were."""
    _speak()
    return _tagged(_last_day(_site_id("rejections.view")))


@bp.get("/commitments")
@needs_unless_open("service.view")
def commitments() -> str:
    """Show what the units of a site (`site`) promise each other in public, and how they keep it."""
    _speak()
    site, sites = _public_site()
    return render_template("boards/commitments.html", site=site, sites=sites, drawn=_commitments(site.id).html,
                           every=DAY_SECONDS, now=rfc3339(utc_now()))


@bp.get("/commitments/now")
@needs_unless_open("service.view")
def commitments_now() -> ResponseReturnValue:
    """Send the commitments of a site; 304 while they are as they were."""
    _speak()
    return _tagged(_commitments(_public_site()[0].id))


def _commitments(site_id: int) -> Drawn:
    """Draw the promises of a site over the last days, again after some seconds at the earliest."""
    def draw() -> str:
        site, now = reading().get_one(Site, site_id), utc_now()
        last = now.astimezone(ZoneInfo(site.time_zone)).date()
        return render_template("boards/_commitments.html", days=PROMISE_DAYS, short=_short, REQUEST=service_requests,
                               board=service_commitments_kept.board(reading(), _viewer(site_id), site,
                                                                    last - timedelta(days=PROMISE_DAYS - 1), last, now))

    mark = str(int(utc_now().timestamp() / LASTS_SECONDS))
    return _once(mark, ("commitments", language(), str(site_id)), draw)


def _andon(site_id: int, line: str | None) -> Drawn:
    """Draw the tiles when anything changed since they were drawn, and once a minute."""
    mark = f"{stops_shown.last_change(reading(), site_id)}{utc_now():%H%M}"
    return _once(mark, ("andon", language(), str(site_id), line or ""), lambda: render_template(
        "boards/_andon.html", board=stops_board.andon(reading(), reading().get_one(Site, site_id), line),
        SIGNALS=SIGNALS, STOP=rules))


def _last_day(site_id: int) -> Drawn:
    mark = str(int(utc_now().timestamp() / LASTS_SECONDS))
    return _once(mark, ("last-24-hours", language(), str(site_id)), lambda: render_template(
        "boards/_last_24_hours.html", found=rejections_shown.last_day(reading(), _viewer(site_id)), STOP=rules,
        stopped=stops_last_day.last_day(reading(), site_id, utc_now()), REJECTION=rejections_rules,
        site=reading().get_one(Site, site_id), short=_short))


def _short(at: datetime, zone: str) -> str:
    """Return the time of day, with the day where it is not today's."""
    local, today = (instant.astimezone(ZoneInfo(zone)) for instant in (at, utc_now()))
    return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%m-%d %H:%M}"


def _once(mark: str, place: tuple[str, ...], draw: Callable[[], str]) -> Drawn:
    """Return what is drawn in a place, drawing it anew only under another mark."""
    held = _drawn.get(place)
    if held is None or held.mark != mark:
        html = draw()
        held = _drawn[place] = Drawn(mark, html, hashlib.sha256(html.encode()).hexdigest()[:32])
    return held


def _tagged(drawn: Drawn) -> Response:
    answer = Response(content_type="text/html; charset=utf-8")
    answer.set_etag(drawn.tag)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["X-Now"] = rfc3339(utc_now())
    answer.make_conditional(request)
    if answer.status_code != 304:
        answer.set_data(drawn.html)
    return answer


def _site(permission: str = "stops.view") -> tuple[Site, list[Site]]:
    """Return the site that this board shows and those that it could show: a tablet's own, a person's by choice."""
    tablet = known_device()
    if tablet is not None:
        site = reading().get_one(Site, tablet.site_id)
        return site, [site]
    return _chosen(chain.sites(reading(), person(), permission))


def _chosen(sites: list[Site]) -> tuple[Site, list[Site]]:
    """Return the site that the address asks for, else the usual one, and all of them. Raises NotFound."""
    wanted = request.args.get("site", type=id_or_none)
    found = next((s for s in sites if s.id == wanted), None) if wanted else chain.usual_site(reading(), sites)
    if found is None:
        raise NotFound("There is no such site.", "没有这个工厂。")
    return found, sites


def _public_site() -> tuple[Site, list[Site]]:
    """Return the site whose public board is shown and those that could be; every one to a stranger on the network."""
    if g.person is not None or known_device() is not None:
        return _site("service.view")
    return _chosen(chain.sites(reading(), SYSTEM))


def _site_id(permission: str) -> int:
    """Return the site that a poll names, without a look at the database. Raises NotFound."""
    tablet = known_device()
    if tablet is not None:
        return tablet.site_id
    wanted, allowed = request.args.get("site", type=id_or_none), person().sites(permission)
    if wanted is None or (allowed is not None and wanted not in allowed):
        raise NotFound("There is no such site.", "没有这个工厂。")
    return wanted


def _viewer(site_id: int) -> Actor:
    """Return someone who sees one site and nothing else, whoever looks at the board."""
    return replace(SYSTEM, everything=False, grants=(Grant(0, "operator", site_id),))


def _speak() -> None:
    """Let the address choose the language: nobody signs in at a screen on the wall."""
    wanted: Any = request.args.get("language")
    if wanted in LANGUAGES:
        g.language = wanted
