"""Qualifications by JSON: read, recorded, corrected, ended. Decides nothing."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.models.accounts_qualifications import Qualification
from qms.rules.clock import utc_now
from qms.web import needs, person, reading, seen, shows_people, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import accounts_qualifications as qualifications
from qms.workflows import accounts_qualifications_register as registers
from qms.workflows.chain_paging import Wish

bp = Blueprint("accounts_qualifications_api", __name__, url_prefix="/api/v1/qualifications")


class Trained(Body):
    """What somebody was trained for; without a last day it does not run out."""

    kind: str = Field(max_length=20)
    trained_on: date
    trainer: str = Field(max_length=120)
    evidence_ref: str | None = Field(default=None, max_length=120)
    valid_to: date | None = None


class NewQualification(Trained):
    """A qualification to be recorded."""

    person_id: int = Field(ge=1, le=LARGEST_ID)


class CorrectedQualification(Trained):
    """A correction with its reason, at the version that was read."""

    rev: int = Field(ge=1)
    reason: str = Field(max_length=500)


class EndedQualification(Body):
    """Why a qualification is taken back, at the version that was read."""

    rev: int = Field(ge=1)
    reason: str = Field(max_length=500)


@bp.get("")
@needs()
@shows_people("qualifications")
def register() -> ResponseReturnValue:
    """Read a page of the qualifications that one may see (`q`, `kind`, `state`, `unit`, `after`); days are of UTC."""
    given = request.args
    wanted = registers.Filter(sought=given.get("q", "")[:100], kind=given.get("kind", "")[:20],
                              state=given.get("state", "")[:20], unit_id=given.get("unit", type=id_or_none))
    page = registers.qualifications(reading(), person(), wanted, Wish(after=given.get("after", "")[:300]),
                                    utc_now().date())
    seen(len({row.person_id for row in page.rows}))
    return jsonify({"qualifications": [told(row) for row in page.rows], "next": page.following or None})


@bp.post("")
@needs(qualifications.GIVE)
@takes(NewQualification)
def give() -> ResponseReturnValue:
    """Record a qualification: 201. Nobody records their own."""
    sent = read_body(NewQualification).model_dump()
    return _written("accounts.qualify", lambda session: qualifications.give(session, person(), **sent), 201)


@bp.get("/<id:qualification_id>")
@needs()
@shows_people("qualification")
def show(qualification_id: int) -> ResponseReturnValue:
    """Read a qualification; its version is the ETag."""
    found = registers.one(reading(), person(), qualification_id)
    seen(1, found.person_id)
    answer = jsonify(told(found))
    answer.set_etag(f"v{found.rev}")
    return answer


@bp.put("/<id:qualification_id>")
@needs(qualifications.GIVE)
@takes(CorrectedQualification)
def correct(qualification_id: int) -> ResponseReturnValue:
    """Correct a qualification, with a reason."""
    sent = read_body(CorrectedQualification).model_dump()
    return _written("accounts.correct_qualification",
                    lambda session: qualifications.correct(session, person(), qualification_id, **sent))


@bp.post("/<id:qualification_id>/end")
@needs(qualifications.GIVE)
@takes(EndedQualification)
def end(qualification_id: int) -> ResponseReturnValue:
    """Take a qualification back."""
    sent = read_body(EndedQualification).model_dump()
    return _written("accounts.end_qualification",
                    lambda session: qualifications.end(session, person(), qualification_id, **sent))


def _written(action: str, work: Callable[[Session], Qualification], status: int = 200) -> ResponseReturnValue:
    with writing(action) as session:
        body = told(work(session))
    return jsonify(body), status
