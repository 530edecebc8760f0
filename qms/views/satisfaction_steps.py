"""The steps of a survey: drafted, opened, invited to, closed, scrubbed, published, acted on. Decides nothing."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from exports.columns import Column
from exports.delimited import write_csv
from forms.base import EditForm, Form
from forms.chain import id_or_none
from forms.satisfaction import DecideForm, KioskForm, SurveyForm, places
from qms.models.satisfaction import Survey
from qms.rules import satisfaction as rules
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound
from qms.rules.steps import step_of
from qms.rules.words import Words
from qms.web import answered, filled, needs, person, reading, saving
from qms.web.codes import qr
from qms.web.language import language, say
from qms.web.page import name
from qms.workflows import chain, satisfaction, satisfaction_drafting
from qms.workflows.satisfaction_names import called, called_group
from qms.workflows.satisfaction_questions import question_sets

bp = Blueprint("satisfaction_steps", __name__, url_prefix="/satisfaction")

LINKS = (Column("about", Words("Asked about", "调查对象"), width=40), Column("link", Words("Link", "链接"), width=90))
MOST_PICTURES = 300
"""Links of which the printable list shows a code to scan; a longer list shows addresses alone."""


@bp.route("/draft", methods=["GET", "POST"])
@needs("satisfaction.survey")
def draft() -> ResponseReturnValue:
    """Draft a survey of a kind at a site."""
    kind = request.args.get("kind", "internal")
    sites = chain.sites(reading(), person(), "satisfaction.survey")
    wanted = request.args.get("site", type=id_or_none) or (sites[0].id if sites else 0)
    site = next((s for s in sites if s.id == wanted), None)
    if site is None or kind not in rules.KINDS:
        raise NotFound
    today = utc_now().astimezone(ZoneInfo(site.time_zone)).date()
    form = filled(SurveyForm, opens_on=today, closes_on=today + timedelta(days=14))
    _prepare(form, site.id, kind)
    if form.ready:
        with saving(form, "satisfaction.draft") as session:
            made = satisfaction.draft(session, person(), site_id=site.id, kind=kind, targets=places(request.form),
                                      **form.values())
        if form.saved:
            flash(gettext("The survey is drafted. Nobody can answer yet."), "success")
            return redirect(url_for("satisfaction.show", survey_id=made.id))
    return _draw(form, say(rules.KINDS[kind]), site.id, kind, {}, sites=sites)


@bp.route("/<id:survey_id>/edit", methods=["GET", "POST"])
@needs("satisfaction.survey")
def edit(survey_id: int) -> ResponseReturnValue:
    """Change a draft."""
    survey = satisfaction.whole(reading(), person(), survey_id)
    form = filled(SurveyForm, obj=survey)
    _prepare(form, survey.site_id, survey.kind)
    if form.ready:
        with saving(form, "satisfaction.edit") as session:
            satisfaction.edit(session, person(), survey_id, form.read_at, targets=places(request.form),
                              **form.values())
        if form.saved:
            return answered(form, url_for("satisfaction.show", survey_id=survey_id), gettext("Saved."))
    held = {t.link_id or t.unit_id: t.places for t in survey.targets if t.active}
    return _draw(form, survey.number, survey.site_id, survey.kind, held, survey=survey)


@bp.post("/<id:survey_id>/open", endpoint="open")
@needs("satisfaction.survey")
def open_survey(survey_id: int) -> ResponseReturnValue:
    """Open a survey for answers."""
    return _at_once("open", survey_id, satisfaction.open_survey)


@bp.post("/<id:survey_id>/close")
@needs("satisfaction.survey")
def close(survey_id: int) -> ResponseReturnValue:
    """Close a survey."""
    return _at_once("close", survey_id, satisfaction.close)


@bp.post("/<id:survey_id>/publish")
@needs("satisfaction.survey")
def publish(survey_id: int) -> ResponseReturnValue:
    """Publish a survey."""
    return _at_once("publish", survey_id, satisfaction.publish)


@bp.post("/<id:survey_id>/remind")
@needs("satisfaction.survey")
def remind(survey_id: int) -> ResponseReturnValue:
    """Remind the heads of the units whose people are asked."""
    return _at_once("remind", survey_id, satisfaction.remind)


@bp.route("/<id:survey_id>/invite", methods=["GET", "POST"])
@needs("satisfaction.survey")
def invite(survey_id: int) -> ResponseReturnValue:
    """Make token links and show them once, to print or as a file."""
    survey = satisfaction.whole(reading(), person(), survey_id)
    form, made = filled(Form), []
    if request.method == "POST":
        with saving(form, "satisfaction.invite") as session:
            made = satisfaction.invite(session, person(), survey_id)
        names = {t.id: say(called(t)) for t in survey.targets}
        links = [(names[one.target.id], _address(one.token)) for one in made]
        if form.saved and request.form.get("as") == "csv":
            return _file(survey, links)
        if form.saved:
            pictures = [qr(address) for _, address in links] if len(links) <= MOST_PICTURES else []
            return render_template("satisfaction/links.html", survey=survey, links=links, pictures=pictures)
    return render_template("satisfaction/invite.html", survey=survey, form=form), form.status


@bp.route("/<id:survey_id>/kiosk", methods=["GET", "POST"])
@needs("satisfaction.kiosk")
def kiosk(survey_id: int) -> ResponseReturnValue:
    """Start a kiosk and show its address once."""
    survey = satisfaction.whole(reading(), person(), survey_id)
    form, code = filled(KioskForm), ""
    units = {t.link.customer.id: t.link.customer for t in survey.targets if t.active and t.link is not None}
    form.unit_id.choices = [SelectChoice(str(u.id), f"{u.code} {name(u)}")
                            for u in sorted(units.values(), key=lambda u: u.code)
                            if person().may("satisfaction.kiosk", site_id=u.site_id, unit_path=u.path)]
    if form.ready:
        with saving(form, "satisfaction.kiosk") as session:
            code = satisfaction.start_kiosk(session, person(), survey_id, **form.values())
    address = url_for("satisfaction_answers.kiosk", code=code, _external=True) if form.saved else ""
    return render_template("satisfaction/kiosk_start.html", survey=survey, form=form, address=address,
                           picture=qr(address) if address else ""), form.status


@bp.route("/<id:survey_id>/scrub", methods=["GET", "POST"])
@needs("satisfaction.survey")
def scrub(survey_id: int) -> ResponseReturnValue:
    """Take names out of the comments of a closed survey, and withhold some."""
    survey = satisfaction.whole(reading(), person(), survey_id)
    form = filled(EditForm, obj=survey)
    typed: dict[str, str] = {}
    withheld = request.form.getlist("withheld")
    if request.method == "POST":
        typed = {key.removeprefix("text-"): value for key, value in request.form.items() if key.startswith("text-")}
        with saving(form, "satisfaction.scrub") as session:
            satisfaction.scrub(session, person(), survey_id, form.read_at, typed, withheld)
        if form.saved:
            return answered(form, url_for("satisfaction.show", survey_id=survey_id), gettext("Saved."))
    return render_template("satisfaction/scrub.html", survey=survey, form=form, SURVEY=rules, called=called_group,
                           typed=typed, withheld=withheld,
                           groups=satisfaction.remarks(reading(), person(), survey_id)), form.status


@bp.route("/<id:survey_id>/decide", methods=["GET", "POST"])
@needs("satisfaction.survey")
def decide(survey_id: int) -> ResponseReturnValue:
    """Say what is done about the results."""
    survey = satisfaction.whole(reading(), person(), survey_id)
    form = filled(DecideForm, obj=survey)
    if form.ready:
        with saving(form, "satisfaction.decide") as session:
            satisfaction.decide(session, person(), survey_id, form.read_at, **form.values())
        if form.saved:
            return answered(form, url_for("satisfaction.show", survey_id=survey_id), gettext("Saved."))
    return render_template("satisfaction/decide.html", survey=survey, form=form), form.status


def _at_once(step: str, survey_id: int, work: Callable[..., Any]) -> ResponseReturnValue:
    """Take a step that asks for nothing, and lead back to the survey."""
    form = filled(EditForm)
    told: Any = None
    with saving(form, f"satisfaction.{step}") as session:
        told = work(session, person(), survey_id, form.read_at)
    done = f"{say(step_of(rules.STEPS, step).words)}: {gettext('recorded')}"
    if step == "remind" and form.saved:
        done = ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", told)
    where = "results" if step == "publish" and form.saved else "show"
    return answered(form, url_for(f"satisfaction.{where}", survey_id=survey_id), done)


def _prepare(form: SurveyForm, site_id: int, kind: str) -> None:
    """Offer the versions of the questions; take away what does not go with the kind."""
    sets = [s for s in question_sets(reading(), person(), site_id) if s.kind == kind]
    form.set_id.choices = [SelectChoice(str(s.id), f"{name(s)}, {gettext('version')} {s.version}") for s in sets] or [
        SelectChoice("", gettext("Default questions"))]
    if kind == "internal":
        del form.attributed


def _draw(form: SurveyForm, title: str, site_id: int, kind: str, held: dict[Any, int], *, survey: Survey | None = None,
          sites: Any = ()) -> ResponseReturnValue:
    choices = satisfaction_drafting.choices(reading(), person(), site_id, kind)
    values = {c.id: request.form.get(f"places-{c.id}", "") if form.submitted else held.get(c.id, "") for c in choices}
    return render_template("satisfaction/form.html", form=form, title=title, choices=choices, values=values, kind=kind,
                           survey=survey, sites=sites, site_id=site_id, SURVEY=rules), form.status


def _address(token: str) -> str:
    address: str = url_for("satisfaction_answers.answer", token=token, _external=True)
    return address


def _file(survey: Survey, links: list[tuple[str, str]]) -> Response:
    stream = BytesIO()
    write_csv(stream, LINKS, links, language(), survey.site.time_zone)
    return Response(stream.getvalue(), mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="{survey.number}-links.csv"', "Cache-Control": "no-store"})
