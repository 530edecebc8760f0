"""The closure matrix: what an auditor looks for in closed cases, beside its proof. Decides nothing."""

from flask import Blueprint, Response, render_template, request

from forms.chain import id_or_none
from qms.jobs.actions_closure import address_of, write
from qms.rules.actions_closure import NO, TICKS
from qms.rules.errors import Invalid
from qms.web import database, needs, person, reading, settings
from qms.web.files import sent
from qms.web.language import language
from qms.web.requests import close_reading
from qms.workflows import actions_closure

bp = Blueprint("actions_closure", __name__, url_prefix="/actions/closure")


@bp.get("")
@needs("actions.view")
def matrix() -> str:
    """Show the matrix of the closed cases `id`; without any, of the last ones."""
    cases = actions_closure.matrix(reading(), person(), _ids(request.args.getlist("id")))
    return render_template("actions/closure.html", cases=cases, ticks=TICKS, no=NO, address_of=address_of)


@bp.post("")
@needs("exports.run")
def sheet() -> Response:
    """Send the matrix as a workbook. Always leaves a trail."""
    person().need("actions.view")
    ids = _ids(request.form.getlist("id"))
    close_reading()
    return sent(write(database(), person(), ids, language=language(), address=request.host_url.rstrip("/"),
                      seed=settings().signing_seed()))


def _ids(texts: list[str]) -> list[int]:
    try:
        return [found for text in texts if (found := id_or_none(text)) is not None]
    except ValueError as error:
        raise Invalid("This is no list of cases.", "这不是案件列表。", field="id") from error
