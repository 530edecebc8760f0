"""What is said of an origin, by JSON: assumed, confirmed, contested, decided (R-52). Decides nothing.

Each step carries the version at which the rejection was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from forms.trail_signatures_json import SignedBody
from qms.models.rejections import Rejection
from qms.rules.clock import rfc3339
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.web.signing import sent_by, told_signatures
from qms.workflows import rejections

bp = Blueprint("rejections_origins_api", __name__, url_prefix="/api/v1/rejections/<id:rejection_id>/origin")


class Confirm(Body):
    """The version at which the rejection was read, and why its assumed origin is right."""

    rev: int = Field(ge=1)
    reason: str | None = Field(default=None, max_length=500)


class Assume(Confirm):
    """Where the defect seems to have been made."""

    unit_id: int = Field(ge=1, le=LARGEST_ID)


class Contest(Body):
    """Why an origin is wrong, and who made it instead."""

    rev: int = Field(ge=1)
    reason: str = Field(max_length=500)
    unit_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)


class Decide(Contest, SignedBody):
    """Where the defect was made, with reasons."""

    unit_id: int = Field(ge=1, le=LARGEST_ID)


@bp.get("")
@needs("rejections.view")
def show(rejection_id: int) -> ResponseReturnValue:
    """Read the origin of a rejection and everything that was said of it."""
    return jsonify(_told(rejections.whole(reading(), person(), rejection_id)))


@bp.post("/assume")
@needs("rejections.view")
@takes(Assume)
def assume(rejection_id: int) -> ResponseReturnValue:
    """Assume another origin."""
    return _said(rejection_id, "assume", Assume, rejections.assume_origin)


@bp.post("/confirm")
@needs("rejections.view")
@takes(Confirm)
def confirm(rejection_id: int) -> ResponseReturnValue:
    """Confirm the assumed origin: its own leader accepts it, or someone who belongs to neither side (R-52)."""
    return _said(rejection_id, "confirm", Confirm, rejections.confirm_origin)


@bp.post("/contest")
@needs("rejections.contest")
@takes(Contest)
def contest(rejection_id: int) -> ResponseReturnValue:
    """Contest an origin for the unit that it is laid to."""
    return _said(rejection_id, "contest", Contest, rejections.contest_origin)


@bp.post("/decide")
@needs("rejections.judge")
@takes(Decide)
def decide(rejection_id: int) -> ResponseReturnValue:
    """Decide a contested origin, by someone uninvolved (R-52)."""
    return _said(rejection_id, "decide", Decide, rejections.decide_origin)


def _said(rejection_id: int, step: str, model: type[Body], verb: Callable[..., Rejection]) -> ResponseReturnValue:
    given = sent_by(read_body(model))
    rev = given.pop("rev")
    with writing(f"rejections.{step}_origin", given["reason"]) as session:
        verb(session, person(), rejection_id, rev, **given)
    return jsonify(_told(rejections.whole(reading(), person(), rejection_id)))


def _told(rejection: Rejection) -> dict[str, Any]:
    return {"rejection_id": rejection.id, "rev": rejection.rev, "origin_state": rejection.origin_state,
            "origin_unit_id": rejection.origin_unit_id, "statements": [
                {"state": said.state, "unit_id": said.unit_id, "person_id": said.person_id, "at": rfc3339(said.at),
                 "reason": said.reason} for said in rejection.statements],
            "signatures": told_signatures("rejections", [rejection.id])}
