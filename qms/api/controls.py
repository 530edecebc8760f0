"""Process controls and bypasses by JSON: the list, tests, alternates, every step of a bypass. Decides nothing.

A change carries the version (`rev`) at which the record was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.db import Record
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import controls, controls_register
from qms.workflows.chain_paging import Wish

bp = Blueprint("controls_api", __name__, url_prefix="/api/v1/controls")

Id = Field(ge=1, le=LARGEST_ID)
Rev = Field(ge=1)


class ControlSent(Body):
    """A primary control as the control plan names it."""

    code: str = Field(max_length=40)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    pfmea_ref: str | None = Field(default=None, max_length=120)
    severity: int | None = Field(default=None, ge=1, le=10)
    test_every_hours: int | None = Field(default=None, ge=1, le=10_000)
    challenge_part: str | None = Field(default=None, max_length=120)
    challenge_valid_to: date | None = None
    reaction_zh: str | None = Field(default=None, max_length=500)
    reaction_en: str | None = Field(default=None, max_length=500)


class NewControl(ControlSent):
    """A control that is put on the list of an operation."""

    unit_id: int = Id


class ChangedControl(ControlSent):
    """A control that is changed, or taken out of use."""

    rev: int = Rev
    active: bool = True


class TestSent(Body):
    """One test by failure or simulated failure."""

    __test__ = False

    good: bool
    note: str | None = Field(default=None, max_length=500)
    reason: str | None = Field(default=None, max_length=500, description="why without a valid qualification (R-51)")


class AlternateSent(Body):
    """A method that may stand in for a control once another person has approved it."""

    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    instruction_ref: str = Field(max_length=120)
    instruction_rev: str = Field(max_length=20)
    risk_ref: str = Field(max_length=120)
    verify_pieces: int = Field(ge=1, le=1_000_000)
    customer_needed: bool = False


class BypassSent(Body):
    """The start of a bypass."""

    alternate_id: int = Id
    reason: str = Field(max_length=500)
    planned_end_at: AwareDatetime
    customer_ref: str | None = Field(default=None, max_length=120)


class StepSent(Body):
    """A step that asks for nothing but the version at which the record was read."""

    rev: int = Rev


class ReviewSent(Body):
    """The daily look at a bypass."""

    note: str = Field(max_length=500)


class TagSent(Body):
    """A lot that is tagged by hand."""

    lot_id: int = Id
    first_piece: str | None = Field(default=None, max_length=120)
    last_piece: str | None = Field(default=None, max_length=120)


class LotReviewSent(Body):
    """The review of a tagged lot by the pieces that were kept of it."""

    first_piece: str = Field(max_length=120)
    last_piece: str = Field(max_length=120)


class VerifySent(StepSent):
    """The verification of the restart."""

    pieces: int = Field(ge=0, le=1_000_000)
    nonconforming: int = Field(ge=0, le=1_000_000)
    verification: str = Field(max_length=500)


@bp.get("")
@needs("controls.view")
def register() -> ResponseReturnValue:
    """Read a page of the list of controls (`site`, `unit`, `kind`, `state`, `q`, `after`)."""
    page = controls_register.controls(reading(), person(), _wanted(), _wish())
    return jsonify({"controls": [told(row) for row in page.rows], "next": page.following or None})


@bp.post("")
@needs("controls.edit")
@takes(NewControl)
def add() -> ResponseReturnValue:
    """Put a control on the list: 201."""
    sent = read_body(NewControl)
    return _written("controls.add", lambda session: controls.add(session, person(), **sent.model_dump()), 201)


@bp.get("/<id:control_id>")
@needs("controls.view")
def show(control_id: int) -> ResponseReturnValue:
    """Read a control with its alternates and newest tests; each failed test names the rejections that it opened."""
    control = controls_register.whole(reading(), person(), control_id)
    tests = [told(test) | {"rejections": [s.rejection_id for s in test.suspects]}
             for test in controls_register.tests_of(reading(), control_id)]
    return jsonify(told(control) | {"alternates": [told(a) for a in control.alternates], "tests": tests})


@bp.put("/<id:control_id>")
@needs("controls.edit")
@takes(ChangedControl)
def edit(control_id: int) -> ResponseReturnValue:
    """Change a control, or take it out of use."""
    sent = read_body(ChangedControl).model_dump()
    return _written("controls.edit", lambda session: controls.edit(session, person(), control_id, **sent))


@bp.post("/<id:control_id>/tests")
@needs("controls.test")
@takes(TestSent)
def test(control_id: int) -> ResponseReturnValue:
    """Record a test: 201. A bad one holds every lot since the last good test (R-20)."""
    sent = read_body(TestSent).model_dump()
    return _written("controls.test", lambda session: controls.record_test(session, person(), control_id, **sent), 201)


@bp.post("/<id:control_id>/alternates")
@needs("controls.edit")
@takes(AlternateSent)
def draft_alternate(control_id: int) -> ResponseReturnValue:
    """Draft an alternate: 201."""
    sent = read_body(AlternateSent).model_dump()
    return _written("controls.draft_alternate",
                    lambda session: controls.draft_alternate(session, person(), control_id, **sent), 201)


@bp.post("/alternates/<id:alternate_id>/approve")
@needs("controls.approve")
@takes(StepSent)
def approve_alternate(alternate_id: int) -> ResponseReturnValue:
    """Put an alternate on the approved list."""
    return _step("controls.approve_alternate", controls.approve_alternate, alternate_id)


@bp.post("/alternates/<id:alternate_id>/look-through")
@needs("controls.edit")
@takes(StepSent)
def look_through(alternate_id: int) -> ResponseReturnValue:
    """Say that an approved alternate still holds."""
    return _step("controls.look_through", controls.look_through, alternate_id)


@bp.post("/alternates/<id:alternate_id>/withdraw")
@needs("controls.edit")
@takes(StepSent)
def withdraw_alternate(alternate_id: int) -> ResponseReturnValue:
    """Take an alternate off the list."""
    return _step("controls.withdraw_alternate", controls.withdraw_alternate, alternate_id)


@bp.get("/bypasses")
@needs("controls.view")
def bypasses() -> ResponseReturnValue:
    """Read a page of the bypasses, newest first (`site`, `unit`, `state`, `q`, `after`)."""
    page = controls_register.bypasses(reading(), person(), _wanted(), _wish())
    return jsonify({"bypasses": [told(row) for row in page.rows], "next": page.following or None})


@bp.post("/<id:control_id>/bypasses")
@needs("controls.bypass")
@takes(BypassSent)
def start(control_id: int) -> ResponseReturnValue:
    """Start a bypass by an approved alternate: 201."""
    sent = read_body(BypassSent).model_dump()
    return _written("controls.start", lambda session: controls.start(session, person(), control_id, **sent), 201)


@bp.get("/bypasses/<id:bypass_id>")
@needs("controls.view")
def bypass(bypass_id: int) -> ResponseReturnValue:
    """Read a bypass with its reviews, missed days and tagged lots."""
    found = controls_register.whole_bypass(reading(), person(), bypass_id)
    return jsonify(told(found) | {"reviews": [told(r) for r in found.reviews], "lots": [told(x) for x in found.lots],
                                  "missed": [m.missed_on.isoformat() for m in found.misses]})


@bp.post("/bypasses/<id:bypass_id>/review")
@needs("controls.bypass")
@takes(ReviewSent)
def review(bypass_id: int) -> ResponseReturnValue:
    """Record the daily review: 201."""
    sent = read_body(ReviewSent).model_dump()
    return _written("controls.review", lambda session: controls.review(session, person(), bypass_id, **sent), 201)


@bp.post("/bypasses/<id:bypass_id>/lots")
@needs("controls.bypass")
@takes(TagSent)
def tag(bypass_id: int) -> ResponseReturnValue:
    """Tag a lot by hand: 201."""
    sent = read_body(TagSent).model_dump()
    return _written("controls.tag", lambda session: controls.tag(session, person(), bypass_id, **sent), 201)


@bp.post("/bypasses/lots/<id:tag_id>/review")
@needs("controls.bypass")
@takes(LotReviewSent)
def review_lot(tag_id: int) -> ResponseReturnValue:
    """Review a tagged lot, so that it may be accepted (R-55)."""
    sent = read_body(LotReviewSent).model_dump()
    return _written("controls.review_lot", lambda session: controls.review_lot(session, person(), tag_id, **sent))


@bp.post("/bypasses/<id:bypass_id>/end")
@needs("controls.bypass")
@takes(StepSent)
def end(bypass_id: int) -> ResponseReturnValue:
    """Say that the control is back."""
    return _step("controls.end", controls.end, bypass_id)


@bp.post("/bypasses/<id:bypass_id>/verify")
@needs("controls.bypass")
@takes(VerifySent)
def verify(bypass_id: int) -> ResponseReturnValue:
    """Record the verification of the restart (R-21)."""
    sent = read_body(VerifySent).model_dump()
    return _written("controls.verify", lambda session: controls.verify(session, person(), bypass_id, **sent))


@bp.post("/bypasses/<id:bypass_id>/close")
@needs("controls.bypass")
@takes(StepSent)
def close(bypass_id: int) -> ResponseReturnValue:
    """Close a bypass whose restart was verified (R-21)."""
    return _step("controls.close", controls.close, bypass_id)



def _step(action: str, step: Callable[..., Any], record_id: int) -> ResponseReturnValue:
    rev = read_body(StepSent).rev
    return _written(action, lambda session: step(session, person(), record_id, rev))


def _written(action: str, work: Callable[[Session], Record], status: int = 200) -> ResponseReturnValue:
    with writing(action) as session:
        made: Any = work(session)
        body = told(made)
    return jsonify(body), status


def _wanted() -> controls_register.Filter:
    given = request.args
    return controls_register.Filter(
        sought=given.get("q", "")[:100], site_id=given.get("site", type=id_or_none),
        unit_id=given.get("unit", type=id_or_none), kind=given.get("kind", "")[:20], state=given.get("state", "")[:20])


def _wish() -> Wish:
    return Wish(after=request.args.get("after", "")[:300])
