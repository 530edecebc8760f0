"""The workbook of what poor quality costs. Decides nothing."""

from flask import Blueprint, Response, request

from qms.jobs.dispositions_costs_sheet import write
from qms.web import database, needs, person, settings
from qms.web.files import sent
from qms.web.language import language
from qms.web.requests import close_reading
from qms.workflows.dispositions_costs_sheet import Filter
from qms.workflows.exports_filters import filter_of

bp = Blueprint("dispositions_costs_sheet", __name__, url_prefix="/exports/cost-sheet")


@bp.post("")
@needs("dispositions.costs", readers=True)
def sheet() -> Response:
    """Send the months `first` to `last` (as 2026-11) of a site, or of all. Always leaves a trail."""
    close_reading()
    return sent(write(database(), person(), filter_of(Filter, request.form), language=language(),
                      seed=settings().signing_seed()))
