"""The 8D report by JSON's side: the same PDF and workbook that the page gives. Decides nothing."""

from flask import Blueprint, Response, request

from qms.jobs.exports_documents import write
from qms.web import database, needs, person, settings
from qms.web.files import sent
from qms.web.requests import close_reading

bp = Blueprint("actions_documents_api", __name__, url_prefix="/api/v1/actions")


@bp.get("/<id:action_id>/report.pdf")
@needs("exports.run")
def report_pdf(action_id: int) -> Response:
    """Get the 8D report as PDF/A; `language` is zh, en or both. Leaves a trail."""
    return _report(action_id, ".pdf")


@bp.get("/<id:action_id>/report.xlsx")
@needs("exports.run")
def report_xlsx(action_id: int) -> Response:
    """Get the 8D report as a workbook; `language` is zh, en or both. Leaves a trail."""
    return _report(action_id, ".xlsx")


def _report(action_id: int, suffix: str) -> Response:
    close_reading()
    return sent(write(database(), person(), "actions", action_id, suffix=suffix,
                      language=request.args.get("language", "both"), photos=settings().photos,
                      address=request.host_url.rstrip("/"), seed=settings().signing_seed()))
