"""The report of a survey by JSON's side: the same PDF and workbook that the page gives. Decides nothing."""

from flask import Blueprint, Response, request

from qms.jobs.exports_documents import write
from qms.web import database, needs, person, settings
from qms.web.files import sent
from qms.web.requests import close_reading

bp = Blueprint("satisfaction_documents_api", __name__, url_prefix="/api/v1/satisfaction")


@bp.get("/<id:survey_id>/report.pdf")
@needs("exports.run")
def report_pdf(survey_id: int) -> Response:
    """Get the published results as PDF/A; `language` is zh, en or both. Leaves a trail."""
    return _report(survey_id, ".pdf")


@bp.get("/<id:survey_id>/report.xlsx")
@needs("exports.run")
def report_xlsx(survey_id: int) -> Response:
    """Get the published results as a workbook; `language` is zh, en or both. Leaves a trail."""
    return _report(survey_id, ".xlsx")


def _report(survey_id: int, suffix: str) -> Response:
    close_reading()
    return sent(write(database(), person(), "satisfaction", survey_id, suffix=suffix,
                      language=request.args.get("language", "both"), photos=settings().photos,
                      address=request.host_url.rstrip("/"), seed=settings().signing_seed()))
