"""Imports on screen: past runs, upload, preview, run, result. Decides nothing."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from exports.imports import refused_lines as write_refused_lines
from forms.chain import id_or_none
from forms.imports import InspectionsUpload, ProductionUpload, RequestsUpload, RunForm
from qms.imports import uploads
from qms.imports.mapping_toml import read_mapping
from qms.imports.mapping_toml import template as mapping_template
from qms.imports.production_anomalies import KINDS as ANOMALIES
from qms.imports.service_requests_mapping import read_request_mapping
from qms.imports.times import pattern_of
from qms.jobs import imports as loading
from qms.jobs.service_requests_import import RequestsOutcome, preview_requests
from qms.measures.service import kept_rate
from qms.models.imports import Import
from qms.models.jobs import Job
from qms.rules.errors import BadFile, RuleError
from qms.rules.imports import KINDS, STEPS
from qms.rules.inspections import YEAR_FIRST
from qms.rules.words import Words
from qms.web import database, filled, needs, person, reading, saving, settings, writing
from qms.web.language import language
from qms.web.page import name
from qms.web.requests import close_reading
from qms.workflows import chain, imports, imports_repeats, jobs

bp = Blueprint("imports", __name__, url_prefix="/imports")

PAGE = 50
MOST_SHOWN = 100
PREVIEW_ROWS = 20_000
PREVIEW_BYTES = 16 * 1024 * 1024
PREVIEWS = {"complaints": "imports_complaints.preview", "survey": "imports_measures.preview",
            "unit_measures": "imports_measures.preview"}
"""Kinds whose preview is a page of its own."""


@bp.get("/")
@needs("imports.run")
def runs() -> str:
    """List the imports, latest first."""
    before = request.args.get("before", type=id_or_none)
    found = imports.runs(reading(), person(), before=before, size=PAGE + 1)
    older = url_for("imports.runs", before=found[PAGE - 1].id) if len(found) > PAGE else ""
    newest = url_for("imports.runs") if before else ""
    return render_template("imports/runs.html", runs=found[:PAGE], older=older, newest=newest, KINDS=KINDS, STEPS=STEPS)


@bp.route("/inspections", methods=["GET", "POST"])
@needs("imports.run")
def inspections() -> ResponseReturnValue:
    """Take a file of inspection results, and its mapping when there is one."""
    form = filled(InspectionsUpload)
    if form.ready:
        mapping = request.files.get("mapping")
        text = mapping.read().decode("utf-8-sig", "replace") if mapping and mapping.filename else None
        run_id = _kept(form, "inspections", text)
        if run_id is not None:
            page = "imports.preview" if text else "imports_mapping.columns"
            return redirect(url_for(page, import_id=run_id))
    return render_template("imports/upload_inspections.html", form=form), form.status


@bp.route("/production", methods=["GET", "POST"])
@needs("imports.run")
def production() -> ResponseReturnValue:
    """Take a production log of a site."""
    sites = chain.sites(reading(), person(), "imports.run")
    form = filled(ProductionUpload, site_id=sites[0].id if sites else None)
    form.site_id.choices = [SelectChoice(str(site.id), f"{site.code} {name(site)}") for site in sites]
    if form.ready:
        site = next(site for site in sites if site.id == form.site_id.data)
        choices = {"site": site.code, "time_format": form.time_format.data or YEAR_FIRST,
                   "encoding": form.encoding.data}
        run_id = _kept(form, "production", None, site_id=site.id, choices=choices)
        if run_id is not None:
            return redirect(url_for("imports.preview", import_id=run_id))
    return render_template("imports/upload_production.html", form=form, sites=sites), form.status


@bp.route("/requests", methods=["GET", "POST"])
@needs("imports.run")
def requests() -> ResponseReturnValue:
    """Take a help-desk log and the mapping that says what its columns mean."""
    form = filled(RequestsUpload)
    if form.ready:
        mapping = request.files["mapping"].read().decode("utf-8-sig", "replace")
        run_id = _kept(form, "requests", mapping, read=read_request_mapping)
        if run_id is not None:
            return redirect(url_for("imports.preview", import_id=run_id))
    return render_template("imports/upload_requests.html", form=form), form.status


@bp.get("/template")
@needs("imports.run")
def template() -> Response:
    """Give an annotated mapping to start from."""
    return Response(mapping_template(), mimetype="application/toml",
                    headers={"Content-Disposition": 'attachment; filename="mapping.toml"'})


@bp.get("/<id:import_id>/preview")
@needs("imports.run")
def preview(import_id: int) -> ResponseReturnValue:
    """Show what a prepared import would do; nothing is changed."""
    return _previewed(import_id, filled(RunForm))


@bp.post("/<id:import_id>/preview")
@needs("imports.run")
def decide(import_id: int) -> ResponseReturnValue:
    """Keep which operations inspect, and show the preview again."""
    run = _prepared(import_id)
    names, inspecting = request.form.getlist("operation"), set(request.form.getlist("inspects"))
    choices = {**run.summary["choices"], "inspections": {each: each in inspecting for each in names}}
    with writing("imports.map") as session:
        imports.choose(session, person(), import_id, choices=choices)
    return redirect(url_for("imports.preview", import_id=import_id), 303)


@bp.post("/<id:import_id>/run")
@needs("imports.run")
def run(import_id: int) -> ResponseReturnValue:
    """Let a prepared import run as a job."""
    found = _prepared(import_id)
    form = filled(RunForm)
    names = uploads.kept_names(settings().files, import_id)
    args = {"path": str(uploads.kept(settings().files, import_id).absolute()), "mapping": found.mapping,
            "names": str(names.absolute()) if names else None, "choices": found.summary.get("choices")}
    with saving(form, "imports.run") as session:
        imports.ask(session, person(), import_id, f"imports.{found.kind}", args)
    if form.saved:
        return redirect(url_for("imports.show", import_id=import_id), 303)
    return _previewed(import_id, form)


@bp.get("/<id:import_id>")
@needs("imports.run")
def show(import_id: int) -> str:
    """Show an import: how far it is, or what it did and every line that it refused."""
    found = imports.one(reading(), person(), import_id)
    job = reading().get(Job, found.summary["job"]) if "job" in found.summary else None
    refused = imports.problems(reading(), person(), import_id, size=MOST_SHOWN, but=ANOMALIES)
    odd = imports.problems(reading(), person(), import_id, size=MOST_SHOWN, kinds=ANOMALIES)
    return render_template("imports/run.html", run=found, job=job, refused=refused, odd=odd, most=MOST_SHOWN,
                           kept_rate=kept_rate, repeats=imports_repeats.repeats(reading(), import_id),
                           KINDS=KINDS, STEPS=STEPS, **_counted(import_id))


@bp.get("/<id:import_id>/refused-lines")
@needs("imports.run")
def refused_lines(import_id: int) -> Response:
    """Give every refused line and anomaly as a file that Excel opens."""
    found = imports.problems(reading(), person(), import_id)
    file = io.BytesIO()
    write_refused_lines(file, ((each.line, each.column, each.kind, Words(each.en, each.zh)) for each in found),
                        language())
    return Response(file.getvalue(), mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="import-{import_id}-refused-lines.csv"'})


@bp.post("/<id:import_id>/cancel")
@needs("imports.run")
def cancel(import_id: int) -> ResponseReturnValue:
    """Give an import up; what it has stored by then stays."""
    found = imports.one(reading(), person(), import_id)
    job_id = found.summary.get("job")
    with writing("imports.cancel") as session:
        if job_id is not None:
            jobs.cancel(session, person(), job_id)
        if job_id is None or jobs.own(session, person(), job_id).started_at is None:
            imports.cancel(session, person(), import_id)
    if job_id is None:
        uploads.discard(settings().files, import_id)
    flash(gettext("The import is given up."), "info")
    return redirect(url_for("imports.show", import_id=import_id), 303)


def _kept(form: Any, kind: str, mapping: str | None, *, site_id: int | None = None,
          choices: dict[str, Any] | None = None, read: Callable[[str], object] = read_mapping) -> int | None:
    """Prepare an import of the uploaded file; None when something about it was refused, which the form then says."""
    uploaded = request.files["file"]
    close_reading()
    try:
        if mapping is not None:
            read(mapping)
        if choices is not None:
            pattern_of(choices["time_format"])
    except RuleError as error:
        form.refuse(error, language())
        return None
    run_id = None
    with saving(form, "imports.prepare") as session:
        run_id = imports.prepare(session, person(), kind=kind, file_name=uploaded.filename or "", file_sha256="",
                                 site_id=site_id, mapping=mapping).id
        kept = uploads.keep(settings().files, run_id, uploads.ROWS, uploaded.filename or "", uploaded.stream)
        imports.identify(session, person(), run_id, kept.sha256)
        if choices is not None:
            imports.choose(session, person(), run_id, choices=choices)
        names = request.files.get("names")
        if names and names.filename:
            uploads.keep(settings().files, run_id, uploads.NAMES, names.filename, names.stream)
    return run_id if form.saved else None


def _prepared(import_id: int) -> Import:
    found = imports.one(reading(), person(), import_id)
    close_reading()
    return found


def _previewed(import_id: int, form: RunForm) -> ResponseReturnValue:
    found = _prepared(import_id)
    if found.state != STEPS.first:
        return redirect(url_for("imports.show", import_id=import_id))
    if found.kind in PREVIEWS:
        return redirect(url_for(PREVIEWS[found.kind], import_id=import_id), 303)
    path = uploads.kept(settings().files, import_id)
    draw, look = {"production": (_production, _look_at_log), "requests": (_requests, _look_at_requests)}.get(
        found.kind, (_inspections, _look_at_rows))
    too_long = path.stat().st_size > PREVIEW_BYTES and found.kind == "production"
    outcome, refusal = None, None
    try:
        outcome = None if too_long else look(found, path)
    except RuleError as error:
        refusal = error
    problems = refusal.problems if isinstance(refusal, BadFile) else ()
    status = 422 if refusal else form.status
    return draw(run=found, form=form, outcome=outcome, refusal=refusal, problems=problems, too_long=too_long), status


def _look_at_rows(found: Import, path: Path) -> loading.InspectionsOutcome:
    names = uploads.kept_names(settings().files, found.id)
    return loading.preview_inspections(database(), person(), path, read_mapping(found.mapping or ""), names,
                                       most=PREVIEW_ROWS)


def _look_at_log(found: Import, path: Path) -> loading.ProductionOutcome:
    return loading.preview_production(database(), person(), path,
                                      loading.ProductionChoices(**found.summary["choices"]))


def _look_at_requests(found: Import, path: Path) -> RequestsOutcome:
    return preview_requests(database(), person(), path, read_request_mapping(found.mapping or ""))


def _requests(**values: Any) -> str:
    return render_template("imports/preview_requests.html", most=MOST_SHOWN, kept_rate=kept_rate, **values)


def _inspections(**values: Any) -> str:
    return render_template("imports/preview_inspections.html", most=MOST_SHOWN, rows=PREVIEW_ROWS, **values)


def _production(**values: Any) -> str:
    return render_template("imports/preview_production.html", most=MOST_SHOWN, ANOMALIES=ANOMALIES, **values)


def _counted(import_id: int) -> dict[str, int]:
    return {"refused_count": imports.count_problems(reading(), import_id, but=ANOMALIES),
            "odd_count": imports.count_problems(reading(), import_id, kinds=ANOMALIES)}
