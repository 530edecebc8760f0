"""Single records as documents: a PDF or a workbook, in Chinese, English or both. Decides nothing."""

from flask import Blueprint, Response, request

from qms.jobs.exports_documents import DOCUMENTS, write
from qms.rules.errors import NotFound
from qms.web import database, needs, person, settings
from qms.web.files import sent
from qms.web.language import language
from qms.web.requests import close_reading

bp = Blueprint("exports_documents", __name__, url_prefix="/exports/documents")


@bp.post("/<string:what>/<id:record_id>")
@needs("exports.run")
def write_document(what: str, record_id: int) -> Response:
    """Send a record as the form asks for it. Always leaves a trail."""
    if what not in DOCUMENTS:
        raise NotFound
    close_reading()
    return sent(write(database(), person(), what, record_id, suffix=request.form.get("format", ""),
                      language=request.form.get("language") or language(), photos=settings().photos,
                      address=request.host_url.rstrip("/"), seed=settings().signing_seed()))
