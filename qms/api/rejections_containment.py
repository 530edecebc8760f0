"""Where suspect product may be, by JSON: every place is asked, every answer is kept (R-22). Decides nothing.

A change carries the version at which the record was read; an older one is answered with 409 and both versions.
"""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import Body
from qms.db.ledger import plain
from qms.models.rejections import Rejection
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import rejections

bp = Blueprint("rejections_containment_api", __name__, url_prefix="/api/v1/rejections")

Pieces = Field(ge=0, le=2_147_483_647)
_FIELDS = ("id", "rev", "place", "unit_id", "lot_id", "suspect", "checked", "nonconforming", "good", "method",
           "answered_by_id", "answered_at")


class Ask(Body):
    """The version at which the rejection was read."""

    rev: int = Field(ge=1)


class Answer(Body):
    """What a place answers. Zero is an answer, nothing is not (R-22); `reason`: why without a qualification (R-51)."""

    rev: int = Field(ge=1, description="of the line")
    suspect: int = Pieces
    checked: int = Pieces
    nonconforming: int = Pieces
    good: int = Pieces
    method: str | None = Field(default=None, max_length=200)
    reason: str | None = Field(default=None, max_length=500)


@bp.get("/<id:rejection_id>/containment")
@needs("rejections.view")
def show(rejection_id: int) -> ResponseReturnValue:
    """Read every place that was asked, and its answer; null is one that has not answered."""
    return jsonify(_told(rejections.whole(reading(), person(), rejection_id)))


@bp.post("/<id:rejection_id>/containment")
@needs("rejections.contain")
@takes(Ask)
def ask(rejection_id: int) -> ResponseReturnValue:
    """Ask every place where suspect product may be: 201."""
    rev = read_body(Ask).rev
    with writing("rejections.ask_containment") as session:
        rejections.ask_containment(session, person(), rejection_id, rev)
    return jsonify(_told(rejections.whole(reading(), person(), rejection_id))), 201


@bp.put("/containment/<id:line_id>")
@needs("rejections.contain")
@takes(Answer)
def answer(line_id: int) -> ResponseReturnValue:
    """Answer for one place; what is not known to be good is held at once."""
    given = read_body(Answer).model_dump()
    rev = given.pop("rev")
    with writing("rejections.answer_containment") as session:
        line = rejections.answer_containment(session, person(), line_id, rev, **given)
        rejection_id = line.rejection_id
    return jsonify(_told(rejections.whole(reading(), person(), rejection_id)))


def _told(rejection: Rejection) -> dict[str, Any]:
    lines = [{field: plain(getattr(line, field)) for field in _FIELDS} for line in rejection.containment]
    return {"rejection_id": rejection.id, "rev": rejection.rev, "state": rejection.state, "lines": lines,
            "open": sum(line["answered_at"] is None for line in lines)}
