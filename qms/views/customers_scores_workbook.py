"""The scorecard workbook: template, upload, preview, taking over. Decides nothing."""

import hashlib
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from exports.customers_scores_sheet import scores_workbook
from forms.customers_scores import MonthsForm, TakeOverForm, WorkbookForm
from qms.imports.chain import Read
from qms.imports.chain_upload import SCORES as UPLOAD
from qms.imports.chain_upload import Kept, discard, keep, kept
from qms.imports.customers_scores import read_scores
from qms.jobs.exports_documents import Sent
from qms.models.chain import Site
from qms.rules import customers_scores as rules
from qms.rules.customers_scores_sheet import SCORES
from qms.rules.errors import BadFile, Invalid, RuleError
from qms.rules.files import workbook
from qms.web import database, filled, needs, person, reading, saving, settings, writing
from qms.web.files import sent
from qms.web.language import language
from qms.web.page import name
from qms.web.requests import close_reading
from qms.workflows import chain, chain_workbook
from qms.workflows import customers_scores_workbook as workflow
from qms.workflows.acceptance_records import today
from qms.workflows.customers_scores import SCORE
from qms.workflows.customers_scores_workbook_rows import rows
from qms.workflows.exports import record

bp = Blueprint("customers_scores_workbook", __name__, url_prefix="/customers/scorecards/workbook")

MOST_SHOWN = 500


@bp.route("/", methods=["GET", "POST"])
@needs("customers.score")
def index() -> ResponseReturnValue:
    """Offer the template, and take an upload to its preview."""
    sites = chain.sites(reading(), person(), SCORE)
    usual = chain.usual_site(reading(), sites)
    form = filled(WorkbookForm, site_id=usual.id if usual else None)
    form.site_id.choices = _choices(sites)
    if form.ready:
        upload_id = _keep(form)
        if upload_id is not None:
            return redirect(url_for("customers_scores_workbook.preview", upload_id=upload_id))
    problems = form.refusal.problems if isinstance(form.refusal, BadFile) else ()
    before = {site.id: rules.months(today(reading(), site.id), 2)[0] for site in sites}
    return render_template("customers/scores_workbook.html", form=form, sites=sites, before=before,
                           problems=problems), form.status


@bp.post("/template/<id:site_id>")
@needs("customers.score")
def template(site_id: int) -> ResponseReturnValue:
    """Give the workbook with a line for each reading of these months, and write down who took it (R-53)."""
    form = filled(MonthsForm)
    if not form.ready or form.first.data is None or form.last.data is None:
        raise Invalid("Choose the months.", "请选择月份。", field="first")
    site = chain.one_site(reading(), person(), site_id)
    found = rows(reading(), person(), site_id, form.first.data, form.last.data)
    content = scores_workbook(site.code, found)
    first, last = f"{form.first.data:%Y-%m}", f"{form.last.data:%Y-%m}"
    file = Sent(f"{site.code}-scorecards-{last}.xlsx", content)
    with writing("customers.export_scores") as session:
        record(session, person(), kind="scores", filters=f"site={site_id}&first={first}&last={last}", rows=len(found),
               file_name=file.name, sha256=hashlib.sha256(content).hexdigest())
    return sent(file)


@bp.get("/uploads/<uuid:upload_id>")
@needs("customers.score")
def preview(upload_id: UUID) -> ResponseReturnValue:
    """Show what an upload would change and all that is wrong with it; nothing is kept of trying it out."""
    waiting, read = _waiting(upload_id)
    plan = _plan(waiting, read)
    form = filled(TakeOverForm, digest=plan.digest, read_on=today(reading(), waiting.site_id))
    return _draw(upload_id, waiting, plan, form), 422 if plan.problems else 200


@bp.post("/uploads/<uuid:upload_id>")
@needs("customers.score")
def apply(upload_id: UUID) -> ResponseReturnValue:
    """Take an upload over, all of it or nothing, if it does exactly what the preview showed."""
    waiting, read = _waiting(upload_id)
    form = filled(TakeOverForm)
    if form.ready and not read.problems:
        with saving(form, workflow.ACTION, form.reason.data) as session:
            run = workflow.apply(
                session, person(), waiting.site_id, read.lines, digest=form.digest.data or "",
                reason=form.reason.data or "", read_on=form.read_on.data, file_name=waiting.file_name,
                file=workbook(waiting.path.read_bytes()), folder=settings().photos)
            taken = run.taken
        if form.saved:
            discard(settings().files, person().id, upload_id, UPLOAD)
            flash(ngettext("%(num)d reading was taken over.", "%(num)d readings were taken over.", taken), "success")
            return redirect(url_for("customers_scores.grid"))
    plan = _plan(waiting, read)
    form.digest.data = plan.digest
    return _draw(upload_id, waiting, plan, form), form.status if form.status != 200 else 422


@bp.post("/uploads/<uuid:upload_id>/discard", endpoint="discard")
@needs("customers.score")
def discard_upload(upload_id: UUID) -> ResponseReturnValue:
    """Let an upload go."""
    discard(settings().files, person().id, upload_id, UPLOAD)
    flash(gettext("The upload is let go; nothing was saved."), "success")
    return redirect(url_for("customers_scores_workbook.index"))


def _keep(form: WorkbookForm) -> UUID | None:
    """Keep the upload when it can be read at all; else put the refusal into the form."""
    uploaded = request.files["file"]
    upload_id = keep(settings().files, person().id, form.site_id.data, uploaded.filename or "", uploaded.stream, UPLOAD)
    try:
        waiting, read = _waiting(upload_id)
        workbook(waiting.path.read_bytes())
        chain_workbook.check_site(reading(), waiting.site_id, read.site_code)
    except RuleError as error:
        discard(settings().files, person().id, upload_id, UPLOAD)
        form.refuse(error, language())
        return None
    return upload_id


def _waiting(upload_id: UUID) -> tuple[Kept, Read]:
    waiting = kept(settings().files, person().id, upload_id, UPLOAD)
    return waiting, read_scores(waiting.path)


def _plan(waiting: Kept, read: Read) -> chain_workbook.Plan:
    close_reading()
    return workflow.preview(database(), person(), waiting.site_id, read.lines, read.problems)


def _draw(upload_id: UUID, waiting: Kept, plan: chain_workbook.Plan, form: TakeOverForm) -> str:
    site = reading().get_one(Site, waiting.site_id)
    return render_template("customers/scores_preview.html", upload_id=upload_id, file_name=waiting.file_name, site=site,
                           plan=plan, form=form, SHEET=SCORES, most=MOST_SHOWN)


def _choices(sites: list[Site]) -> list[Any]:
    return [SelectChoice(str(site.id), f"{site.code} {name(site)}") for site in sites]
