"""Filling in an input of a management review: text, a table from a file, not applicable with a reason."""

import hashlib
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.base import EditForm
from forms.review import FillForm, ReasonForm, TableForm
from qms.imports.review import MOST_BYTES, read_table
from qms.models.review import ReviewInput
from qms.rules import review as rules
from qms.rules.errors import BadFile, NotFound, RuleError
from qms.rules.review_inputs import INPUTS
from qms.rules.review_snapshots import read
from qms.web import answered, filled, needs, person, reading, saving
from qms.web.forms import prefilled
from qms.web.language import language
from qms.workflows import review_filling as filling

bp = Blueprint("review_filling", __name__, url_prefix="/review")


@bp.get("/<id:review_id>/inputs/<string:code>/fill")
@needs("review.prepare")
def show(review_id: int, code: str) -> str:
    """Show the three ways of answering an input."""
    return _draw(review_id, code, {})


@bp.post("/<id:review_id>/inputs/<string:code>/fill")
@needs("review.prepare")
def fill(review_id: int, code: str) -> ResponseReturnValue:
    """Type what there is to say; nothing takes it back."""
    return _take(review_id, code, "typing", filled(FillForm, prefix="typing-"), "review.fill", filling.fill)


@bp.post("/<id:review_id>/inputs/<string:code>/not-applicable")
@needs("review.prepare")
def not_applicable(review_id: int, code: str) -> ResponseReturnValue:
    """Mark an input as not applicable, with the reason."""
    return _take(review_id, code, "leaving", filled(ReasonForm, prefix="leaving-"), "review.not_applicable",
                 filling.not_applicable)


@bp.post("/<id:review_id>/inputs/<string:code>/table")
@needs("review.prepare")
def put(review_id: int, code: str) -> ResponseReturnValue:
    """Put a table from a file to an input. What is wrong in the file is named by line and column."""
    form = filled(TableForm, prefix="tabling-")
    if not form.ready:
        return _draw(review_id, code, {"tabling": form}), form.status
    sent = request.files["tabling-file"]
    name, content = PurePath(sent.filename or "").name[:200] or "table", sent.stream.read(MOST_BYTES + 1)
    try:
        table = read_table(content, name)
    except RuleError as error:
        form.refuse(error, language())
        problems = error.problems if isinstance(error, BadFile) else ()
        return _draw(review_id, code, {"tabling": form}, problems), form.status
    digest = hashlib.sha256(content).hexdigest()
    return _take(review_id, code, "tabling", form, "review.import", filling.put_table,
                 {"table": table, "name": name, "sha256": digest})


@bp.post("/<id:review_id>/inputs/<string:code>/table/off")
@needs("review.prepare")
def take_off(review_id: int, code: str) -> ResponseReturnValue:
    """Take an imported table off again."""
    held, form = _held(review_id, code), filled(EditForm)
    with saving(form, "review.import") as session:
        filling.put_table(session, person(), held.id, form.read_at, table=None, name=None, sha256=None)
    return answered(form, url_for("review_filling.show", review_id=review_id, code=code), gettext("Saved."))


def _take(review_id: int, code: str, part: str, form: EditForm, action: str, work: Callable[..., ReviewInput],
          given: dict[str, Any] | None = None) -> ResponseReturnValue:
    """Save one of the forms; a refusal is shown beside its field."""
    input_id = _held(review_id, code).id
    if form.ready:
        with saving(form, action) as session:
            work(session, person(), input_id, form.read_at, **(form.values() if given is None else given))
        if form.saved:
            return answered(form, url_for("review_inputs.show", review_id=review_id, code=code), gettext("Saved."))
    return _draw(review_id, code, {part: form}), form.status


def _draw(review_id: int, code: str, forms: dict[str, EditForm], problems: Any = ()) -> str:
    review, held = filling.one_input(reading(), person(), review_id, _plain(code))
    fresh = {"typing": prefilled(FillForm, "typing-", rev=held.rev, body=held.body),
             "tabling": prefilled(TableForm, "tabling-", rev=held.rev),
             "leaving": prefilled(ReasonForm, "leaving-", rev=held.rev, reason=held.reason)}
    return render_template("review/filling.html", review=review, held=held, what=INPUTS[held.code], code=code,
                           imported=read(held.imported) if held.imported else None, REVIEW=rules, problems=problems,
                           **(fresh | forms))


def _held(review_id: int, code: str) -> ReviewInput:
    return filling.one_input(reading(), person(), review_id, _plain(code))[1]


def _plain(code: str) -> str:
    """Return the code of an input from its address. Raises NotFound."""
    plain = code.replace("-", "_")
    if plain not in INPUTS:
        raise NotFound
    return plain
