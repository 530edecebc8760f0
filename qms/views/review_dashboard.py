"""The dashboard: the measures of a site or of one of its parts as they are now. Decides nothing."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from forms.review_objectives import DashboardForm
from qms.models.chain import Site
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid, NotFound
from qms.rules.measures import Period
from qms.rules.review import VIEW
from qms.rules.review_measures import PARTS
from qms.web import needs, person, reading
from qms.web.language import language
from qms.web.parts import part_choices, part_from
from qms.web.registers import choice
from qms.web.trends import HEIGHT, WIDTH, Trend, trend
from qms.workflows import chain, review_dashboard
from qms.workflows.review_dashboard import Tile
from qms.workflows.review_records import today
from qms.workflows.review_scope import year_to

bp = Blueprint("review_dashboard", __name__, url_prefix="/review/dashboard")


@bp.get("/")
@needs("review.view")
def show() -> tuple[str, int]:
    """Show the measures of a site or part for a period; everything is counted when it is asked for."""
    sites = {site.id: site for site in chain.sites(reading(), person(), VIEW)}
    if not sites:
        return render_template("review/dashboard.html", site=None), 200
    site = _site(sites)
    form, period = _asked(site)
    form.site.choices = list(map(choice, sites.values()))
    part = part_from(form.part.data or "")
    told = review_dashboard.dashboard(reading(), person(), site.id, part, period)
    form.only_site()
    return render_template("review/dashboard.html", site=site, form=form, told=told, counted_at=utc_now(), PARTS=PARTS,
                           drawn=_drawn, WIDTH=WIDTH, HEIGHT=HEIGHT), 422 if form.errors else 200


def _drawn(tile: Tile) -> Trend | None:
    target = None if tile.objective is None else float(tile.objective.target)
    return trend([told for _month, told in tile.trend], target, from_zero=tile.measure.kind not in {"percent", "index"})


def _site(sites: dict[int, Site]) -> Site:
    wanted = request.args.get("site")
    if wanted is None:
        usual = chain.usual_site(reading(), list(sites.values()))
        return usual or next(iter(sites.values()))
    if not wanted.isdecimal() or int(wanted) not in sites:
        raise NotFound
    return sites[int(wanted)]


def _asked(site: Site) -> tuple[Any, Period]:
    """Read the address. A period that cannot be shown is told beside its field, and the usual one is shown."""
    usual = year_to(today(reading(), site), site.time_zone)
    sent = {"site": str(site.id), "part": "site", "first": usual.first.isoformat(), "last": usual.last.isoformat()}
    sent |= {key: given for key, given in request.args.items() if given and key in sent and key != "site"}
    form: Any = DashboardForm(MultiDict(sent), translate=gettext, language=language())
    form.site.validate_choice = False
    form.part.choices = part_choices(reading(), site)
    if not form.validate() or form.part.errors:
        if form.part.errors:
            raise NotFound
        return form, usual
    try:
        return form, Period(form.first.data, form.last.data, "month", site.time_zone)
    except Invalid as refused:
        form.refuse(refused, language())
        return form, usual
