"""The edge of signing: a password of this request becomes a proof, a wrong one is counted and answered beside it.

Must not know what is signed.
"""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any, TypeVar

from flask import request

from forms.base import EditForm
from forms.base_json import Body
from forms.trail_signatures import SignedForm
from forms.trail_signatures_json import SignedBody
from qms.rules.clock import rfc3339
from qms.rules.errors import Invalid
from qms.rules.trail_signatures import WRONG, Proof, Signing, statement
from qms.web.forms import filled
from qms.web.language import language
from qms.web.requests import person, reading, writing
from qms.workflows.accounts import prove
from qms.workflows.trail_signatures import signatures_of

F = TypeVar("F", bound=SignedForm)


def to_sign(form: type[F], meaning: str, named: dict[str, Any], **values: Any) -> F:
    """Build a form that is signed: it shows the statement of the meaning for what is named."""
    made = filled(form, **values)
    made.signs, made.statement = meaning, statement(meaning, language(), **named)
    return made


def signing_of(form: SignedForm) -> Signing | None:
    """Return what a submitted form is signed with. None: the password was wrong, which stands beside the field."""
    try:
        return Signing(_proved(form.password.data or ""), form.meaning.data, language())
    except Invalid as error:
        form.refuse(error, language())
        return None


def given_by(form: EditForm) -> dict[str, Any] | None:
    """Return what a submitted form gives to its workflow, signed where it is signed. None: a wrong password."""
    if not isinstance(form, SignedForm):
        return form.values()
    signing = signing_of(form)
    return None if signing is None else form.values() | {"signing": signing}


def sent_by(body: Body) -> dict[str, Any]:
    """Return what a JSON body gives to its workflow, signed where it is signed. Raises Invalid as `signing_sent`."""
    return body.content() | {"signing": signing_sent(body)} if isinstance(body, SignedBody) else body.model_dump()


def signing_sent(body: SignedBody) -> Signing:
    """Return what a JSON body is signed with. Raises Invalid for a wrong password, and after too many."""
    return Signing(_proved(body.password) if body.password else None, body.meaning, person().language)


def told_signatures(entity: str, ids: Collection[int]) -> list[dict[str, Any]]:
    """Return the signatures of records as JSON, each with the version from which it is void, null while valid."""
    return [asdict(one) | {"at": rfc3339(one.at), "words": one.words._asdict()}
            for one in signatures_of(reading(), entity, ids)]


def _proved(password: str) -> Proof:
    with writing("accounts.prove") as session:
        proof = prove(session, person(), password, address=request.remote_addr)
    if proof is None:
        raise Invalid(*WRONG, field="password")
    return proof
