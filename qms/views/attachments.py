"""Photos of records: adding and showing them."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from forms.attachments import PhotosForm
from qms.imports.photos import clean_photo
from qms.rules.errors import NotFound
from qms.web import filled, needs, person, reading, saving, settings
from qms.workflows import attachments

bp = Blueprint("attachments", __name__, url_prefix="/attachments")

RECORD_PAGES = {
    "actions": lambda record_id: url_for("actions.show", action_id=record_id),
    "rejections": lambda record_id: url_for("rejections.show", rejection_id=record_id),
    "concessions": lambda record_id: url_for("dispositions_concessions.show", concession_id=record_id),
    "customer_complaints": lambda record_id: url_for("customers_complaints.show", complaint_id=record_id),
    "score_readings": lambda record_id: url_for("customers_scores.show", reading_id=record_id),
    "customer_notices": lambda record_id: url_for("dispositions_notices.show", notice_id=record_id),
}


@bp.route("/<string:entity>/<id:record_id>/add", methods=["GET", "POST"])
@needs("rejections.report")
def add(entity: str, record_id: int) -> ResponseReturnValue:
    """Put one or more photos to a record, all or none."""
    if entity not in RECORD_PAGES:
        raise NotFound
    back = RECORD_PAGES[entity](record_id)
    form = filled(PhotosForm)
    if form.ready:
        sent = [file for file in request.files.getlist("photo") if file.filename]
        with saving(form, "attachments.add") as session:
            for file in sent:
                attachments.attach(session, person(), entity, record_id, name=file.filename or "",
                                   photo=clean_photo(file.read()), folder=settings().photos)
        if form.saved:
            flash(ngettext("%(num)s photo added.", "%(num)s photos added.", len(sent)), "success")
            return redirect(back)
    if not form.submitted:
        attachments.photos_of(reading(), person(), entity, record_id)
    return render_template("attachments/add.html", form=form, back=back), form.status


@bp.get("/<id:attachment_id>")
@needs("rejections.view")
def photo(attachment_id: int) -> Response:
    """Send a photo's bytes, so that a browser can only ever take them for a picture."""
    attachment, content = attachments.photo_bytes(reading(), person(), attachment_id, settings().photos)
    response = make_response(content)
    response.content_type = attachment.content_type
    response.headers["Content-Disposition"] = f'inline; filename="{attachment.sha256[:12]}.webp"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
