"""The pages on which people answer a survey without an account, by a link or at a kiosk. Decides nothing.

They do not ask who is signed in, set nothing that outlives the page but the reader's language, and write as the system.
"""

import functools
from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.satisfaction import answers
from qms.rules import satisfaction as rules
from qms.rules.accounts import SYSTEM
from qms.rules.errors import IllegalStep, NotFound, RuleError
from qms.web import database, public, reading
from qms.web.language import LANGUAGES
from qms.web.requests import close_reading
from qms.workflows import satisfaction_answering as answering
from qms.workflows.satisfaction_answering import Sheet
from qms.workflows.satisfaction_names import called

bp = Blueprint("satisfaction_answers", __name__, url_prefix="/surveys")


def reads(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let anyone read a page, in the language that its address asks for: nothing is kept of the reader."""
    @functools.wraps(view)
    def shown(*args: Any, **kwargs: Any) -> Any:
        if request.args.get("language") in LANGUAGES:
            g.language = request.args["language"]
        return view(*args, **kwargs)

    return public(shown)


@bp.route("/answer/<string:token>", methods=["GET", "POST"])
@reads
def answer(token: str) -> ResponseReturnValue:
    """Show the questions to whoever holds a token, and take one answer."""
    try:
        sheet = answering.by_token(reading(), token)
    except (NotFound, IllegalStep) as error:
        return _end(error)
    if request.method == "POST":
        refused = _take(lambda session: answering.answer(session, token, answers(request.form),
                                                         request.form.get("comment")))
        if refused is None:
            return redirect(url_for("satisfaction_answers.thanks", language=g.get("language")))
        return _sheet(sheet, refused)
    return _sheet(sheet)


@bp.get("/thanks")
@reads
def thanks() -> str:
    """Say that the answer was kept."""
    return render_template("satisfaction/answer_end.html", refused=None, person=None)


@bp.get("/kiosk/<string:code>")
@reads
def kiosk(code: str) -> ResponseReturnValue:
    """Show at a tablet what can be answered about, and how many places are left."""
    try:
        places = answering.at_kiosk(reading(), code)
    except NotFound as error:
        return _end(error)
    return render_template("satisfaction/kiosk.html", places=places, code=code, called=called, person=None,
                           thanked="thanks" in request.args)


@bp.route("/kiosk/<string:code>/<id:target_id>", methods=["GET", "POST"])
@reads
def kiosk_answer(code: str, target_id: int) -> ResponseReturnValue:
    """Show the questions about one target at a tablet, take one answer, and go back to the start."""
    try:
        sheet = answering.at_kiosk_about(reading(), code, target_id)
    except (NotFound, IllegalStep) as error:
        return _end(error)
    back = url_for("satisfaction_answers.kiosk", code=code, language=g.get("language"))
    if request.method == "POST":
        refused = _take(lambda session: answering.answer_at_kiosk(session, code, target_id, answers(request.form),
                                                                  request.form.get("comment")))
        if refused is None:
            return redirect(url_for("satisfaction_answers.kiosk", code=code, language=g.get("language"), thanks=1))
        return _sheet(sheet, refused, back)
    return _sheet(sheet, back=back)


def _take(work: Any) -> RuleError | None:
    """Keep an answer as the system, whoever is signed in; return why it was not kept."""
    close_reading()
    try:
        with database().transaction(SYSTEM, "satisfaction.answer") as session:
            work(session)
    except RuleError as error:
        return error
    return None


def _sheet(sheet: Sheet, refused: RuleError | None = None, back: str = "") -> ResponseReturnValue:
    return render_template("satisfaction/answer.html", sheet=sheet, SURVEY=rules, about=called(sheet.target),
                           refused=refused, given=request.form, back=back, person=None), 422 if refused else 200


def _end(error: RuleError) -> ResponseReturnValue:
    """Say why there is nothing to answer."""
    return render_template("satisfaction/answer_end.html", refused=error, person=None), (
        404 if isinstance(error, NotFound) else 409)
