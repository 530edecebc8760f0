"""Pairings of measures by JSON: read, set, ended. Decides nothing.

None is ever changed: it ends, with the version (`rev`) at which it was read, and another is set.
"""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import inspect

from forms.base_json import LARGEST_ID, Body
from qms.db.ledger import plain
from qms.models.review import ReviewPairing
from qms.rules.review_pairings import MOST_LAG, read_lags
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import review_pairings as pairings

bp = Blueprint("review_pairings_api", __name__, url_prefix="/api/v1/review/pairings")


class PairSent(Body):
    """Two measures and the lag said beforehand; `also`: other lags to be shown."""

    customer_id: int = Field(ge=1, le=LARGEST_ID)
    inner: str = Field(max_length=30)
    outer: str = Field(max_length=30)
    lag: int = Field(ge=0, le=MOST_LAG, description="months by which the internal measure leads")
    also: list[int] = Field(default_factory=list, max_length=MOST_LAG)
    why: str = Field(max_length=500)


class EndSent(Body):
    """Why a pairing is ended."""

    rev: int = Field(ge=1)
    reason: str = Field(max_length=500)


@bp.get("/")
@needs("review.view")
def register() -> ResponseReturnValue:
    """Read the pairings in force and those that have ended."""
    return jsonify({"pairings": [_told(one) for one in pairings.pairings(reading(), person())]})


@bp.get("/<id:pairing_id>")
@needs("review.view")
def show(pairing_id: int) -> ResponseReturnValue:
    """Read a pairing."""
    return jsonify(_told(pairings.one(reading(), person(), pairing_id)))


@bp.post("/")
@needs("review.prepare")
@takes(PairSent)
def pair() -> ResponseReturnValue:
    """Set a pairing: 201."""
    sent = read_body(PairSent).model_dump()
    with writing("review.pair") as session:
        made = _told(pairings.pair(session, person(), **sent | {"also": ",".join(map(str, sent["also"]))}))
    return jsonify(made), 201


@bp.post("/<id:pairing_id>/end")
@needs("review.prepare")
@takes(EndSent)
def end(pairing_id: int) -> ResponseReturnValue:
    """End a pairing."""
    sent = read_body(EndSent)
    with writing("review.end_pairing", sent.reason.strip() or None) as session:
        return jsonify(_told(pairings.end_pairing(session, person(), pairing_id, sent.rev, reason=sent.reason)))


def _told(held: ReviewPairing) -> dict[str, Any]:
    told = {column.key: plain(getattr(held, column.key)) for column in inspect(ReviewPairing).column_attrs}
    return told | {"also": read_lags(held.also)}
