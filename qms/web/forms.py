"""Knows how a form meets a request: filled from it, saved by one workflow, refused beside the field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from forms.base import Form
from qms.rules.errors import Refused, RuleError
from qms.web.language import language
from qms.web.refusals import count_refusal
from qms.web.requests import writing

F = TypeVar("F", bound=Form)


def filled(form: type[F], **values: Any) -> F:
    """Build a form: from the request when it was submitted, else from `values`; both in the reader's language."""
    sent: MultiDict[str, Any] | None = None
    if request.method == "POST":
        sent = CombinedMultiDict([request.files, request.form])
    return form(sent, translate=gettext, language=language(), **values)


def prefilled(form: type[F], prefix: str, **values: Any) -> F:
    """Build one form of a page that has many, from `values` alone: what was submitted belongs to another of them."""
    return form(None, prefix=prefix, translate=gettext, language=language(), **values)


@contextmanager
def saving(form: Form, action: str, reason: str | None = None) -> Iterator[Session]:
    """Write under a form. A refusal goes to the form, beside its field; `form.saved` tells which way it went."""
    try:
        with writing(action, reason) as session:
            yield session
    except RuleError as error:
        count_refusal(error)
        form.refuse(error, language())
    else:
        form.saved = True


def answered(form: Form, address: str, done: str) -> ResponseReturnValue:
    """Lead back to a record after a button: say what was done, or why nothing was."""
    refusal = form.refusal
    if refusal is None:
        flash(done, "success")
        return redirect(address)
    rule = f" {refusal.rule}" if isinstance(refusal, Refused) else ""
    flash(refusal.words.to(language()) + rule, "danger")
    return redirect(address, 303)
