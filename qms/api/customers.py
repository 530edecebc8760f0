"""Outside customers by JSON: the register, one with its lines, registering, changing, grading. Decides nothing.

A customer's id is that of its unit in the chain. A change carries the version (`rev`) at which the record was read; an
older one is answered with 409 and both versions.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import inspect

from forms.base_json import LARGEST_ID, Body
from qms.db.ledger import plain
from qms.web import needs, person, reading, seen, shows_people, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import customers, customers_grading, customers_parts
from qms.workflows import customers_register as registers
from qms.workflows.chain_paging import Wish
from qms.workflows.customers_records import one
from qms.workflows.exports_filters import filter_of

bp = Blueprint("customers_api", __name__, url_prefix="/api/v1/customers")

Id = Field(ge=1, le=LARGEST_ID)
Rev = Field(ge=1)


class CustomerSent(Body):
    """What is kept of a customer beside its unit."""

    share_percent: int | None = Field(default=None, ge=0, le=100)
    risk: str | None = Field(default=None, max_length=10)
    strategic: bool = False
    written_in: str = Field(default="zh", max_length=2)
    portal_url: str | None = Field(default=None, max_length=300)
    portal_note: str | None = Field(default=None, max_length=500)
    note: str | None = Field(default=None, max_length=2000)


class ChangedCustomer(CustomerSent):
    """A customer that is changed, or taken out of use."""

    rev: int = Rev
    active: bool = True


class Graded(Body):
    """A grade asked for again: by the rule."""

    rev: int = Rev


class Overridden(Graded):
    """Another grade than the rule's."""

    grade: str = Field(max_length=1)
    reason: str = Field(max_length=500)


class PlantSent(Body):
    """A plant to which we deliver."""

    code: str = Field(max_length=40)
    name_zh: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    address: str | None = Field(default=None, max_length=300)
    active: bool = True


class ContactSent(Body):
    """Somebody at the customer whom we speak to."""

    name: str = Field(max_length=120)
    function: str = Field(max_length=20)
    plant_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    phone: str | None = Field(default=None, max_length=60)
    email: str | None = Field(default=None, max_length=200)
    written_in: str = Field(default="zh", max_length=2)
    active: bool = True


class TargetSent(Body):
    """What the customer expects by one metric, from a day on."""

    metric: str = Field(max_length=30)
    value: Decimal
    valid_from: date
    source_doc: str | None = Field(default=None, max_length=200)
    active: bool = True


class RequirementSent(Body):
    """A customer-specific requirement."""

    kind: str = Field(max_length=30)
    hours: int | None = Field(default=None, ge=1, le=10_000)
    item_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    text_zh: str = Field(max_length=1000)
    text_en: str = Field(max_length=1000)
    valid_from: date
    valid_to: date | None = None
    source_doc: str | None = Field(default=None, max_length=200)
    active: bool = True


@bp.get("")
@needs("customers.view")
def register() -> ResponseReturnValue:
    """Read a page of customers; `next` is what to send as `after`, null at the end."""
    wanted = filter_of(registers.Filter, request.args.to_dict())
    page = registers.customers(reading(), person(), wanted, Wish(after=request.args.get("after", "")[:300]))
    return jsonify({"customers": [told(row) for row in page.rows], "next": page.following or None})


@bp.get("/<id:customer_id>")
@needs("customers.view")
@shows_people("contacts")
def show(customer_id: int) -> ResponseReturnValue:
    """Read a customer with its plants, contacts, targets, requirements and grades."""
    customer = one(reading(), person(), customer_id)
    parts = registers.parts(reading(), customer_id)
    seen(len(parts.contacts))
    answer = jsonify(told(customer) | {name: [told(row) for row in rows] for name, rows in parts._asdict().items()})
    answer.set_etag(f"v{customer.rev}")
    return answer


@bp.post("/<id:customer_id>")
@needs("customers.edit")
@takes(CustomerSent)
def register_customer(customer_id: int) -> ResponseReturnValue:
    """Register a customer whose unit is in the chain: 201."""
    sent = read_body(CustomerSent)
    with writing("customers.register") as session:
        made = told(customers.register(session, person(), customer_id, **sent.model_dump()))
    return jsonify(made), 201


@bp.put("/<id:customer_id>")
@needs("customers.edit")
@takes(ChangedCustomer)
def edit(customer_id: int) -> ResponseReturnValue:
    """Change a customer, or take it out of use."""
    sent = read_body(ChangedCustomer).model_dump()
    with writing("customers.edit") as session:
        return jsonify(told(customers.edit(session, person(), customer_id, sent.pop("rev"), **sent)))


@bp.post("/<id:customer_id>/grade")
@needs("customers.edit")
@takes(Graded)
def grade(customer_id: int) -> ResponseReturnValue:
    """Grade a customer by the rule in force."""
    sent = read_body(Graded)
    with writing("customers.grade") as session:
        return jsonify(told(customers_grading.grade_again(session, person(), customer_id, sent.rev)))


@bp.post("/<id:customer_id>/grade/override")
@needs("customers.edit")
@takes(Overridden)
def override(customer_id: int) -> ResponseReturnValue:
    """Give a customer another grade than the rule's, with a reason."""
    sent = read_body(Overridden)
    with writing("customers.override") as session:
        return jsonify(told(customers_grading.override(session, person(), customer_id, sent.rev, grade=sent.grade,
                                                       reason=sent.reason)))


SENT: dict[str, type[Body]] = {"plant": PlantSent, "contact": ContactSent, "target": TargetSent,
                               "requirement": RequirementSent}


def _routes(kind: str) -> None:
    model = SENT[kind]
    changed = type(f"Changed{model.__name__}", (model,), {
        "__doc__": model.__doc__, "__annotations__": {"rev": int}, "rev": Rev})

    def add(customer_id: int) -> ResponseReturnValue:
        sent = read_body(model)
        with writing(f"customers.add_{kind}") as session:
            made = told(customers_parts.add(session, person(), customer_id, kind, **sent.model_dump()))
        return jsonify(made), 201

    def change(part_id: int) -> ResponseReturnValue:
        sent: dict[str, Any] = read_body(changed).model_dump()
        with writing(f"customers.edit_{kind}") as session:
            return jsonify(told(customers_parts.edit(session, person(), part_id, kind, sent.pop("rev"), **sent)))

    add.__name__, add.__doc__ = f"add_{kind}", f"Add a {kind} to a customer: 201."
    change.__name__, change.__doc__ = f"edit_{kind}", f"Change a {kind} of a customer, or take it out of use."
    bp.post(f"/<id:customer_id>/{kind}s")(needs("customers.edit")(takes(model)(add)))
    bp.put(f"/{kind}s/<id:part_id>")(needs("customers.edit")(takes(changed)(change)))


for _kind in SENT:
    _routes(_kind)


def told(record: Any) -> dict[str, Any]:
    """Return every column of a record as JSON; a customer's `id` is that of its unit."""
    held = {column.key: plain(getattr(record, column.key)) for column in inspect(type(record)).column_attrs}
    return held if "unit_id" not in held else held | {"id": held["unit_id"]}
