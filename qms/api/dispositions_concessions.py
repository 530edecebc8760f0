"""Concessions by JSON: the register, one with its uses, the draft and every step on it. Decides nothing.

Each step carries the version at which the concession was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from forms.trail_signatures_json import SignedBody
from qms.db.ledger import plain
from qms.models.dispositions_concessions import Concession
from qms.rules.clock import rfc3339
from qms.rules.dispositions_concessions import STEPS as CONCESSION
from qms.rules.steps import step_of
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.web.signing import sent_by, told_signatures
from qms.workflows import dispositions_concessions as concessions
from qms.workflows import dispositions_concessions_register as pages
from qms.workflows import dispositions_concessions_shown as shown
from qms.workflows.chain_paging import Wish
from qms.workflows.exports_filters import filter_of

bp = Blueprint("dispositions_concessions_api", __name__, url_prefix="/api/v1/concessions")

_FIELDS = ("id", "number", "rev", "kind", "state", "originator", "site_id", "rejection_id", "item_id", "drawing_rev",
           "defect_id", "lot_id", "characteristic", "deviation", "operations", "customer_id", "customer_ref",
           "customer_approver", "customer_approver_role", "customer_decided_on", "quantity_authorised",
           "quantity_used", "starts_on", "expires_on", "sub_components", "customer_told", "label_text",
           "drafted_by_id", "drafted_at", "approved_by_id", "approved_at", "refused_reason", "withdrawn_reason",
           "ended_at", "back_to_spec_at", "back_to_spec_by_id")


class Asked(Body):
    """What is asked for; a field that is not listed here is refused."""

    item_id: int = Field(ge=1, le=LARGEST_ID)
    customer_id: int = Field(ge=1, le=LARGEST_ID)
    characteristic: str = Field(max_length=200)
    deviation: str = Field(max_length=1000)
    kind: str = Field(default="concession", max_length=20)
    originator: str = Field(default="own", max_length=20)
    drawing_rev: str = Field(default="", max_length=20)
    defect_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    lot_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    operations: str | None = Field(default=None, max_length=200)
    quantity_authorised: int | None = Field(default=None, ge=1, le=2_147_483_647)
    starts_on: date | None = None
    expires_on: date | None = None
    sub_components: bool = False
    label_text: str | None = Field(default=None, max_length=200)


class Draft(Asked):
    """A new request; `rejection_id`: for the fault of that rejection."""

    site_id: int = Field(ge=1, le=LARGEST_ID)
    rejection_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)


class Edit(Asked):
    """A changed draft and the version at which it was read."""

    rev: int = Field(ge=1)


class Step(Body):
    """A step and the version at which the concession was read."""

    rev: int = Field(ge=1)


class Send(Step):
    """Whether the request tells the customer that sub-components are used again."""

    customer_told: bool = False


class Approve(Step, SignedBody):
    """The approval of a draft inside."""


class Approval(Step, SignedBody):
    """What the customer authorised."""

    customer_ref: str = Field(max_length=120)
    customer_approver: str = Field(max_length=120)
    customer_approver_role: str | None = Field(default=None, max_length=120)
    customer_decided_on: date
    quantity_authorised: int | None = Field(default=None, ge=1, le=2_147_483_647)
    starts_on: date | None = None
    expires_on: date | None = None


class Reason(Step):
    """Why it was refused or is withdrawn."""

    reason: str = Field(max_length=500)


STEPS: dict[str, tuple[type[Step], Callable[..., Concession], str]] = {
    "approve": (Approve, concessions.approve_internally, "dispositions.approve_concession"),
    "send": (Send, concessions.send, "dispositions.send_concession"),
    "record_approval": (Approval, concessions.record_approval, "dispositions.record_approval"),
    "record_refusal": (Reason, concessions.record_refusal, "dispositions.record_refusal"),
    "withdraw": (Reason, concessions.withdraw, "dispositions.withdraw_concession"),
    "confirm_back": (Step, concessions.confirm_back_to_spec, "dispositions.confirm_back"),
}


@bp.get("")
@needs("dispositions.view")
def register() -> Response:
    """Read a page of the register; `next` is what to send as `after` for the older ones, null at the end."""
    wanted = filter_of(pages.Filter, request.args.to_dict())
    found = pages.register(reading(), person(), wanted, Wish(after=request.args.get("after", "")[:300]))
    return jsonify({"concessions": [_told(row) for row in found.rows], "next": found.following or None})


@bp.get("/<id:concession_id>")
@needs("dispositions.view")
def show(concession_id: int) -> Response:
    """Read one concession with its uses; its version is the ETag."""
    held = shown.whole(reading(), person(), concession_id)
    uses = [{"disposition_id": use.disposition_id, "quantity": use.quantity, "at": rfc3339(use.at), "by_id": use.by_id,
             "containers": use.containers.split(", "), "active": use.active} for use in held.uses]
    answer = jsonify(_told(held) | {"uses": uses, "signatures": told_signatures("concessions", [held.id])})
    answer.set_etag(f"v{held.rev}")
    return answer


@bp.post("")
@needs("dispositions.concede")
@takes(Draft)
def draft() -> ResponseReturnValue:
    """Draft a request."""
    sent = read_body(Draft)
    with writing("dispositions.draft_concession") as session:
        made = concessions.draft(session, person(), site_id=sent.site_id, rejection_id=sent.rejection_id,
                                 request=_request(sent))
    return jsonify(_told(made)), 201


@bp.put("/<id:concession_id>")
@needs("dispositions.concede")
@takes(Edit)
def edit(concession_id: int) -> ResponseReturnValue:
    """Change a draft."""
    sent = read_body(Edit)
    with writing("dispositions.edit_concession") as session:
        held = concessions.edit(session, person(), concession_id, sent.rev, _request(sent))
    return jsonify(_told(held))


def _route(name: str) -> None:
    model, step, action = STEPS[name]

    def view(concession_id: int) -> ResponseReturnValue:
        sent = sent_by(read_body(model))
        with writing(action) as session:
            held = step(session, person(), concession_id, **sent)
        return jsonify(_told(held))

    view.__name__, view.__doc__ = name, f"{step_of(CONCESSION, name).words.en}."
    permission = step_of(CONCESSION, name).permission
    bp.post(f"/<id:concession_id>/{name.replace('_', '-')}")(needs(permission)(takes(model)(view)))


for _name in STEPS:
    _route(_name)


def _request(sent: Asked) -> concessions.Request:
    return concessions.Request(**{one.name: getattr(sent, one.name) for one in fields(concessions.Request)})


def _told(held: Concession) -> dict[str, Any]:
    return {name: plain(getattr(held, name)) for name in _FIELDS}
