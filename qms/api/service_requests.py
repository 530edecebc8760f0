"""Requests between units by JSON: the register, one with all its parts, every step. Decides nothing.

A change carries the version (`rev`) at which the record was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.db import Record
from qms.db.ledger import plain
from qms.models.service_requests import ServiceRequest
from qms.rules.errors import Invalid
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.web.registers import wish
from qms.workflows import service_requests, service_requests_register

bp = Blueprint("service_requests_api", __name__, url_prefix="/api/v1/service/requests")

Id = Field(ge=1, le=LARGEST_ID)
Rev = Field(ge=1)


class AskSent(Body):
    """What is asked of another unit, through one of its commitments."""

    commitment_id: int = Id
    asker_id: int = Id
    title: str = Field(max_length=200)
    detail: str | None = Field(default=None, max_length=4000)


class StepSent(Body):
    """A step that asks for nothing but the version at which the record was read."""

    rev: int = Rev


class PauseSent(StepSent):
    """Why the clock stands."""

    reason: str = Field(max_length=20, description="asker, material or outside")
    note: str | None = Field(default=None, max_length=500)


class PassSent(StepSent):
    """To whom a request is handed over, and why."""

    to_id: int = Id
    reason: str = Field(max_length=500)


class FinishSent(StepSent):
    """What was done."""

    answer: str = Field(max_length=1000)


class ReasonSent(StepSent):
    """Why a request is refused, withdrawn or reopened."""

    reason: str = Field(max_length=500)


class ConfirmSent(StepSent):
    """How whoever asked finds what was done."""

    rating: int = Field(ge=1, le=5)
    words: str | None = Field(default=None, max_length=1000)
    met: bool | None = Field(default=None, description="promised quality kept; only where a quality was promised")


@bp.get("")
@needs("service.view")
def register() -> ResponseReturnValue:
    """Read a page of requests, newest first.

    Asked for by `site`, `provider`, `asker`, `commitment`, `state`, `first`, `last`, `q`, `sort`, `after`.
    """
    given = request.args
    wanted = service_requests_register.Filter(
        sought=given.get("q", "")[:100], site_id=given.get("site", type=id_or_none),
        provider_id=given.get("provider", type=id_or_none), asker_id=given.get("asker", type=id_or_none),
        commitment_id=given.get("commitment", type=id_or_none), state=given.get("state", "")[:20], first=_day("first"),
        last=_day("last"))
    page = service_requests_register.register(reading(), person(), wanted, wish())
    return jsonify({"requests": [told(row) for row in page.rows], "next": page.following or None})


@bp.post("")
@needs("service.request")
@takes(AskSent)
def ask() -> ResponseReturnValue:
    """Ask a unit for a service: 201."""
    sent = read_body(AskSent).model_dump()
    return _written("service.ask", lambda session: service_requests.ask(session, person(), **sent), 201)


@bp.get("/<id:request_id>")
@needs("service.view")
def show(request_id: int) -> ResponseReturnValue:
    """Read a request with its pauses, hand-overs and reopenings."""
    held = service_requests_register.whole(reading(), person(), request_id)
    return jsonify(told(held) | {"pauses": [told(p) for p in held.pauses], "passes": [told(p) for p in held.passes],
                                 "reopenings": [told(r) for r in held.reopenings]})


@bp.post("/<id:request_id>/take")
@needs("service.serve")
@takes(StepSent)
def take(request_id: int) -> ResponseReturnValue:
    """Take a request on."""
    return _step("service.take", service_requests.take, request_id, StepSent)


@bp.post("/<id:request_id>/pause")
@needs("service.serve")
@takes(PauseSent)
def pause(request_id: int) -> ResponseReturnValue:
    """Let the clock stand for a listed reason."""
    return _step("service.pause", service_requests.pause, request_id, PauseSent)


@bp.post("/<id:request_id>/resume")
@needs("service.serve")
@takes(StepSent)
def resume(request_id: int) -> ResponseReturnValue:
    """Let the clock run again."""
    return _step("service.resume", service_requests.resume, request_id, StepSent)


@bp.post("/<id:request_id>/pass-on")
@needs("service.serve")
@takes(PassSent)
def pass_on(request_id: int) -> ResponseReturnValue:
    """Hand a request over to another provider."""
    return _step("service.pass_on", service_requests.pass_on, request_id, PassSent)


@bp.post("/<id:request_id>/finish")
@needs("service.serve")
@takes(FinishSent)
def finish(request_id: int) -> ResponseReturnValue:
    """Say what was done."""
    return _step("service.finish", service_requests.finish, request_id, FinishSent)


@bp.post("/<id:request_id>/refuse")
@needs("service.serve")
@takes(ReasonSent)
def refuse(request_id: int) -> ResponseReturnValue:
    """Refuse a request with a reason."""
    return _step("service.refuse", service_requests.refuse, request_id, ReasonSent)


@bp.post("/<id:request_id>/confirm")
@needs("service.request")
@takes(ConfirmSent)
def confirm(request_id: int) -> ResponseReturnValue:
    """Confirm and rate: the asking unit only (R-32)."""
    return _step("service.confirm", service_requests.confirm, request_id, ConfirmSent)


@bp.post("/<id:request_id>/reopen")
@needs("service.request")
@takes(ReasonSent)
def reopen(request_id: int) -> ResponseReturnValue:
    """Take back what was said to be done: the asking unit only (R-32)."""
    return _step("service.reopen", service_requests.reopen, request_id, ReasonSent)


@bp.post("/<id:request_id>/withdraw")
@needs("service.request")
@takes(ReasonSent)
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take a request back."""
    return _step("service.withdraw", service_requests.withdraw, request_id, ReasonSent)


def told(record: Record) -> dict[str, Any]:
    """Return a record as JSON: its columns, times in RFC 3339."""
    return {column.name: plain(getattr(record, column.name)) for column in record.__table__.columns
            if column.name != "search_text"}


def _step(action: str, step: Callable[..., ServiceRequest], request_id: int,
          body: type[StepSent]) -> ResponseReturnValue:
    sent = read_body(body).model_dump()
    return _written(action, lambda session: step(session, person(), request_id, **sent))


def _written(action: str, work: Callable[[Session], ServiceRequest], status: int = 200) -> ResponseReturnValue:
    with writing(action) as session:
        body = told(work(session))
    return jsonify(body), status


def _day(key: str) -> date | None:
    try:
        return date.fromisoformat(request.args[key]) if key in request.args else None
    except ValueError:
        raise Invalid(f"{key} is no day, as 2026-03-02.", f"{key} 不是日期, 应如 2026-03-02。", field=key) from None
