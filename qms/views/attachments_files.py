"""Files of records: adding PDF files, and taking any. A browser is never asked to show one."""

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from forms.attachments import FilesForm
from qms.rules.errors import NotFound
from qms.rules.files import pdf
from qms.web import filled, needs, person, reading, saving, settings
from qms.workflows import actions_tasks, attachments_files

bp = Blueprint("attachments_files", __name__, url_prefix="/attachments/files")

RECORD_PAGES = {
    "concessions": lambda record_id: url_for("dispositions_concessions.show", concession_id=record_id),
    "customer_complaints": lambda record_id: url_for("customers_complaints.show", complaint_id=record_id),
    "score_readings": lambda record_id: url_for("customers_scores.show", reading_id=record_id),
    "customer_notices": lambda record_id: url_for("dispositions_notices.show", notice_id=record_id),
    "tasks": lambda record_id: url_for("actions.show", action_id=actions_tasks.one(
        reading(), person(), record_id).action_id, _anchor="D6"),
}


@bp.route("/<string:entity>/<id:record_id>/add", methods=["GET", "POST"])
@needs("rejections.view")
def add(entity: str, record_id: int) -> ResponseReturnValue:
    """Put one or more PDF files to a record, all or none."""
    if entity not in RECORD_PAGES:
        raise NotFound
    attachments_files.check_addable(reading(), person(), entity, record_id)
    back = RECORD_PAGES[entity](record_id)
    form = filled(FilesForm)
    if form.ready:
        sent = [file for file in request.files.getlist("file") if file.filename]
        with saving(form, "attachments.add_file") as session:
            for file in sent:
                attachments_files.attach_file(session, person(), entity, record_id, name=file.filename or "",
                                              file=pdf(file.read()), folder=settings().photos)
        if form.saved:
            flash(ngettext("%(num)s file added.", "%(num)s files added.", len(sent)), "success")
            return redirect(back)
    return render_template("attachments/add_files.html", form=form, back=back), form.status


@bp.get("/<id:attachment_id>")
@needs("rejections.view")
def file(attachment_id: int) -> Response:
    """Send a file as a download, so that nothing in it is ever run here."""
    found, content = attachments_files.file_bytes(reading(), person(), attachment_id, settings().photos)
    response = send_file(io.BytesIO(content), found.content_type, as_attachment=True, download_name=found.name,
                         etag=False)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
