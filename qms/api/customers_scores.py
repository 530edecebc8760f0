"""Scorecard readings and special status of customers by JSON. Decides nothing.

A change carries the version (`rev`) at which the record was read; an older one is answered with 409 and both versions.
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
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import customers_scores as scores
from qms.workflows import customers_scores_grid as grids
from qms.workflows.customers_records import one

bp = Blueprint("customers_scores_api", __name__, url_prefix="/api/v1/customers")

MaybeId = Field(default=None, ge=1, le=LARGEST_ID)


class ReadingSent(Body):
    """What a scorecard says of a metric in a month; any day of the month names it. `action`: its number."""

    month: date
    metric: str = Field(max_length=30)
    value: Decimal
    read_on: date | None = None
    plant_id: int | None = MaybeId
    action: str | None = Field(default=None, max_length=40)
    note: str | None = Field(default=None, max_length=500)


class ReadingCorrected(Body):
    """A reading that is corrected, with the reason."""

    rev: int = Field(ge=1)
    value: Decimal
    action: str | None = Field(default=None, max_length=40)
    note: str | None = Field(default=None, max_length=500)
    reason: str = Field(max_length=500)


class StatusSent(Body):
    """A special status that a customer put us under."""

    kind: str = Field(max_length=30)
    from_on: date
    to_on: date | None = None
    cause: str = Field(max_length=1000)
    exit_criteria: str = Field(max_length=1000)
    body_told_on: date | None = None
    body_ref: str | None = Field(default=None, max_length=200)
    plant_id: int | None = MaybeId


class StatusChanged(StatusSent):
    """A special status that is changed."""

    rev: int = Field(ge=1)


@bp.get("/<id:customer_id>/scorecard")
@needs("customers.view")
def card(customer_id: int) -> ResponseReturnValue:
    """Read the scorecard of a customer for the twelve months up to `last` (YYYY-MM), and its special status."""
    customer = one(reading(), person(), customer_id)
    months, cards = grids.card(reading(), customer, _month(request.args.get("last", "")))
    return jsonify({
        "months": [month.isoformat() for month in months],
        "readings": [_told(r) for one_card in cards for held in one_card.months for r in held],
        "missing": [{"metric": c.metric, "month": month.isoformat()} for c in cards
                    for month, gone in zip(months, c.missing, strict=True) if gone],
        "statuses": [_told(s) for s in grids.statuses_of(reading(), customer_id)]})


@bp.post("/<id:customer_id>/readings")
@needs("customers.score")
@takes(ReadingSent)
def enter(customer_id: int) -> ResponseReturnValue:
    """Enter a reading: 201."""
    sent = read_body(ReadingSent)
    with writing("customers.enter_reading") as session:
        made = _told(scores.enter(session, person(), customer_id, **sent.model_dump()))
    return jsonify(made), 201


@bp.put("/readings/<id:reading_id>")
@needs("customers.score")
@takes(ReadingCorrected)
def correct(reading_id: int) -> ResponseReturnValue:
    """Correct a reading."""
    sent = read_body(ReadingCorrected).model_dump()
    with writing("customers.correct_reading") as session:
        return jsonify(_told(scores.correct(session, person(), reading_id, sent.pop("rev"), **sent)))


@bp.post("/<id:customer_id>/statuses")
@needs("customers.score")
@takes(StatusSent)
def put_under(customer_id: int) -> ResponseReturnValue:
    """Record a special status: 201."""
    sent = read_body(StatusSent)
    with writing("customers.add_status") as session:
        made = _told(scores.put_under(session, person(), customer_id, **sent.model_dump()))
    return jsonify(made), 201


@bp.put("/statuses/<id:status_id>")
@needs("customers.score")
@takes(StatusChanged)
def edit_status(status_id: int) -> ResponseReturnValue:
    """Change a special status."""
    sent = read_body(StatusChanged).model_dump()
    with writing("customers.edit_status") as session:
        return jsonify(_told(scores.edit_status(session, person(), status_id, sent.pop("rev"), **sent)))


def _month(text: str) -> date:
    if not text:
        return utc_now().date().replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Invalid("A month is written YYYY-MM.", "月份写作 YYYY-MM。", field="last") from None


def _told(record: Any) -> dict[str, Any]:
    return {column.key: plain(getattr(record, column.key)) for column in inspect(type(record)).column_attrs}
