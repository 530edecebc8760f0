"""Measures of units from a file: upload, and what an import of it would do. Decides nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.imports_measures import SurveyUpload, UnitsUpload
from qms.imports import uploads
from qms.imports.satisfaction import check, shape_of
from qms.jobs.satisfaction_measures import Outcome
from qms.jobs.satisfaction_measures import preview as previewed
from qms.rules import satisfaction_measures as rules
from qms.rules.errors import BadFile, RuleError
from qms.rules.imports import STEPS
from qms.rules.words import Words
from qms.web import database, filled, needs, person, reading, saving, settings
from qms.web.page import name
from qms.web.requests import close_reading
from qms.workflows import chain, imports

bp = Blueprint("imports_measures", __name__, url_prefix="/imports/measures")

MOST_SHOWN = 100
TITLES = {"survey": Words("Import survey results", "导入调查结果"),
          "unit_measures": Words("Import measures of units", "导入单元指标")}
LEADS = {"survey": Words("One line of the file is one unit, one measure, one value.",
                         "文件的一行是一个单元的一项指标的一个数值。"),
         "unit_measures": Words("One line of the file is one unit, with a column per measure.",
                                "文件的一行是一个单元, 每项指标一列。")}
GROUPS = {"survey": (("file", "names"), ("site_id", "source"), ("period", "kind"), ("unit", "measure", "value")),
          "unit_measures": (("file",), ("site_id", "source"), ("unit", "name", "period"), ("internal", "external"))}


@bp.route("/survey", methods=["GET", "POST"])
@needs("imports.run")
def survey() -> ResponseReturnValue:
    """Take published survey results: a table with one value per line."""
    return _upload(SurveyUpload, "survey")


@bp.route("/units", methods=["GET", "POST"])
@needs("imports.run")
def units() -> ResponseReturnValue:
    """Take internal beside external measures: a table with one unit per line."""
    return _upload(UnitsUpload, "unit_measures")


@bp.get("/<id:import_id>/preview")
@needs("imports.run")
def preview(import_id: int) -> ResponseReturnValue:
    """Show what a prepared import of measures would do; nothing is changed."""
    run = imports.one(reading(), person(), import_id)
    close_reading()
    if run.state != STEPS.first or run.kind not in TITLES:
        return redirect(url_for("imports.show", import_id=import_id))
    outcome: Outcome | None = None
    refusal: RuleError | None = None
    choices, path = run.summary["choices"], uploads.kept(settings().files, import_id)
    try:
        shape = shape_of(choices, path, uploads.kept_names(settings().files, import_id))
        outcome = previewed(database(), person(), path, shape, site=choices["site"], source=choices["source"])
    except RuleError as error:
        refusal = error
    problems = refusal.problems if isinstance(refusal, BadFile) else ()
    return render_template("imports/preview_measures.html", run=run, choices=choices, outcome=outcome, refusal=refusal,
                           problems=problems, most=MOST_SHOWN, MEASURE=rules), 422 if refusal else 200


def _upload(cls: type[SurveyUpload | UnitsUpload], kind: str) -> ResponseReturnValue:
    sites = chain.sites(reading(), person(), "imports.run")
    form: Any = filled(cls, site_id=sites[0].id if sites else None)
    form.site_id.choices = [SelectChoice(str(site.id), f"{site.code} {name(site)}") for site in sites]
    if form.ready:
        site = next(site for site in sites if site.id == form.site_id.data)
        run_id = _kept(form, kind, site.id, site.code)
        if run_id is not None:
            return redirect(url_for("imports_measures.preview", import_id=run_id))
    return render_template("imports/upload_measures.html", form=form, sites=sites, title=TITLES[kind],
                           lead=LEADS[kind], groups=GROUPS[kind]), form.status


def _kept(form: Any, kind: str, site_id: int, site: str) -> int | None:
    """Prepare an import of the uploaded file; None when something about it was refused, which the form then says."""
    sent, names = request.files["file"], request.files.get("names")
    close_reading()
    run_id = None
    with saving(form, "imports.prepare") as session:
        source = (form.source.data or "").strip() or (sent.filename or "")[-120:]
        choices = form.said() | {"site": site, "source": source}
        run_id = imports.prepare(session, person(), kind=kind, file_name=sent.filename or "", file_sha256="",
                                 site_id=site_id).id
        kept = uploads.keep(settings().files, run_id, uploads.ROWS, sent.filename or "", sent.stream)
        if names and names.filename:
            uploads.keep(settings().files, run_id, uploads.NAMES, names.filename, names.stream)
        check(kept.path, shape_of(choices, kept.path, uploads.kept_names(settings().files, run_id)))
        imports.identify(session, person(), run_id, kept.sha256)
        imports.choose(session, person(), run_id, choices=choices)
    if not form.saved and run_id is not None:
        uploads.discard(settings().files, run_id)
    return run_id if form.saved else None
