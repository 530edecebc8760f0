"""Visits and calls by JSON: the register, one, planning one, and every step on it. Decides nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import inspect

from forms.base_json import LARGEST_ID, Body
from qms.db.ledger import plain
from qms.models.customers_visits import CustomerVisit
from qms.rules.customers_visits import STEPS as VISIT
from qms.rules.steps import step_of
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import customers_visits as visits
from qms.workflows import customers_visits_register as registers
from qms.workflows.chain_paging import Wish
from qms.workflows.exports_filters import filter_of

bp = Blueprint("customers_visits_api", __name__, url_prefix="/api/v1/customer-visits")


class Planned(Body):
    """A visit or call that is planned."""

    unit_id: int = Field(ge=1, le=LARGEST_ID)
    kind: str = Field(max_length=20)
    purpose: str = Field(max_length=1000)
    planned_on: date
    goer_id: int = Field(ge=1, le=LARGEST_ID)
    best_time: str | None = Field(default=None, max_length=200)


class Step(Body):
    """A step and the version at which the visit was read."""

    rev: int = Field(ge=1)


class CalledOff(Step):
    """A visit that is called off."""

    reason: str = Field(max_length=500)


class Moved(CalledOff):
    """A visit that is moved to another day or person."""

    planned_on: date
    goer_id: int = Field(ge=1, le=LARGEST_ID)
    best_time: str | None = Field(default=None, max_length=200)


class Logged(Step):
    """What was said. `satisfied` null: nobody said."""

    done_on: date
    said: str = Field(max_length=4000)
    satisfied: int | None = Field(default=None, ge=1, le=5)


class Recorded(Logged):
    """What was said, and the day of the next one; null: none is planned."""

    next_on: date | None = None
    best_time: str | None = Field(default=None, max_length=200)


class Corrected(Logged):
    """A log that is corrected."""

    reason: str = Field(max_length=500)


STEPS: dict[str, tuple[type[Body], Callable[..., CustomerVisit]]] = {
    "record": (Recorded, visits.record), "move": (Moved, visits.move), "call_off": (CalledOff, visits.call_off),
    "correct": (Corrected, visits.correct),
}


@bp.get("")
@needs("customers.view")
def register() -> ResponseReturnValue:
    """Read a page of the register; `next` is what to send as `after` for the older ones, null at the end."""
    wanted = filter_of(registers.Filter, request.args.to_dict())
    found = registers.register(reading(), person(), wanted, Wish(after=request.args.get("after", "")[:300]))
    return jsonify({"visits": [_told(row) for row in found.rows], "next": found.following or None})


@bp.get("/<id:visit_id>")
@needs("customers.view")
def show(visit_id: int) -> ResponseReturnValue:
    """Read one visit; its version is the ETag."""
    held = registers.whole(reading(), person(), visit_id)
    answer = jsonify(_told(held))
    answer.set_etag(f"v{held.rev}")
    return answer


@bp.post("")
@needs("service.follow")
@takes(Planned)
def plan() -> ResponseReturnValue:
    """Plan a visit or call: 201."""
    sent = read_body(Planned).model_dump()
    with writing("customers.plan_visit") as session:
        made = visits.plan(session, person(), sent.pop("unit_id"), **sent)
    return jsonify(_told(made)), 201


def _route(name: str) -> None:
    model, step = STEPS[name]

    def view(visit_id: int) -> ResponseReturnValue:
        sent = read_body(model)
        with writing(f"customers.{name}_visit") as session:
            held = step(session, person(), visit_id, **sent.model_dump())
        return jsonify(_told(held))

    view.__name__, view.__doc__ = name, f"{step_of(VISIT, name).words.en}."
    bp.post(f"/<id:visit_id>/{name.replace('_', '-')}")(needs(step_of(VISIT, name).permission)(takes(model)(view)))


for _name in STEPS:
    _route(_name)


def _told(held: CustomerVisit) -> dict[str, Any]:
    return {column.key: plain(getattr(held, column.key)) for column in inspect(CustomerVisit).column_attrs}
