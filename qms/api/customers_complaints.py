"""Customers' complaints by JSON: the register, one, recording one, and every step on it. Decides nothing.

Each step carries the version at which the complaint was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field
from sqlalchemy import inspect

from forms.base_json import LARGEST_ID, Body
from qms.db.ledger import plain
from qms.models.customers_complaints import CustomerComplaint
from qms.rules.customers_complaints import STEPS as COMPLAINT
from qms.rules.steps import step_of
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import customers_complaints as complaints
from qms.workflows import customers_complaints_records as records
from qms.workflows import customers_complaints_register as registers
from qms.workflows import customers_complaints_tracing as tracing
from qms.workflows.chain_paging import Wish
from qms.workflows.exports_filters import filter_of

bp = Blueprint("customers_complaints_api", __name__, url_prefix="/api/v1/customer-complaints")

Id = Field(ge=1, le=LARGEST_ID)
MaybeId = Field(default=None, ge=1, le=LARGEST_ID)
Pieces = Field(default=None, ge=0, le=1_000_000_000)


class ComplaintSent(Body):
    """What the customer said, as far as it is known."""

    kind: str = Field(max_length=20)
    severity: str = Field(max_length=2)
    place: str | None = Field(default=None, max_length=20)
    customer_ref: str | None = Field(default=None, max_length=120)
    plant_id: int | None = MaybeId
    item_id: int | None = MaybeId
    item_text: str | None = Field(default=None, max_length=200)
    lot_id: int | None = MaybeId
    lots_text: str | None = Field(default=None, max_length=500)
    defect_id: int | None = MaybeId
    quantity_claimed: int | None = Pieces
    description: str = Field(max_length=4000)


class NewComplaint(ComplaintSent):
    """A complaint that is recorded; its clocks run from when it was received."""

    customer_id: int = Id
    received_at: AwareDatetime


class ComplaintStep(Body):
    """A step and the version at which the complaint was read."""

    rev: int = Field(ge=1)


class ComplaintChanged(ComplaintSent):
    """A complaint that is corrected."""

    rev: int = Field(ge=1)


class Contain(ComplaintStep):
    """What was contained where (D3). `sent_at` null: now."""

    containment: str = Field(max_length=4000)
    sent_at: AwareDatetime | None = None


class Analyse(ComplaintStep):
    """What the analysis found (D5). `sent_at` null: now."""

    analysis: str = Field(max_length=4000)
    quantity_confirmed: int | None = Pieces
    responsibility: str = Field(default="open", max_length=10)
    share_percent: int | None = Field(default=None, ge=1, le=99)
    no_fault_found: bool = False
    criteria_ref: str | None = Field(default=None, max_length=120)
    sent_at: AwareDatetime | None = None


class Answer(ComplaintStep):
    """The final answer (D8). `sent_at` null: now."""

    reply: str = Field(max_length=4000)
    told_inside: str = Field(max_length=500)
    sent_at: AwareDatetime | None = None


class Accepted(ComplaintStep):
    """The customer's word."""

    accepted_by: str = Field(max_length=120)


class Reasoned(ComplaintStep):
    """A step that needs a reason."""

    reason: str = Field(max_length=500)


class Returned(ComplaintStep):
    """Complained parts that came back."""

    return_received_on: date
    return_quantity: int = Field(ge=1, le=1_000_000_000)


class Traced(ComplaintStep):
    """Where the defect was made, or why that is not known."""

    origin_unit_id: int | None = MaybeId
    unknown_reason: str | None = Field(default=None, max_length=1000)


class Linked(ComplaintStep):
    """The rejection under which the same is dealt with inside."""

    number: str = Field(max_length=40)


STEPS: dict[str, tuple[type[Body], Callable[..., CustomerComplaint]]] = {
    "contain": (Contain, complaints.contain), "analyse": (Analyse, complaints.analyse),
    "answer": (Answer, complaints.answer), "accept": (Accepted, complaints.accept),
    "refuse": (Reasoned, complaints.refuse), "close": (ComplaintStep, complaints.close),
    "lapse": (Reasoned, complaints.lapse), "reopen": (Reasoned, complaints.reopen), "void": (Reasoned, complaints.void),
    "justify": (Reasoned, complaints.justify), "receive_return": (Returned, complaints.receive_return),
    "trace": (Traced, tracing.trace), "link": (Linked, tracing.link),
}


@bp.get("")
@needs("customers.view")
def register() -> ResponseReturnValue:
    """Read a page of the register; `next` is what to send as `after` for the older ones, null at the end."""
    wanted = filter_of(registers.Filter, request.args.to_dict())
    found = registers.register(reading(), person(), wanted, Wish(after=request.args.get("after", "")[:300]))
    return jsonify({"complaints": [_told(row) for row in found.rows], "next": found.following or None})


@bp.get("/<id:complaint_id>")
@needs("customers.view")
def show(complaint_id: int) -> ResponseReturnValue:
    """Read one complaint with the operations that let it pass; its version is the ETag."""
    held = records.whole(reading(), person(), complaint_id)
    answer = jsonify(_told(held) | {"passages": [
        {"position": p.position, "unit_id": p.unit_id, "detectable": p.detectable} for p in held.passages if p.active]})
    answer.set_etag(f"v{held.rev}")
    return answer


@bp.post("")
@needs("customers.complain")
@takes(NewComplaint)
def receive() -> ResponseReturnValue:
    """Record a complaint: 201."""
    sent = read_body(NewComplaint).model_dump()
    with writing("customers.receive") as session:
        made = complaints.receive(session, person(), sent.pop("customer_id"), source="api", **sent)
    return jsonify(_told(made)), 201


@bp.put("/<id:complaint_id>")
@needs("customers.complain")
@takes(ComplaintChanged)
def edit(complaint_id: int) -> ResponseReturnValue:
    """Correct what was recorded of a complaint."""
    sent = read_body(ComplaintChanged).model_dump()
    with writing("customers.edit_complaint") as session:
        held = complaints.edit(session, person(), complaint_id, sent.pop("rev"), **sent)
    return jsonify(_told(held))


def _route(name: str) -> None:
    model, step = STEPS[name]

    def view(complaint_id: int) -> ResponseReturnValue:
        sent = read_body(model)
        with writing(f"customers.{name}_complaint") as session:
            held = step(session, person(), complaint_id, **sent.model_dump())
        return jsonify(_told(held))

    view.__name__, view.__doc__ = name, f"{step_of(COMPLAINT, name).words.en}."
    permission = step_of(COMPLAINT, name).permission
    bp.post(f"/<id:complaint_id>/{name.replace('_', '-')}")(needs(permission)(takes(model)(view)))


for _name in STEPS:
    _route(_name)


def _told(held: CustomerComplaint) -> dict[str, Any]:
    return {column.key: plain(getattr(held, column.key)) for column in inspect(CustomerComplaint).column_attrs}
