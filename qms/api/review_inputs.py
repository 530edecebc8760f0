"""Inputs and decisions of management reviews by JSON: read with their figures, filled in, noted, decided on."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from qms.models.review import ReviewDecision, ReviewInput
from qms.rules.errors import NotFound
from qms.rules.review_inputs import INPUTS
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import review_decisions, review_filling, review_records, review_shown

bp = Blueprint("review_inputs_api", __name__, url_prefix="/api/v1/reviews")

DATA = ("snapshot", "imported", "live")
"""Columns that hold JSON, which is told as data and not as a text."""


class InputVersion(Body):
    """The version at which an input was read."""

    rev: int = Field(ge=1)


class InputFilled(InputVersion):
    """What there is to say of an input; null or empty takes it back."""

    body: str | None = Field(default=None, max_length=8000)


class InputLeft(InputVersion):
    """Why an input does not apply."""

    reason: str = Field(max_length=500)


class InputNoted(InputVersion):
    """What was said of an input in the meeting."""

    note: str | None = Field(default=None, max_length=8000)


class NewDecision(Body):
    """What is decided, who does it by when, and what it takes. `missed` names the missed target it plans against."""

    output: str = Field(max_length=20)
    body: str = Field(max_length=4000)
    owner_id: int = Field(ge=1, le=LARGEST_ID)
    due_on: date
    input_code: str | None = Field(default=None, max_length=40)
    missed: str | None = Field(default=None, max_length=60)
    resource: str | None = Field(default=None, max_length=500)


class DecisionChanged(NewDecision):
    """A decision that is worded anew."""

    rev: int = Field(ge=1)


class DecisionReported(Body):
    """What came of a decision."""

    rev: int = Field(ge=1)
    result: str = Field(max_length=4000)


class DecisionReasoned(Body):
    """Why a decision is dropped or opened again."""

    rev: int = Field(ge=1)
    reason: str = Field(max_length=500)


@bp.get("/<id:review_id>/inputs/<string:code>")
@needs("review.view")
def show(review_id: int, code: str) -> ResponseReturnValue:
    """Read one input with its counted figures and its imported table as data; its version is the ETag."""
    _review, held = review_filling.one_input(reading(), person(), review_id, _plain(code))
    return _input(held)


@bp.put("/<id:review_id>/inputs/<string:code>")
@needs("review.prepare")
@takes(InputFilled)
def fill(review_id: int, code: str) -> ResponseReturnValue:
    """Type what there is to say of an input."""
    return _on_input(review_id, code, InputFilled, "review.fill", review_filling.fill)


@bp.post("/<id:review_id>/inputs/<string:code>/not-applicable")
@needs("review.prepare")
@takes(InputLeft)
def not_applicable(review_id: int, code: str) -> ResponseReturnValue:
    """Mark an input as not applicable, with the reason."""
    return _on_input(review_id, code, InputLeft, "review.not_applicable", review_filling.not_applicable)


@bp.post("/<id:review_id>/inputs/<string:code>/note")
@needs("review.prepare")
@takes(InputNoted)
def note(review_id: int, code: str) -> ResponseReturnValue:
    """Write down what was said of an input in the meeting."""
    return _on_input(review_id, code, InputNoted, "review.note", review_filling.note)


@bp.get("/<id:review_id>/decisions")
@needs("review.view")
def decisions(review_id: int) -> ResponseReturnValue:
    """Read what a review decided, in order, with the steps that the caller may take on each."""
    held = review_records.one(reading(), person(), review_id)
    return jsonify({"decisions": [
        told(one) | {"steps": [step.name for step in review_shown.decision_steps(person(), held, one)]}
        for one in review_shown.decisions(reading(), held)]})


@bp.post("/<id:review_id>/decisions")
@needs("review.prepare")
@takes(NewDecision)
def decide(review_id: int) -> ResponseReturnValue:
    """Write down a decision in the meeting: 201 with it."""
    sent = read_body(NewDecision).model_dump()
    with writing("review.decide") as session:
        made = review_decisions.decide(session, person(), review_id, **sent)
    return jsonify(told(made)), 201


@bp.put("/decisions/<id:decision_id>")
@needs("review.prepare")
@takes(DecisionChanged)
def change(decision_id: int) -> ResponseReturnValue:
    """Word a decision anew while the meeting is on."""
    return _on_decision(decision_id, DecisionChanged, "review.amend", review_decisions.amend)


@bp.post("/decisions/<id:decision_id>/report")
@needs("review.view")
@takes(DecisionReported)
def report(decision_id: int) -> ResponseReturnValue:
    """Report what came of a decision: its owner, or who prepares reviews."""
    return _on_decision(decision_id, DecisionReported, "review.report", review_decisions.report)


@bp.post("/decisions/<id:decision_id>/drop")
@needs("review.prepare")
@takes(DecisionReasoned)
def drop(decision_id: int) -> ResponseReturnValue:
    """Drop a decision for a reason."""
    return _on_decision(decision_id, DecisionReasoned, "review.drop", review_decisions.drop)


@bp.post("/decisions/<id:decision_id>/reopen")
@needs("review.prepare")
@takes(DecisionReasoned)
def reopen(decision_id: int) -> ResponseReturnValue:
    """Open a decision again for a reason."""
    return _on_decision(decision_id, DecisionReasoned, "review.reopen_decision", review_decisions.reopen)


def _on_input(review_id: int, code: str, model: type[InputVersion], action: str,
              work: Callable[..., ReviewInput]) -> ResponseReturnValue:
    sent = read_body(model).model_dump()
    input_id = review_filling.one_input(reading(), person(), review_id, _plain(code))[1].id
    with writing(action) as session:
        held = work(session, person(), input_id, **sent)
    return _input(held)


def _on_decision(decision_id: int, model: type[Body], action: str,
                 work: Callable[..., ReviewDecision]) -> ResponseReturnValue:
    sent = read_body(model).model_dump()
    with writing(action) as session:
        held = work(session, person(), decision_id, **sent)
    return jsonify(told(held))


def _input(held: ReviewInput) -> ResponseReturnValue:
    data: dict[str, Any] = {name: json.loads(text) if (text := getattr(held, name)) else None for name in DATA}
    answer = jsonify(told(held) | data | {"clauses": list(INPUTS[held.code].clauses), "how": INPUTS[held.code].how})
    answer.set_etag(f"v{held.rev}")
    return answer


def _plain(code: str) -> str:
    """Return the code of an input from its address. Raises NotFound."""
    plain = code.replace("-", "_")
    if plain not in INPUTS:
        raise NotFound
    return plain
