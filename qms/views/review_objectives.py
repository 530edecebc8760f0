"""The pages of quality objectives: listed with what their measures are now, set, ended. Decides nothing."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.review_objectives import EndForm, ObjectiveForm, ObjectivesFilter
from qms.models.chain import Site
from qms.models.review import Objective
from qms.rules.errors import NotFound
from qms.rules.measures import Period
from qms.rules.review import PREPARE, VIEW
from qms.rules.review_measures import MEASURES
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.parts import key_of, part_choices
from qms.web.registers import choice
from qms.workflows import chain, review_objectives, review_targets
from qms.workflows.review_records import today
from qms.workflows.review_scope import Scope, year_to

bp = Blueprint("review_objectives", __name__, url_prefix="/review/objectives")


@bp.get("/")
@needs("review.view")
def register() -> str:
    """Show the objectives of a site, each beside its measure over the last twelve months."""
    form, site = _filter()
    if site is None:
        return render_template("review/objectives.html", site=None, form=form, lines=[], MEASURES=MEASURES)
    ended = bool(form.chosen("ended"))
    found = review_objectives.objectives(reading(), person(), site.id, ended=ended)
    scope = _scope(site)
    form.only_site()
    return render_template(
        "review/objectives.html", site=site, form=form, MEASURES=MEASURES, scope=scope, ended=ended,
        lines=[review_targets.held(reading(), scope, one) for one in found],
        may_set=person().may(PREPARE, site_id=site.id))


@bp.route("/set", methods=["GET", "POST"], endpoint="set")
@needs("review.prepare")
def set_objective() -> ResponseReturnValue:
    """Set an objective, or change one: the one in force ends the day before."""
    site = _site(PREPARE)
    if site is None:
        raise NotFound
    form = filled(ObjectiveForm, valid_from=today(reading(), site), measure=request.args.get("measure", ""),
                  part=request.args.get("part", ""))
    form.part.choices = [SelectChoice("", gettext("Choose")), *part_choices(reading(), site)]
    back = url_for("review_objectives.register", site=site.id)
    if form.ready:
        with saving(form, "review.objective") as session:
            review_objectives.set_objective(session, person(), site_id=site.id, **form.values())
        if form.saved:
            return redirect(back, 303)
    return render_template("review/objective.html", form=form, site=site, objective=None, back=back), form.status


@bp.route("/<id:objective_id>/end", methods=["GET", "POST"])
@needs("review.prepare")
def end(objective_id: int) -> ResponseReturnValue:
    """End an objective after a day."""
    held = review_objectives.one(reading(), person(), objective_id)
    site, part = reading().get_one(Site, held.site_id), review_targets.named(held)
    form = filled(EndForm, obj=held, last=today(reading(), site))
    back = url_for("review_objectives.register", site=site.id)
    if form.ready:
        with saving(form, "review.end_objective") as session:
            review_objectives.end_objective(session, person(), objective_id, form.read_at, **form.values())
        if form.saved:
            return redirect(back, 303)
    return render_template("review/objective.html", form=form, site=site, objective=held, back=back,
                           part=part, MEASURES=MEASURES), form.status


def _filter() -> tuple[ObjectivesFilter, Site | None]:
    form: Any = ObjectivesFilter(request.args, translate=gettext, language=language())
    form.site.choices = list(map(choice, chain.sites(reading(), person(), VIEW)))
    form.validate()
    site = _site(VIEW)
    form.site.data = site.id if site else None
    return form, site


def _site(permission: str) -> Site | None:
    """Return the site that the address asks for, else the usual one; None: the person has none. Raises NotFound."""
    sites, wanted = chain.sites(reading(), person(), permission), request.args.get("site", type=id_or_none)
    if wanted is None:
        return chain.usual_site(reading(), sites)
    found = next((site for site in sites if site.id == wanted), None)
    if found is None:
        raise NotFound
    return found


def _scope(site: Site) -> Scope:
    on: date = today(reading(), site)
    last: Period = year_to(on, site.time_zone)
    return Scope((site,), last, last.before or last, months=1)


@bp.app_template_global("part_key")
def part_key(objective: Objective) -> str:
    """Return the choice of the form that names what an objective is for."""
    return key_of(review_objectives.part_of(objective))
