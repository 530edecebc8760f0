"""Complaints from a file: upload, and what an import of it would do. Decides nothing."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.imports_complaints import ComplaintsUpload
from qms.imports import uploads
from qms.imports.complaint_headers import ComplaintMapping, read_complaint_mapping
from qms.jobs.imports_complaints import ComplaintsOutcome, preview_complaints
from qms.rules.errors import BadFile, RuleError
from qms.rules.imports import STEPS
from qms.web import database, filled, needs, person, reading, saving, settings
from qms.web.language import language
from qms.web.page import name
from qms.web.requests import close_reading
from qms.workflows import imports
from qms.workflows.customers_register import registered

bp = Blueprint("imports_complaints", __name__, url_prefix="/imports/complaints")

MOST_SHOWN = 100
FIRST_LINES = 20


@bp.route("/", methods=["GET", "POST"])
@needs("imports.run")
def upload() -> ResponseReturnValue:
    """Take a file of complaints of a registered customer, and a mapping where headers or days are in doubt."""
    form = filled(ComplaintsUpload)
    found = {str(c.unit_id): c for c in registered(reading(), person())}
    form.customer_id.choices = [SelectChoice(key, f"{c.unit.code} {name(c.unit)}") for key, c in found.items()]
    if form.ready:
        unit = found[str(form.customer_id.data)].unit
        run_id = _kept(form, unit.site.code, unit.code, unit.site_id)
        if run_id is not None:
            return redirect(url_for("imports_complaints.preview", import_id=run_id))
    return render_template("imports/upload_complaints.html", form=form), form.status


@bp.get("/<id:import_id>/preview")
@needs("imports.run")
def preview(import_id: int) -> ResponseReturnValue:
    """Show what a prepared import of complaints would do; nothing is changed."""
    run = imports.one(reading(), person(), import_id)
    close_reading()
    if run.state != STEPS.first or run.kind != "complaints":
        return redirect(url_for("imports.show", import_id=import_id))
    outcome: ComplaintsOutcome | None = None
    refusal: RuleError | None = None
    try:
        outcome = preview_complaints(database(), person(), uploads.kept(settings().files, import_id),
                                     read_complaint_mapping(run.mapping or ""))
    except RuleError as error:
        refusal = error
    problems = refusal.problems if isinstance(refusal, BadFile) else ()
    return render_template(
        "imports/preview_complaints.html", run=run, outcome=outcome, refusal=refusal, problems=problems,
        most=MOST_SHOWN, first=outcome.file.complaints[:FIRST_LINES] if outcome else []), 422 if refusal else 200


def _kept(form: ComplaintsUpload, site: str, customer: str, site_id: int) -> int | None:
    """Prepare an import of the uploaded file; None when something about it was refused, which the form then says."""
    sent, mapping = request.files["file"], request.files.get("mapping")
    close_reading()
    text = mapping.read().decode("utf-8-sig", "replace") if mapping and mapping.filename else ""
    try:
        said = read_complaint_mapping(text)
    except RuleError as error:
        form.refuse(error, language())
        return None
    run_id = None
    with saving(form, "imports.prepare") as session:
        run_id = imports.prepare(session, person(), kind="complaints", file_name=sent.filename or "", file_sha256="",
                                 site_id=site_id, mapping=_with_places(said, text, site, customer)).id
        kept = uploads.keep(settings().files, run_id, uploads.ROWS, sent.filename or "", sent.stream)
        imports.identify(session, person(), run_id, kept.sha256)
    return run_id if form.saved else None


def _with_places(said: ComplaintMapping, text: str, site: str, customer: str) -> str:
    """Return the mapping with the chosen site and customer, where it does not name them itself."""
    quoted = {key: value.replace("\\", "\\\\").replace('"', '\\"') for key, value in (
        ("site", site), ("customer", customer))}
    tables = "".join(f'\n[{key}]\ncode = "{value}"\n' for key, value in quoted.items() if not getattr(said, key))
    return f"{text}{tables}"
