"""Commitments by JSON: the register, one with its revisions, every step. Decides nothing.

A change carries the version (`rev`) at which the record was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.models.service_commitments import Commitment
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.web.registers import wish
from qms.workflows import service_commitments, service_commitments_register

bp = Blueprint("service_commitments_api", __name__, url_prefix="/api/v1/service/commitments")

Id = Field(ge=1, le=LARGEST_ID)
Rev = Field(ge=1)
Words = Field(default=None, max_length=500)


class PromiseSent(Body):
    """What a unit promises, to whom, and how it is measured."""

    service_zh: str = Field(max_length=200)
    service_en: str = Field(max_length=200)
    kind: str = Field(max_length=10, description="time or quality")
    within_minutes: int | None = Field(default=None, ge=1, description="plant minutes, for a standard of time")
    standard_zh: str | None = Words
    standard_en: str | None = Words
    target_percent: int = Field(ge=1, le=100)
    customer_id: int | None = Field(default=None, ge=1, le=LARGEST_ID, description="none: every unit")
    link_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    source_zh: str | None = Field(default=None, max_length=300)
    source_en: str | None = Field(default=None, max_length=300)
    exclusions_zh: str | None = Words
    exclusions_en: str | None = Words
    remedy_zh: str | None = Words
    remedy_en: str | None = Words
    pausable: bool = False
    owner_id: int = Id
    next_review_on: date | None = None


class NewCommitment(PromiseSent):
    """The first revision of a commitment."""

    provider_id: int = Id


class ChangedCommitment(PromiseSent):
    """A draft that is changed."""

    rev: int = Rev


class PublishSent(Body):
    """From when a draft holds."""

    rev: int = Rev
    published_from: date | None = Field(default=None, description="none: today")
    next_review_on: date | None = None


class ReviewSent(Body):
    """That what is published still holds."""

    rev: int = Rev
    next_review_on: date


class ReasonSent(Body):
    """Why a commitment is revised or withdrawn."""

    rev: int = Rev
    reason: str = Field(max_length=500)


@bp.get("")
@needs("service.view")
def register() -> ResponseReturnValue:
    """Read a page of commitments (`site`, `provider`, `customer`, `kind`, `state`, `q`, `sort`, `after`)."""
    given = request.args
    wanted = service_commitments_register.Filter(
        sought=given.get("q", "")[:100], site_id=given.get("site", type=id_or_none),
        provider_id=given.get("provider", type=id_or_none), customer_id=given.get("customer", type=id_or_none),
        kind=given.get("kind", "")[:10], state=given.get("state", "")[:20])
    page = service_commitments_register.register(reading(), person(), wanted, wish())
    return jsonify({"commitments": [told(row) for row in page.rows], "next": page.following or None})


@bp.post("")
@needs("service.commit")
@takes(NewCommitment)
def draft() -> ResponseReturnValue:
    """Draft a commitment of a unit: 201."""
    sent = read_body(NewCommitment).model_dump()
    return _written("service.draft_commitment",
                    lambda session: service_commitments.draft(session, person(), **sent), 201)


@bp.get("/<id:commitment_id>")
@needs("service.view")
def show(commitment_id: int) -> ResponseReturnValue:
    """Read a revision of a commitment, and which others there are."""
    held = service_commitments_register.whole(reading(), person(), commitment_id)
    revisions = service_commitments_register.revisions(reading(), held)
    return jsonify(told(held) | {"revisions": [told(revision) for revision in revisions]})


@bp.put("/<id:commitment_id>")
@needs("service.commit")
@takes(ChangedCommitment)
def edit(commitment_id: int) -> ResponseReturnValue:
    """Change a draft."""
    sent = read_body(ChangedCommitment).model_dump()
    return _written("service.edit_commitment",
                    lambda session: service_commitments.edit(session, person(), commitment_id, **sent))


@bp.post("/<id:commitment_id>/publish")
@needs("service.commit")
@takes(PublishSent)
def publish(commitment_id: int) -> ResponseReturnValue:
    """Publish a draft; it ends the revision that it replaces the day before (R-50)."""
    sent = read_body(PublishSent).model_dump()
    return _written("service.publish_commitment",
                    lambda session: service_commitments.publish(session, person(), commitment_id, **sent))


@bp.post("/<id:commitment_id>/revise")
@needs("service.commit")
@takes(ReasonSent)
def revise(commitment_id: int) -> ResponseReturnValue:
    """Draft the next revision: 201."""
    sent = read_body(ReasonSent).model_dump()
    return _written("service.revise_commitment",
                    lambda session: service_commitments.revise(session, person(), commitment_id, **sent), 201)


@bp.post("/<id:commitment_id>/review")
@needs("service.commit")
@takes(ReviewSent)
def review(commitment_id: int) -> ResponseReturnValue:
    """Say that what is published was looked through and still holds."""
    sent = read_body(ReviewSent).model_dump()
    return _written("service.review_commitment",
                    lambda session: service_commitments.look_through(session, person(), commitment_id, **sent))


@bp.post("/<id:commitment_id>/withdraw")
@needs("service.commit")
@takes(ReasonSent)
def withdraw(commitment_id: int) -> ResponseReturnValue:
    """Withdraw a commitment; requests that run are served to their end."""
    sent = read_body(ReasonSent).model_dump()
    return _written("service.withdraw_commitment",
                    lambda session: service_commitments.withdraw(session, person(), commitment_id, **sent))


def _written(action: str, work: Callable[[Session], Commitment], status: int = 200) -> ResponseReturnValue:
    with writing(action) as session:
        body = told(work(session))
    return jsonify(body), status
