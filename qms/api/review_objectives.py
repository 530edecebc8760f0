"""Quality objectives by JSON: read with what their measures are, set, ended. Decides nothing."""

from datetime import date
from decimal import Decimal

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.rules.errors import NotFound
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import review_objectives

bp = Blueprint("review_objectives_api", __name__, url_prefix="/api/v1/review-objectives")


class NewObjective(Body):
    """What a measure is to reach; of a share from 0 to 1. One in force for the same ends the day before."""

    site_id: int = Field(ge=1, le=LARGEST_ID)
    measure: str = Field(max_length=30)
    part: str = Field(max_length=10)
    part_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    target: Decimal
    valid_from: date
    why: str | None = Field(default=None, max_length=500)


class EndedObjective(Body):
    """The last day of an objective and why it ends, at the version that was read."""

    rev: int = Field(ge=1)
    last: date
    reason: str = Field(max_length=500)


@bp.get("")
@needs("review.view")
def register() -> ResponseReturnValue:
    """Read the objectives of a site (`site`) that are in force; with `ended=1` the ended ones as well."""
    site_id = request.args.get("site", type=id_or_none)
    if site_id is None:
        raise NotFound
    found = review_objectives.objectives(reading(), person(), site_id, ended=request.args.get("ended") == "1")
    return jsonify({"objectives": [told(one) for one in found]})


@bp.post("")
@needs("review.prepare")
@takes(NewObjective)
def set_objective() -> ResponseReturnValue:
    """Set an objective, or change one: 201."""
    sent = read_body(NewObjective).model_dump()
    with writing("review.objective") as session:
        body = told(review_objectives.set_objective(session, person(), **sent))
    return jsonify(body), 201


@bp.get("/<id:objective_id>")
@needs("review.view")
def show(objective_id: int) -> ResponseReturnValue:
    """Read an objective; its version is the ETag."""
    held = review_objectives.one(reading(), person(), objective_id)
    answer = jsonify(told(held))
    answer.set_etag(f"v{held.rev}")
    return answer


@bp.post("/<id:objective_id>/end")
@needs("review.prepare")
@takes(EndedObjective)
def end(objective_id: int) -> ResponseReturnValue:
    """End an objective after a day, with a reason."""
    sent = read_body(EndedObjective).model_dump()
    with writing("review.end_objective") as session:
        body = told(review_objectives.end_objective(session, person(), objective_id, **sent))
    return jsonify(body)
