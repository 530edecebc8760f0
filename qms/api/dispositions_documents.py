"""The review sheet of a rejection as a document: the same PDF and workbook that the page gives. Decides nothing."""

from flask import Blueprint, Response, request

from qms.jobs.exports_documents import write
from qms.web import database, needs, person, settings
from qms.web.files import sent
from qms.web.requests import close_reading

bp = Blueprint("dispositions_documents_api", __name__, url_prefix="/api/v1/rejections")


@bp.get("/<id:rejection_id>/review-sheet.pdf")
@needs("exports.run")
def sheet_pdf(rejection_id: int) -> Response:
    """Get the review sheet as PDF/A; `language` is zh, en or both. Leaves a trail."""
    return _sheet(rejection_id, ".pdf")


@bp.get("/<id:rejection_id>/review-sheet.xlsx")
@needs("exports.run")
def sheet_xlsx(rejection_id: int) -> Response:
    """Get the review sheet as a workbook; `language` is zh, en or both. Leaves a trail."""
    return _sheet(rejection_id, ".xlsx")


def _sheet(rejection_id: int, suffix: str) -> Response:
    close_reading()
    return sent(write(database(), person(), "dispositions", rejection_id, suffix=suffix,
                      language=request.args.get("language", "both"), photos=settings().photos,
                      address=request.host_url.rstrip("/"), seed=settings().signing_seed()))
