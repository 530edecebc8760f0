"""Notices to customers by JSON: the register, one, and every step on it. Decides nothing.

Each step carries the version at which the notice was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field

from forms.base_json import LARGEST_ID, Body
from qms.models.dispositions_concessions import CustomerNotice
from qms.rules.clock import rfc3339
from qms.rules.dispositions_notices import STEPS as NOTICE
from qms.rules.steps import step_of
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import dispositions_notices as notices
from qms.workflows import dispositions_notices_register as pages
from qms.workflows.chain_paging import Wish
from qms.workflows.exports_filters import filter_of

bp = Blueprint("dispositions_notices_api", __name__, url_prefix="/api/v1/customer-notices")

_FIELDS = ("id", "number", "rev", "state", "site_id", "rejection_id", "customer_id", "quantity", "shipments",
           "known_at", "due_at", "told_at", "told_by_id", "channel", "person_told", "notice", "followed_up_at",
           "followed_up_by_id", "follow_up", "closed_at", "closed_by_id", "answer", "void_reason")


class Step(Body):
    """A step and the version at which the notice was read."""

    rev: int = Field(ge=1)


class Tell(Step):
    """When (null: now), how and whom the customer was told, and what."""

    told_at: AwareDatetime | None = None
    channel: str = Field(max_length=20)
    person_told: str = Field(max_length=120)
    notice: str = Field(max_length=2000)
    customer_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    shipments: str | None = Field(default=None, max_length=500)


class FollowUp(Step):
    """The detail that was sent after the first notice."""

    follow_up: str = Field(max_length=2000)


class Answer(Step):
    """What the customer answered."""

    answer: str = Field(max_length=2000)


class Void(Step):
    """Why a notice of what was not shipped after all is void."""

    reason: str = Field(max_length=500)


STEPS: dict[str, tuple[type[Step], Callable[..., CustomerNotice]]] = {
    "tell": (Tell, notices.tell), "follow_up": (FollowUp, notices.follow_up), "close": (Answer, notices.close),
    "void": (Void, notices.void),
}


@bp.get("")
@needs("dispositions.view")
def register() -> Response:
    """Read a page of the register; `next` is what to send as `after` for the older ones, null at the end."""
    wanted = filter_of(pages.Filter, request.args.to_dict())
    found = pages.register(reading(), person(), wanted, Wish(after=request.args.get("after", "")[:300]))
    return jsonify({"notices": [_told(row) for row in found.rows], "next": found.following or None})


@bp.get("/<id:notice_id>")
@needs("dispositions.view")
def show(notice_id: int) -> Response:
    """Read one notice; its version is the ETag."""
    held = notices.one(reading(), person(), notice_id)
    answer = jsonify(_told(held))
    answer.set_etag(f"v{held.rev}")
    return answer


def _route(name: str) -> None:
    model, step = STEPS[name]

    def view(notice_id: int) -> ResponseReturnValue:
        sent = read_body(model)
        with writing(f"dispositions.{name}_notice") as session:
            held = step(session, person(), notice_id, **sent.model_dump())
        return jsonify(_told(held))

    view.__name__, view.__doc__ = name, f"{step_of(NOTICE, name).words.en}."
    permission = step_of(NOTICE, name).permission
    bp.post(f"/<id:notice_id>/{name.replace('_', '-')}")(needs(permission)(takes(model)(view)))


for _name in STEPS:
    _route(_name)


def _told(held: CustomerNotice) -> dict[str, Any]:
    values = {name: getattr(held, name) for name in _FIELDS}
    return {name: rfc3339(value) if isinstance(value, datetime) else value for name, value in values.items()}
