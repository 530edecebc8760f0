"""Recognition, suggestions, training and notices by JSON: registers and every step. Decides nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.db import Record
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import service_notices as notices
from qms.workflows import service_recognition as recognition
from qms.workflows import service_suggestions as suggestions
from qms.workflows import service_training as training
from qms.workflows.chain_paging import Wish

bp = Blueprint("service_recognition_api", __name__, url_prefix="/api/v1/service")

Id = Field(ge=1, le=LARGEST_ID)


class Taken(Body):
    """The version at which a record was read."""

    rev: int = Field(ge=1)


class RecognitionSent(Body):
    """A unit, or a person who will be asked, to be recognised."""

    unit_id: int = Id
    kind: Literal["solved_cause", "self_report"]
    record: str = Field(max_length=40, description="number of the case or of the self-report")
    reason: str = Field(max_length=500)
    honoured_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    points: int | None = Field(default=None, ge=0, le=100, description="never money")


class SuggestionSent(Body):
    """An idea."""

    unit_id: int = Id
    idea: str = Field(max_length=4000)
    benefit: str | None = Field(default=None, max_length=500)


class EvaluationSent(Taken):
    """The evaluation of an idea."""

    decision: Literal["try_out", "adopt", "not_adopt"]
    evaluation: str = Field(max_length=500)


class OutcomeSent(Taken):
    """What an adopted idea brought."""

    outcome: str = Field(max_length=500)


class TrainingSent(Body):
    """A session that was held."""

    site_id: int = Id
    topic: str = Field(max_length=200)
    held_on: date
    trainer: str = Field(max_length=120)
    material_ref: str | None = Field(default=None, max_length=120)


class AttendanceSent(Body):
    """How many of a unit came."""

    unit_id: int = Id
    expected: int = Field(ge=1, le=100_000)
    attended: int = Field(ge=0, le=100_000)


class NoticeSent(Body):
    """A notice in both languages."""

    site_id: int = Id
    unit_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    title_zh: str = Field(max_length=200)
    title_en: str = Field(max_length=200)
    body_zh: str = Field(max_length=4000)
    body_en: str = Field(max_length=4000)


@bp.get("/recognitions")
@needs("service.view")
def recognitions() -> ResponseReturnValue:
    """Read a page of recognitions; a person is named only after agreeing (`site`, `state`, `kind`, `unit`, `after`)."""
    given = request.args
    wanted = recognition.Filter(site_id=given.get("site", type=id_or_none), state=given.get("state", "")[:20],
                                kind=given.get("kind", "")[:20], unit_id=given.get("unit", type=id_or_none))
    page = recognition.register(reading(), person(), wanted, _wish())
    return jsonify({"recognitions": [_named(row) for row in page.rows], "next": page.following or None})


@bp.post("/recognitions")
@needs("service.complain")
@takes(RecognitionSent)
def propose() -> ResponseReturnValue:
    """Propose a unit or a person: 201."""
    sent = read_body(RecognitionSent).model_dump()
    return _written("service.propose_recognition", lambda s: recognition.propose(s, person(), **sent), 201)


@bp.post("/recognitions/<id:recognition_id>/consent")
@needs("service.view")
@takes(Taken)
def consent(recognition_id: int) -> ResponseReturnValue:
    """Agree to be named (R-35)."""
    return _taken("service.consent_recognition", recognition.consent, recognition_id)


@bp.post("/recognitions/<id:recognition_id>/approve")
@needs("service.recognise")
@takes(Taken)
def approve(recognition_id: int) -> ResponseReturnValue:
    """Approve a recognition as somebody else (R-35)."""
    return _taken("service.approve_recognition", recognition.approve, recognition_id)


@bp.post("/recognitions/<id:recognition_id>/decline")
@needs("service.recognise")
@takes(Taken)
def decline(recognition_id: int) -> ResponseReturnValue:
    """Decline a recognition as somebody else (R-35)."""
    return _taken("service.decline_recognition", recognition.decline, recognition_id)


@bp.get("/suggestions")
@needs("service.view")
def all_suggestions() -> ResponseReturnValue:
    """Read a page of suggestions (`site`, `state`, `unit`, `q`, `after`)."""
    given = request.args
    wanted = suggestions.Filter(given.get("q", "")[:100], given.get("site", type=id_or_none),
                                given.get("state", "")[:20], given.get("unit", type=id_or_none))
    page = suggestions.register(reading(), person(), wanted, _wish())
    return jsonify({"suggestions": [told(row) for row in page.rows], "next": page.following or None})


@bp.post("/suggestions")
@needs("service.complain")
@takes(SuggestionSent)
def suggest() -> ResponseReturnValue:
    """File an idea: 201."""
    sent = read_body(SuggestionSent).model_dump()
    return _written("service.suggest", lambda s: suggestions.suggest(s, person(), **sent), 201)


@bp.post("/suggestions/<id:suggestion_id>/evaluate")
@needs("service.recognise")
@takes(EvaluationSent)
def evaluate(suggestion_id: int) -> ResponseReturnValue:
    """Adopt an idea, try it out, or not adopt it."""
    sent = read_body(EvaluationSent).model_dump()
    return _written("service.evaluate_suggestion", lambda s: suggestions.evaluate(s, person(), suggestion_id, **sent))


@bp.post("/suggestions/<id:suggestion_id>/put-in-place")
@needs("service.recognise")
@takes(OutcomeSent)
def put_in_place(suggestion_id: int) -> ResponseReturnValue:
    """Say what an adopted idea brought."""
    sent = read_body(OutcomeSent).model_dump()
    return _written("service.put_in_place", lambda s: suggestions.put_in_place(s, person(), suggestion_id, **sent))


@bp.get("/training")
@needs("service.view")
def sessions() -> ResponseReturnValue:
    """Read a page of sessions, and attendance per unit with n and interval (`site`, `unit`, `q`, `after`)."""
    given = request.args
    wanted = training.Filter(given.get("q", "")[:100], given.get("site", type=id_or_none),
                             given.get("unit", type=id_or_none))
    page = training.register(reading(), person(), wanted, _wish())
    rates = [{"unit_id": r.unit.id, "attended": r.attended, "expected": r.expected, "low": r.low, "high": r.high}
             for r in training.rates(reading(), person(), wanted)]
    return jsonify({"training": [told(row) for row in page.rows], "rates": rates, "next": page.following or None})


@bp.post("/training")
@needs("service.teach")
@takes(TrainingSent)
def hold() -> ResponseReturnValue:
    """Record a session that was held: 201."""
    sent = read_body(TrainingSent).model_dump()
    return _written("service.hold_training", lambda s: training.hold(s, person(), **sent), 201)


@bp.post("/training/<id:training_id>/attendance")
@needs("service.teach")
@takes(AttendanceSent)
def attend(training_id: int) -> ResponseReturnValue:
    """Record how many of a unit came: 201."""
    sent = read_body(AttendanceSent).model_dump()
    return _written("service.attend_training", lambda s: training.attend(s, person(), training_id, **sent), 201)


@bp.get("/notices")
@needs("service.view")
def all_notices() -> ResponseReturnValue:
    """Read a page of notices with how many have read each (`site`, `unit`, `q`, `after`)."""
    given = request.args
    wanted = notices.Filter(given.get("q", "")[:100], given.get("site", type=id_or_none),
                            given.get("unit", type=id_or_none))
    page = notices.register(reading(), person(), wanted, _wish())
    counts = notices.counts(reading(), page.rows)
    return jsonify({"notices": [told(row) | {"read": counts[row.id].read, "reached": counts[row.id].reached}
                                for row in page.rows], "next": page.following or None})


@bp.post("/notices")
@needs("service.teach")
@takes(NoticeSent)
def post() -> ResponseReturnValue:
    """Post a notice: 201."""
    sent = read_body(NoticeSent).model_dump()
    return _written("service.post_notice", lambda s: notices.post(s, person(), **sent), 201)


@bp.post("/notices/<id:notice_id>/read")
@needs("service.view")
def read(notice_id: int) -> ResponseReturnValue:
    """Open a notice: it counts as read."""
    return _written("service.read_notice", lambda s: notices.open_notice(s, person(), notice_id))


def _named(row: Any) -> dict[str, Any]:
    """Return a recognition; without the person, and the report that would tell who it is, until they are named."""
    if row.honoured_id is None or recognition.named(row) is not None or row.honoured_id == person().id:
        return told(row)
    return told(row) | {"honoured_id": None, "rejection_id": None}


def _taken(action: str, step: Callable[..., Record], record_id: int) -> ResponseReturnValue:
    rev = read_body(Taken).rev
    return _written(action, lambda session: step(session, person(), record_id, rev))


def _written(action: str, work: Callable[[Session], Record], status: int = 200) -> ResponseReturnValue:
    with writing(action) as session:
        body = told(work(session))
    return jsonify(body), status


def _wish() -> Wish:
    return Wish(sort=request.args.get("sort", "")[:300], after=request.args.get("after", "")[:300])
