"""Causes of corrective actions and their whys by JSON: read them, and every step on them. Decides nothing.

Each step carries the version at which the cause was read; a change of a why raises that of its cause.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from qms.models.actions_causes import Cause
from qms.rules.actions_causes import status
from qms.rules.clock import rfc3339
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import actions_causes, actions_whys

bp = Blueprint("actions_causes_api", __name__, url_prefix="/api/v1/actions")



class NewCause(Body):
    """A candidate: its track, its bone (5M1E), its words."""

    track: str = Field(max_length=20)
    category: str = Field(max_length=20)
    text: str = Field(max_length=500)


class CauseVersion(Body):
    """The version at which the cause was read."""

    rev: int = Field(ge=1)


class CauseWording(CauseVersion):
    """The bone and words of a candidate."""

    category: str = Field(max_length=20)
    text: str = Field(max_length=500)


class Moving(CauseVersion):
    """One place up, else down."""

    up: bool


class Tested(CauseVersion):
    """What the test showed; `holds` null takes it back."""

    holds: bool | None
    test: str | None = Field(default=None, max_length=1000)


class Described(CauseVersion):
    """The control that should have caught it (escape only), the share of the fault, the line of the PFMEA."""

    control_unit_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    contribution_percent: int | None = Field(default=None, ge=0, le=100)
    pfmea_ref: str | None = Field(default=None, max_length=120)


class Verified(CauseVersion):
    """How the cause was proven."""

    verification: str = Field(max_length=1000)


class NewWhy(CauseVersion):
    """A why and its evidence, at the end of the chain or after another."""

    text: str = Field(max_length=500)
    evidence: str | None = Field(default=None, max_length=500)
    after: int | None = Field(default=None, ge=1, le=LARGEST_ID)


class WhyWording(CauseVersion):
    """A why and its evidence."""

    text: str = Field(max_length=500)
    evidence: str | None = Field(default=None, max_length=500)


@bp.get("/<id:action_id>/causes")
@needs("actions.view")
def causes(action_id: int) -> ResponseReturnValue:
    """Read the causes of a case, in the order of their bones, each with its whys."""
    return jsonify({"causes": [shown(cause) for cause in actions_causes.causes_of(reading(), person(), action_id)]})


@bp.post("/<id:action_id>/causes")
@needs("actions.work")
@takes(NewCause)
def add(action_id: int) -> ResponseReturnValue:
    """Add a candidate: 201 with the cause."""
    sent = read_body(NewCause)
    with writing("actions.add_cause") as session:
        made = actions_causes.add(session, person(), action_id, **sent.model_dump())
    return _one(made.id, 201)


@bp.get("/causes/<id:cause_id>")
@needs("actions.view")
def cause(cause_id: int) -> ResponseReturnValue:
    """Read one cause."""
    return _one(cause_id)


@bp.put("/causes/<id:cause_id>")
@needs("actions.work")
@takes(CauseWording)
def edit(cause_id: int) -> ResponseReturnValue:
    """Word a candidate anew or put it on another bone; a new wording has to be verified again."""
    return _step(cause_id, CauseWording, "edit_cause", actions_causes.edit)


@bp.post("/causes/<id:cause_id>/move")
@needs("actions.work")
@takes(Moving)
def move(cause_id: int) -> ResponseReturnValue:
    """Move a candidate one place up or down in its track."""
    return _step(cause_id, Moving, "move_cause", actions_causes.move)


@bp.post("/causes/<id:cause_id>/take-out")
@needs("actions.work")
@takes(CauseVersion)
def take_out(cause_id: int) -> ResponseReturnValue:
    """Take a candidate out again: 204."""
    sent = read_body(CauseVersion)
    with writing("actions.take_out_cause") as session:
        actions_causes.take_out(session, person(), cause_id, sent.rev)
    return "", 204


@bp.post("/causes/<id:cause_id>/test")
@needs("actions.work")
@takes(Tested)
def test(cause_id: int) -> ResponseReturnValue:
    """Say what the test of a candidate showed."""
    return _step(cause_id, Tested, "test_cause", actions_causes.test)


@bp.post("/causes/<id:cause_id>/describe")
@needs("actions.work")
@takes(Described)
def describe(cause_id: int) -> ResponseReturnValue:
    """Say what else is known of a cause."""
    return _step(cause_id, Described, "describe_cause", actions_causes.describe)


@bp.post("/causes/<id:cause_id>/verify")
@needs("actions.work")
@takes(Verified)
def verify(cause_id: int) -> ResponseReturnValue:
    """Say how a cause was proven; refused (R-25) while its chain does not bear it."""
    return _step(cause_id, Verified, "verify_cause", actions_causes.verify)


@bp.post("/causes/<id:cause_id>/whys")
@needs("actions.work")
@takes(NewWhy)
def ask(cause_id: int) -> ResponseReturnValue:
    """Add a why: 201 with the cause."""
    sent = read_body(NewWhy)
    with writing("actions.ask_why") as session:
        actions_whys.ask(session, person(), cause_id, **sent.model_dump())
    return _one(cause_id, 201)


@bp.put("/whys/<id:why_id>")
@needs("actions.work")
@takes(WhyWording)
def answer(why_id: int) -> ResponseReturnValue:
    """Word a why or its evidence anew."""
    return _why_step(why_id, WhyWording, "answer_why", actions_whys.answer)


@bp.post("/whys/<id:why_id>/move")
@needs("actions.work")
@takes(Moving)
def move_why(why_id: int) -> ResponseReturnValue:
    """Move a why one place up or down."""
    return _why_step(why_id, Moving, "move_why", actions_whys.move)


@bp.post("/whys/<id:why_id>/take-out")
@needs("actions.work")
@takes(CauseVersion)
def take_out_why(why_id: int) -> ResponseReturnValue:
    """Take a why out again; the others close up."""
    return _why_step(why_id, CauseVersion, "take_out_why", actions_whys.take_out)


def shown(cause: Cause) -> dict[str, Any]:
    """Return a cause as the API tells it."""
    fields = ("id", "rev", "action_id", "track", "category", "position", "text", "holds", "test", "verification",
              "contribution_percent", "pfmea_ref", "control_unit_id", "verified_by_id", "person_only")
    return {name: getattr(cause, name) for name in fields} | {
        "status": status(is_verified=cause.verified_at is not None, holds=cause.holds),
        "verified_at": rfc3339(cause.verified_at) if cause.verified_at else None,
        "whys": [{"id": w.id, "position": w.position, "text": w.text, "evidence": w.evidence} for w in cause.whys]}


def _step(cause_id: int, model: type[CauseVersion], action: str, work: Callable[..., Any]) -> ResponseReturnValue:
    sent = read_body(model)
    with writing(f"actions.{action}") as session:
        work(session, person(), cause_id, **sent.model_dump())
    return _one(cause_id)


def _why_step(why_id: int, model: type[CauseVersion], action: str, work: Callable[..., Any]) -> ResponseReturnValue:
    cause_id = actions_whys.why(reading(), person(), why_id).cause_id
    sent = read_body(model)
    with writing(f"actions.{action}") as session:
        work(session, person(), why_id, **sent.model_dump())
    return _one(cause_id)


def _one(cause_id: int, status_code: int = 200) -> ResponseReturnValue:
    return jsonify(shown(actions_causes.one(reading(), person(), cause_id))), status_code
