"""A management review as a file: workbook, document, slides. Decides nothing."""

from flask import Blueprint, Response, request

from qms.jobs.review_files import write
from qms.web import database, needs, person, settings
from qms.web.files import sent
from qms.web.language import language
from qms.web.requests import close_reading

bp = Blueprint("review_files", __name__, url_prefix="/exports/reviews")


@bp.post("/<id:review_id>")
@needs("exports.run")
def write_file(review_id: int) -> Response:
    """Send a review as the form asks for it. Always leaves a trail."""
    close_reading()
    return sent(write(database(), person(), review_id, suffix=request.form.get("format", ""),
                      language=request.form.get("language") or language(),
                      address=request.host_url.rstrip("/"), seed=settings().signing_seed()))
