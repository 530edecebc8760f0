"""Steps taken on a rejection, by JSON: completed, corrected, void, thanked for; its holds released. Decides nothing.

Each step carries the version at which the record was read; an older one is answered with 409 and both versions.
"""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from qms.db.ledger import plain
from qms.models.rejections import Rejection
from qms.rules.rejections import LARGEST
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import rejections, rejections_complete, rejections_thanks

bp = Blueprint("rejections_steps_api", __name__, url_prefix="/api/v1/rejections")

_FIELDS = ("id", "number", "rev", "state", "void_reason", "whole_lot", "origin_state", "origin_unit_id",
           *rejections.CORRECTABLE)
_HOLD_FIELDS = ("id", "rev", "state", "quantity", "lot_id", "line_id", "split_from_id", "location", "held_at",
                "released_at", "released_by_id", "result")


class Complete(Body):
    """What the leader adds; a text that is null is left empty, an origin that is null stays as it is."""

    rev: int = Field(ge=1)
    severity: str = Field(max_length=2)
    requirement: str | None = Field(default=None, max_length=500)
    actual: str | None = Field(default=None, max_length=500)
    note: str | None = Field(default=None, max_length=4000)
    location: str | None = Field(default=None, max_length=120)
    origin_unit_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    whole_lot: bool = False
    contain: bool = Field(default=False, description="ask every place where suspect product may be (R-22)")
    reason: str | None = Field(default=None, max_length=1000, description="needed where what was said changes (R-43)")


class Correct(Body):
    """What was reported, corrected with a reason (R-43). What is left out stays; a null takes the value away."""

    rev: int = Field(ge=1)
    reason: str = Field(max_length=1000)
    quantity: int | None = Field(default=None, ge=1, le=LARGEST, description="null: stays")
    severity: str | None = Field(default=None, max_length=2, description="null: stays")
    lot_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    item_id: int | None = Field(default=None, ge=1, le=LARGEST_ID, description="only where the lot is not known")
    defect_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    zone: str | None = Field(default=None, max_length=60)
    requirement: str | None = Field(default=None, max_length=500)
    actual: str | None = Field(default=None, max_length=500)
    note: str | None = Field(default=None, max_length=4000)

    def fields(self) -> dict[str, Any]:
        """Return what is corrected. Another lot brings its own item unless one is sent beside it."""
        given = self.model_dump(exclude_unset=True, exclude={"rev", "reason"})
        if given.get("lot_id") is not None:
            given.setdefault("item_id", None)
        return {name: value for name, value in given.items()
                if value is not None or name not in {"quantity", "severity"}}


class Void(Body):
    """Why a rejection is void (R-43)."""

    rev: int = Field(ge=1)
    reason: str = Field(max_length=500)


class Release(Body):
    """What a re-inspection found; good and not good add up to what is held."""

    rev: int = Field(ge=1, description="of the hold")
    good: int = Field(ge=0, le=LARGEST)
    not_good: int = Field(ge=0, le=LARGEST)
    result: str = Field(max_length=500)
    criteria_ref: str | None = Field(default=None, max_length=120, description="asked for when the customer found it")


class Thank(Body):
    """A word to whoever reported it."""

    note: str | None = Field(default=None, max_length=500)


@bp.post("/<id:rejection_id>/complete")
@needs("rejections.contain")
@takes(Complete)
def complete(rejection_id: int) -> ResponseReturnValue:
    """Complete what a worker tapped, all in one step."""
    given = read_body(Complete).model_dump()
    rev, reason = given.pop("rev"), (given.pop("reason") or "").strip() or None
    with writing("rejections.complete", reason) as session:
        rejections_complete.complete(session, person(), rejection_id, rev, rejections_complete.Completion(**given),
                                     reason=reason)
    return _told(rejection_id)


@bp.post("/<id:rejection_id>/correct")
@needs("rejections.report")
@takes(Correct)
def correct(rejection_id: int) -> ResponseReturnValue:
    """Correct what was reported: a new version with its reason; the hold follows."""
    sent = read_body(Correct)
    with writing("rejections.correct", sent.reason) as session:
        rejections.correct(session, person(), rejection_id, sent.rev, reason=sent.reason, **sent.fields())
    return _told(rejection_id)


@bp.post("/<id:rejection_id>/void")
@needs("rejections.void")
@takes(Void)
def void(rejection_id: int) -> ResponseReturnValue:
    """Declare a rejection void: the number is kept, and nothing is held under it any more."""
    sent = read_body(Void)
    with writing("rejections.void", sent.reason) as session:
        rejections.void(session, person(), rejection_id, sent.rev, reason=sent.reason)
    return _told(rejection_id)


@bp.get("/<id:rejection_id>/holds")
@needs("rejections.view")
def holds(rejection_id: int) -> ResponseReturnValue:
    """Read every quantity that is or was held under a rejection."""
    return _told(rejection_id)


@bp.post("/holds/<id:hold_id>/release")
@needs("rejections.release")
@takes(Release)
def release(hold_id: int) -> ResponseReturnValue:
    """Release what a re-inspection by another person than the reporter found good (R-09)."""
    given = read_body(Release).model_dump()
    rev = given.pop("rev")
    with writing("rejections.release") as session:
        rejection_id = rejections.release(session, person(), hold_id, rev, **given).id
    return _told(rejection_id)


@bp.post("/<id:rejection_id>/thank")
@needs("rejections.contain")
@takes(Thank)
def thank(rejection_id: int) -> ResponseReturnValue:
    """Thank the reporter, once: 201."""
    note = read_body(Thank).note
    with writing("rejections.thank") as session:
        at = rejections_thanks.thank(session, person(), rejection_id, note=note).at
    return jsonify({"rejection_id": rejection_id, "at": plain(at), "note": note}), 201


def _told(rejection_id: int) -> ResponseReturnValue:
    found: Rejection = rejections.whole(reading(), person(), rejection_id)
    return jsonify({name: plain(getattr(found, name)) for name in _FIELDS} | {
        "holds": [{name: plain(getattr(hold, name)) for name in _HOLD_FIELDS} for hold in found.holds]})
