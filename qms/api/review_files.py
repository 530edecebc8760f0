"""A management review as a file by JSON's side: the same files that the page gives. Decides nothing."""

from flask import Blueprint, Response, request

from qms.jobs.review_files import write
from qms.web import database, needs, person, settings
from qms.web.files import sent
from qms.web.requests import close_reading

bp = Blueprint("review_files_api", __name__, url_prefix="/api/v1/reviews")


@bp.get("/<id:review_id>/pack.xlsx")
@needs("exports.run")
def pack_xlsx(review_id: int) -> Response:
    """Get a management review as a workbook; `language` is zh or en. Leaves a trail."""
    return _pack(review_id, ".xlsx")


@bp.get("/<id:review_id>/pack.pdf")
@needs("exports.run")
def pack_pdf(review_id: int) -> Response:
    """Get a management review as PDF/A-3 with its workbook attached; `language` is zh or en. Leaves a trail."""
    return _pack(review_id, ".pdf")


@bp.get("/<id:review_id>/pack.pptx")
@needs("exports.run")
def pack_pptx(review_id: int) -> Response:
    """Get the short version of a management review as slides; `language` is zh or en. Leaves a trail."""
    return _pack(review_id, ".pptx")


def _pack(review_id: int, suffix: str) -> Response:
    close_reading()
    return sent(write(database(), person(), review_id, suffix=suffix, language=request.args.get("language", "zh"),
                      address=request.host_url.rstrip("/"), seed=settings().signing_seed()))
