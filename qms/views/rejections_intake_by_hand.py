"""The page on which records of a tablet that cannot send are taken in by file or by QR code. Decides nothing."""

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from forms.rejections_intake_by_hand import ByHandForm
from qms.imports.rejections_intake_by_hand import Read, read_codes, read_file
from qms.rules.rejections_intake_by_hand import LEFT, OUTCOMES
from qms.web import filled, needs, person, saving
from qms.web.app import CSP
from qms.web.language import language
from qms.workflows import rejections_intake_by_hand as by_hand

bp = Blueprint("rejections_intake_by_hand", __name__, url_prefix="/rejections/tablets")

SCANNER_CSP = CSP.replace("default-src 'self'", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'")


@bp.route("/by-hand", methods=["GET", "POST"])
@needs("rejections.review")
def take_in() -> ResponseReturnValue:
    """Take in what a tablet wrote to a file or shows as codes, and tell what became of each record."""
    form = filled(ByHandForm)
    read, outcomes = Read([], []), list[by_hand.Outcome]()
    if form.ready:
        read = _read(form)
        if read.records or not read.wrong:
            with saving(form, "rejections.take_in_by_hand") as session:
                outcomes = by_hand.take_in(session, person(), read.records)
        if form.saved and not read.wrong:
            form.codes.data = ""
    return _page(render_template(
        "rejections/intake_by_hand.html", form=form, outcomes=outcomes, wrong=[w.to(language()) for w in read.wrong],
        OUTCOMES=OUTCOMES, LEFT=LEFT), 422 if read.wrong else form.status)


def _read(form: ByHandForm) -> Read:
    content, codes = form.file_bytes(), form.codes.data or ""
    file = read_file(content) if content else Read([], [])
    scanned = read_codes(codes) if codes.strip() else Read([], [])
    return Read([*file.records, *scanned.records], [*file.wrong, *scanned.wrong])


def _page(html: str, status: int) -> Response:
    """Let the camera's reader run here, and only here on the desk."""
    answer = make_response(html, status)
    answer.headers["Content-Security-Policy"] = SCANNER_CSP
    return answer
