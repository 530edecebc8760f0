"""The register of surveys, a survey's page, its published results. Decides nothing."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.satisfaction import SurveyFilter
from qms.models.satisfaction import Survey, SurveyComment
from qms.rules import satisfaction as rules
from qms.rules.actions import STEPS as CASE
from qms.rules.errors import NotFound
from qms.rules.steps import allowed
from qms.web import needs, person, reading
from qms.web.language import language, say
from qms.web.page import name
from qms.workflows import chain, satisfaction, satisfaction_results
from qms.workflows import satisfaction_register as registers
from qms.workflows.actions_sources import of_record
from qms.workflows.chain_paging import Wish
from qms.workflows.satisfaction_names import called
from qms.workflows.satisfaction_results import Line, Point
from qms.workflows.trail import history

bp = Blueprint("satisfaction", __name__, url_prefix="/satisfaction")

ICONS = {"edit": "pencil", "open": "lock-open", "invite": "link", "kiosk": "device-tablet", "remind": "bell",
         "close": "lock", "scrub": "message", "publish": "eye", "decide": "checklist"}
AT_ONCE = frozenset({"open", "close", "publish", "remind"})
"""Steps that ask for nothing, so that their button takes them."""
FIRST = ("publish", "open", "decide", "invite")
"""Steps that may be the one primary button, the first of them that is offered."""


@bp.get("/")
@needs("satisfaction.view")
def register() -> str:
    """Show the register of surveys with how many of those invited have answered."""
    form, wanted = _wanted()
    page = registers.surveys(reading(), person(), wanted, _wish())
    return render_template("satisfaction/register.html", form=form, page=page, SURVEY=rules, wanted=wanted,
                           taken=registers.taken_part(reading(), page.rows), is_filtered=wanted != registers.Filter())


@bp.get("/<id:survey_id>")
@needs("satisfaction.view")
def show(survey_id: int) -> str:
    """Show a survey: whom it asks about what, how many have answered, history. No answer is shown here."""
    survey = satisfaction.whole(reading(), person(), survey_id)
    answered = registers.answered(reading(), survey)
    targets = [t for t in survey.targets if t.active]
    records = [("surveys", survey.id), *(("survey_targets", t.id) for t in survey.targets)]
    return render_template("satisfaction/show.html", survey=survey, targets=targets, answered=answered, SURVEY=rules,
                           steps=_steps(survey), history=history(reading(), records)[::-1], called=called)


@bp.get("/<id:survey_id>/results")
@needs("satisfaction.view")
def results(survey_id: int) -> str:
    """Show the published results: one group of answers question by question, all groups side by side, comments."""
    survey, lines, line = _line(survey_id)
    code = _overall(survey)
    return render_template(
        "satisfaction/results.html", survey=survey, lines=lines, line=line, SURVEY=rules, called=called,
        points=satisfaction_results.trend(reading(), person(), survey, line.result, code) if code else [],
        comments=_by_group(satisfaction_results.comments(reading(), survey)),
        questions={q.code: q for q in survey.questions.questions}, steps=_steps(survey),
        cases=of_record(reading(), person(), "surveys", survey.id), CASE=CASE)


@bp.get("/<id:survey_id>/charts")
@needs("satisfaction.view")
def charts(survey_id: int) -> ResponseReturnValue:
    """Give the importance-performance chart and the trend of one group as JSON."""
    survey, _lines, line = _line(survey_id)
    code = _overall(survey)
    points = satisfaction_results.trend(reading(), person(), survey, line.result, code) if code else []
    return jsonify({"importance": _importance(survey, line), "trend": _trend(points)})


def _by_group(found: Sequence[SurveyComment]) -> list[tuple[str, list[SurveyComment]]]:
    """Return comments by what they are about, as the reader calls it."""
    groups: dict[str, list[SurveyComment]] = {}
    for one in found:
        groups.setdefault(say(called(one)), []).append(one)
    return list(groups.items())


def _line(survey_id: int) -> tuple[Survey, list[Line], Line]:
    """Return a survey, its lines, and the one that the address asks for. Raises NotFound."""
    survey, lines = satisfaction_results.results(reading(), person(), survey_id)
    asked = request.args.get("group", type=id_or_none)
    line = next((x for x in lines if asked is None or x.result.id == asked), None)
    if line is None:
        raise NotFound
    return survey, lines, line


def _overall(survey: Survey) -> str:
    return next((q.code for q in survey.questions.questions if q.kind == "overall"), "")


def _importance(survey: Survey, line: Line) -> dict[str, Any]:
    texts = {q.code: name(q, "text") for q in survey.questions.questions}
    return {
        "points": [{"label": gap.code, "text": texts[gap.code], "importance": round(gap.importance, 3),
                    "performance": round(gap.performance, 3)} for gap in line.gaps],
        "words": {"importance": gettext("Importance"), "performance": gettext("Performance"),
                  "act": gettext("Important, done poorly"), "keep": gettext("Important, done well")}}


def _trend(points: list[Point]) -> dict[str, Any]:
    return {
        "points": [{"label": p.survey.number, "text": name(p.survey), "breaks": p.breaks,
                    "value": p.rating.index if p.rating else None, "low": p.rating.index_low if p.rating else None,
                    "high": p.rating.index_high if p.rating else None, "n": p.rating.n if p.rating else None}
                   for p in points],
        "words": {"index": gettext("Index"), "interval": gettext("95%% CI") % (), "break": gettext("Wording changed"),
                  "hidden": gettext("Hidden")}}


def _steps(survey: Survey) -> list[dict[str, Any]]:
    """Return the buttons of a survey's strip: those that the table allows and the person's grants cover."""
    buttons = []
    steps = [s for s in allowed(rules.STEPS, survey.state) if person().may(s.permission, site_id=survey.site_id)
             and not (s.name in {"kiosk", "remind"} and survey.kind != "internal")]
    first = next((wanted for wanted in FIRST if any(s.name == wanted for s in steps)), "")
    for step in sorted(steps, key=lambda s: s.name != first):
        button = {"words": step.words, "icon": ICONS[step.name], "tone": "primary" if step.name == first else "",
                  "url": url_for(f"satisfaction_steps.{step.name}", survey_id=survey.id)}
        buttons.append(button | ({"post": True, "fields": {"rev": survey.rev}} if step.name in AT_ONCE else {}))
    return buttons


def _wish() -> Wish:
    return Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))


def _wanted() -> tuple[SurveyFilter, registers.Filter]:
    """Return the filter row as the address fills it, and what it asks for."""
    form: Any = SurveyFilter(request.args, translate=gettext, language=language())
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}")
                                       for s in chain.sites(reading(), person(), "satisfaction.view"))]
    form.validate()
    wanted = registers.Filter(sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"),
                              kind=form.chosen("kind") or "", state=form.chosen("state") or "")
    form.only_site()
    return form, wanted
