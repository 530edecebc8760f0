"""The master-data workbook: template, export, upload, preview, taking over. Decides nothing."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from exports.chain import master_data
from forms.chain import ApplyForm, UploadForm
from qms.imports.chain import Read, read_workbook
from qms.imports.chain_upload import Kept, discard, keep, kept
from qms.models.chain import Site
from qms.rules.chain_workbook import SHEETS
from qms.rules.errors import BadFile, RuleError
from qms.web import database, filled, needs, person, reading, saving, settings, writing
from qms.web.language import language
from qms.web.page import name
from qms.web.requests import close_reading
from qms.workflows import chain, chain_workbook
from qms.workflows.chain_standing import today
from qms.workflows.chain_workbook_rows import present_rows
from qms.workflows.exports import record

bp = Blueprint("chain_workbook", __name__, url_prefix="/chain/units/workbook")

MOST_SHOWN = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/", methods=["GET", "POST"])
@needs("chain.edit")
def index() -> ResponseReturnValue:
    """Offer template and export, and take an upload to its preview."""
    sites = chain.sites(reading(), person(), "chain.edit")
    usual = chain.usual_site(reading(), sites)
    form = filled(UploadForm, site_id=usual.id if usual else None)
    form.site_id.choices = _choices(sites)
    if form.ready:
        upload_id = _keep(form)
        if upload_id is not None:
            return redirect(url_for("chain_workbook.preview", upload_id=upload_id))
    return render_template("chain/workbook.html", form=form, sites=sites, problems=_problems(form.refusal)), form.status


def _keep(form: UploadForm) -> UUID | None:
    """Keep the upload when it can be read at all; else put the refusal into the form."""
    uploaded = request.files["file"]
    upload_id = keep(settings().files, person().id, form.site_id.data, uploaded.filename or "", uploaded.stream)
    try:
        waiting = kept(settings().files, person().id, upload_id)
        chain_workbook.check_site(reading(), waiting.site_id, read_workbook(waiting.path).site_code)
    except RuleError as error:
        discard(settings().files, person().id, upload_id)
        form.refuse(error, language())
        return None
    return upload_id


@bp.get("/template/<id:site_id>")
@needs("chain.edit")
def template(site_id: int) -> Response:
    """Give an empty workbook with one example a sheet."""
    site = chain.one_site(reading(), person(), site_id)
    return _file(master_data(site.code), f"{site.code}-master-data-template.xlsx")


@bp.post("/export/<id:site_id>")
@needs("exports.run")
def export(site_id: int) -> Response:
    """Give the present master data in the same form, and write down who took it (R-53)."""
    site = chain.one_site(reading(), person(), site_id)
    rows = present_rows(reading(), person(), site_id)
    file_name = f"{site.code}-master-data-{_today(site)}.xlsx"
    content = master_data(site.code, rows)
    with writing("chain.export_workbook") as session:
        record(session, person(), kind="chain", filters=f"site={site_id}", file_name=file_name,
               rows=sum(len(lines) for lines in rows.values()), sha256=hashlib.sha256(content).hexdigest())
    return _file(content, file_name)


@bp.get("/uploads/<uuid:upload_id>")
@needs("chain.edit")
def preview(upload_id: UUID) -> ResponseReturnValue:
    """Show what an upload would change and all that is wrong with it; nothing is kept of trying it out."""
    waiting, read = _waiting(upload_id)
    plan = _plan(waiting, read)
    form = filled(ApplyForm, digest=plan.digest)
    return _draw(upload_id, waiting, plan, form), 422 if plan.problems else 200


@bp.post("/uploads/<uuid:upload_id>")
@needs("chain.edit")
def apply(upload_id: UUID) -> ResponseReturnValue:
    """Take an upload over, all of it or nothing, if it does exactly what the preview showed."""
    waiting, read = _waiting(upload_id)
    form = filled(ApplyForm)
    if form.ready and not read.problems:
        with saving(form, "chain.apply_workbook", form.reason.data) as session:
            run = chain_workbook.apply(
                session, person(), waiting.site_id, read.lines, digest=form.digest.data or "",
                reason=form.reason.data or "", file_name=waiting.file_name, file_sha256=waiting.sha256)
            taken = run.taken
        if form.saved:
            discard(settings().files, person().id, upload_id)
            flash(ngettext("%(num)d line was taken over.", "%(num)d lines were taken over.", taken), "success")
            return redirect(url_for("chain.units", site=waiting.site_id))
    plan = _plan(waiting, read)
    form.digest.data = plan.digest
    return _draw(upload_id, waiting, plan, form), form.status


@bp.post("/uploads/<uuid:upload_id>/discard", endpoint="discard")
@needs("chain.edit")
def discard_upload(upload_id: UUID) -> ResponseReturnValue:
    """Let an upload go."""
    discard(settings().files, person().id, upload_id)
    return redirect(url_for("chain_workbook.index"))


def _waiting(upload_id: UUID) -> tuple[Kept, Read]:
    waiting = kept(settings().files, person().id, upload_id)
    return waiting, read_workbook(waiting.path)


def _plan(waiting: Kept, read: Read) -> chain_workbook.Plan:
    close_reading()
    return chain_workbook.preview(database(), person(), waiting.site_id, read.lines, read.problems)


def _draw(upload_id: UUID, waiting: Kept, plan: chain_workbook.Plan, form: ApplyForm) -> str:
    site = reading().get_one(Site, waiting.site_id)
    return render_template("chain/preview.html", upload_id=upload_id, file_name=waiting.file_name, site=site,
                           plan=plan, form=form, SHEETS=SHEETS, most=MOST_SHOWN)


def _choices(sites: list[Site]) -> list[Any]:
    return [SelectChoice(str(site.id), f"{site.code} {name(site)}") for site in sites]


def _problems(error: RuleError | None) -> tuple[RuleError, ...]:
    return error.problems if isinstance(error, BadFile) else ()


def _today(site: Site) -> date:
    return today(reading(), site.id)


def _file(content: bytes, file_name: str) -> Response:
    return Response(content, mimetype=XLSX, headers={
        "Content-Disposition": f'attachment; filename="{file_name.encode("ascii", "replace").decode()}"'})
