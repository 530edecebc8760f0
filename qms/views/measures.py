"""The pages of figures: a site's overview, a link, a unit, and the JSON that their charts are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.measures import PeriodForm
from qms.db import now
from qms.measures.charts import Point
from qms.models.chain import Site
from qms.models.rejections import Rejection
from qms.rules.errors import Invalid, NotFound
from qms.rules.measures import SIDES, STEPS, SUBJECTS, WEIGHTS, Bucket, Period, usual_period
from qms.rules.rejections import ORIGIN_STEPS, SEVERITIES
from qms.web import needs, person, reading
from qms.web.language import language, say
from qms.web.page import name, with_args
from qms.workflows import measures
from qms.workflows.measures import Charted, UnitFigures
from qms.workflows.measures_defects import Ranked, Ranking, made_defects, refused_defects
from qms.workflows.measures_escapes import NONE_COUNTED, Made, Seen
from qms.workflows.measures_false_rejections import false_rejections
from qms.workflows.measures_handovers import NONE_HANDED_OVER
from qms.workflows.measures_later import MOST_SHOWN, found_after_link, found_after_unit
from qms.workflows.measures_reporting import link_reporting, unit_reporting
from qms.workflows.measures_routes import routes_through

bp = Blueprint("measures", __name__, url_prefix="/measures")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the period with its form, and how to cut, side and weigh."""

    form: PeriodForm
    period: Period
    of: str
    side: str
    by: str

    @property
    def status(self) -> int:
        """Return 422 when the period asked for cannot be shown, and another is."""
        return 422 if self.form.errors else 200

    def handovers(self, **scope: Any) -> str:
        """Return the register of the hand-overs that a figure of this period was counted from."""
        return url_for("acceptance.handovers", first=self.period.first, last=self.period.last, **scope)

    def during(self, bucket: Bucket, **scope: Any) -> str:
        """Return the register of the hand-overs of one point of a chart."""
        return url_for("acceptance.handovers", first=bucket.first, last=bucket.last, **scope)

    def rejections(self, **scope: Any) -> str:
        """Return the register of the rejections that a figure of this period was counted from."""
        return url_for("rejections.register", first=self.period.first, last=self.period.last, **scope)

    def here(self, endpoint: str, **values: Any) -> str:
        """Return another page of figures for the same period."""
        period = self.period
        return url_for(endpoint, first=period.first, last=period.last, step=period.step, **values)


@bp.get("/")
@needs("measures.view")
def overview() -> ResponseReturnValue:
    """Show the figures of every link and unit of a site."""
    sites = measures.sites(reading(), person())
    if not sites:
        return render_template("measures/no_site.html")
    site = _chosen_site({str(site.id): site for site in sites})
    asked = _asked(site)
    asked.form.site.choices = [SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites]
    asked.form.site.data = str(site.id)
    if len(sites) == 1:
        del asked.form.site
    shown = measures.overview(reading(), person(), site.id, asked.period)
    page = render_template("measures/overview.html", site=site, asked=asked, form=asked.form, shown=shown,
                           refuted=false_rejections(reading(), site.id, asked.period),
                           latest=partial(_latest, site, asked))
    return page, asked.status


@bp.get("/links/<id:link_id>")
@needs("measures.view")
def link(link_id: int) -> ResponseReturnValue:
    """Show the figures of one link."""
    site = measures.one_link(reading(), person(), link_id).site
    asked = _asked(site)
    del asked.form.site, asked.form.side
    figures = measures.link_figures(reading(), person(), link_id, asked.period)
    page = render_template(
        "measures/link.html", site=site, asked=asked, form=asked.form, figures=figures,
        charted=measures.control_chart(reading(), [link_id], asked.period, asked.of),
        ranking=refused_defects(reading(), figures.link, asked.period, asked.by),
        reporting=link_reporting(reading(), person(), figures, asked.period),
        refuted=false_rejections(reading(), site.id, asked.period, link_id=link_id),
        SUBJECTS=SUBJECTS, WEIGHTS=WEIGHTS, latest=partial(_latest, site, asked, [link_id]),
        made=False, SEVERITIES=SEVERITIES,
        defect_url=lambda defect: asked.rejections(link_id=link_id, defect_id=defect.id),
        point_url=lambda bucket: asked.during(bucket, link_id=link_id),
    )
    return page, asked.status


@bp.get("/units/<id:unit_id>")
@needs("measures.view")
def unit(unit_id: int) -> ResponseReturnValue:
    """Show the figures of one unit."""
    site = measures.one_unit(reading(), person(), unit_id).site
    asked = _asked(site)
    del asked.form.site
    figures = measures.unit_figures(reading(), person(), unit_id, asked.period)
    links = measures.links_of(reading(), unit_id, asked.side)
    page = render_template(
        "measures/unit.html", site=site, asked=asked, form=asked.form, figures=figures,
        charted=measures.control_chart(reading(), links, asked.period, asked.of),
        ranking=made_defects(reading(), figures.unit, asked.period, asked.by),
        reporting=unit_reporting(reading(), person(), figures, asked.period),
        refuted=false_rejections(reading(), site.id, asked.period, found_unit_id=unit_id),
        routes=routes_through(reading(), unit_id, asked.period),
        SUBJECTS=SUBJECTS, WEIGHTS=WEIGHTS, SIDES=SIDES, SEVERITIES=SEVERITIES,
        latest=partial(_latest, site, asked), has_figures=_has_figures(figures), made=True,
        defect_url=lambda defect: asked.rejections(origin_unit_id=unit_id, defect_id=defect.id),
        point_url=lambda bucket: asked.during(bucket, **{f"{asked.side}_id": unit_id}),
    )
    return page, asked.status


@bp.get("/links/<id:link_id>/charts")
@needs("measures.view")
def link_charts(link_id: int) -> ResponseReturnValue:
    """Give the charts of a link as JSON."""
    held = measures.one_link(reading(), person(), link_id)
    asked = _asked(held.site)
    charted = measures.control_chart(reading(), [link_id], asked.period, asked.of)
    ranking = refused_defects(reading(), held, asked.period, asked.by)
    return jsonify(control=_control_json(charted, asked.of), pareto=_pareto_json(ranking)), asked.status


@bp.get("/units/<id:unit_id>/charts")
@needs("measures.view")
def unit_charts(unit_id: int) -> ResponseReturnValue:
    """Give the charts of a unit as JSON."""
    held = measures.one_unit(reading(), person(), unit_id)
    asked = _asked(held.site)
    links = measures.links_of(reading(), unit_id, asked.side)
    charted = measures.control_chart(reading(), links, asked.period, asked.of)
    ranking = made_defects(reading(), held, asked.period, asked.by)
    return jsonify(control=_control_json(charted, asked.of), pareto=_pareto_json(ranking)), asked.status


@bp.get("/links/<id:link_id>/later")
@needs("measures.view")
def link_later(link_id: int) -> ResponseReturnValue:
    """List what came over a link and was found after it."""
    held = measures.one_link(reading(), person(), link_id)
    asked = _asked(held.site)
    scope = f"{name(held.supplier)} → {name(held.customer)}"
    rejections = found_after_link(reading(), held, asked.period)
    return _later(held.site, asked, scope, asked.here("measures.link", link_id=link_id), rejections)


@bp.get("/units/<id:unit_id>/later")
@needs("measures.view")
def unit_later(unit_id: int) -> ResponseReturnValue:
    """List what a unit made or let through and was found elsewhere."""
    held = measures.one_unit(reading(), person(), unit_id)
    asked = _asked(held.site)
    rejections = found_after_unit(reading(), held, asked.period)
    return _later(held.site, asked, name(held), asked.here("measures.unit", unit_id=unit_id), rejections)


def _later(site: Site, asked: Asked, scope: str, back: str, rejections: Sequence[Rejection]) -> ResponseReturnValue:
    for field in ("site", "step", "of", "side", "by"):
        delattr(asked.form, field)
    page = render_template("measures/later.html", site=site, asked=asked, form=asked.form, scope=scope, back=back,
                           rejections=rejections, most=MOST_SHOWN, ORIGIN_STEPS=ORIGIN_STEPS)
    return page, asked.status


def _chosen_site(sites: dict[str, Site]) -> Site:
    chosen = request.args.get("site")
    if chosen and chosen not in sites:
        raise NotFound
    return sites[chosen] if chosen else next(iter(sites.values()))


def _asked(site: Site) -> Asked:
    """Read the address. A period that cannot be shown is told beside its field, and the usual one is shown."""
    step = _one_of(STEPS, "step", "week")
    today = now(reading()).astimezone(ZoneInfo(site.time_zone)).date()
    usual = usual_period(today, step, site.time_zone)
    sent = {"first": usual.first.isoformat(), "last": usual.last.isoformat(), "step": step}
    sent |= {key: value for key, value in request.args.items() if value and key in {"first", "last"}}
    of, side, by = (
        _one_of(choices, key, usually)
        for choices, key, usually in ((SUBJECTS, "of", "lots"), (SIDES, "side", "supplier"), (WEIGHTS, "by", "pieces"))
    )
    form = PeriodForm(MultiDict({**sent, "of": of, "side": side, "by": by}), translate=gettext, language=language())
    form.site.validate_choice = False
    form.step.choices = [SelectChoice(code, say(words)) for code, words in STEPS.items()]
    period = usual
    if form.ready and form.first.data and form.last.data:
        try:
            period = Period(form.first.data, form.last.data, step, site.time_zone)
        except Invalid as refusal:
            form.refuse(refusal, language())
    return Asked(form, period, of, side, by)


def _one_of(choices: dict[str, Any], key: str, usually: str) -> str:
    given = request.args.get(key, "")
    return given if given in choices else usually


def _latest(site: Site, asked: Asked, link_ids: list[int] | None = None) -> str:
    """Return the address of this page for the last period that has records; empty where there are none."""
    at = measures.latest(reading(), site.id, link_ids)
    if at is None:
        return ""
    day = at.astimezone(ZoneInfo(site.time_zone)).date()
    period = usual_period(day, asked.period.step, site.time_zone)
    return with_args(first=period.first, last=period.last)


def _has_figures(figures: UnitFigures) -> bool:
    """Tell whether the unit has any record in the period."""
    unit = figures.unit
    return figures != UnitFigures(unit, NONE_HANDED_OVER, NONE_HANDED_OVER, Made(), Seen(), NONE_COUNTED)


def _control_json(charted: Charted, of: str) -> dict[str, Any]:
    """Return a control chart: its points with their limits as shares of 1, None where nothing was handed over."""
    chart = charted.chart
    return {
        "kind": chart.kind,
        "provisional": chart.provisional,
        "sigma_z": chart.sigma_z,
        "points": [_point(point) for point in chart.points],
        "words": {
            "value": say(SUBJECTS[of]),
            "centre": gettext("Centre line"),
            "upper": gettext("Upper limit"),
            "lower": gettext("Lower limit"),
            "out": gettext("Out of limits"),
            "none": gettext("Nothing handed over"),
        },
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "label": point.label, "count": point.count, "size": point.size, "value": point.value,
        "centre": point.centre, "lower": point.lower, "upper": point.upper, "out": point.out,
    }


def _pareto_json(ranking: Ranking) -> dict[str, Any]:
    """Return a Pareto chart: bars with their weight, the assumed weight apart, and the cumulative share of 1."""
    return {
        "bars": [_bar(row, ranking.by) for row in ranking.bars],
        "words": {
            "weight": say(WEIGHTS[ranking.by]),
            "assumed": gettext("Origin not confirmed"),
            "cumulative": gettext("Cumulative share"),
        },
    }


def _bar(row: Ranked, by: str) -> dict[str, Any]:
    return {
        "label": name(row.defect) if row.defect else gettext("Other and not coded"),
        "weight": row.bar.weight,
        "assumed": row.assumed.pieces if by == "pieces" else row.assumed.records,
        "cumulative": row.bar.cumulative,
    }
