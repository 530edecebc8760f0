"""Quarantine by JSON: places, what stands where, bringing product there, counting. Decides nothing."""

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.db import Record
from qms.models.dispositions_quarantine import QuarantineCount
from qms.rules.clock import rfc3339
from qms.rules.dispositions_quarantine import Extra, Found
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import dispositions_quarantine as workflow
from qms.workflows import dispositions_quarantine_register as registers
from qms.workflows.chain_paging import Wish

bp = Blueprint("dispositions_quarantine_api", __name__, url_prefix="/api/v1/quarantine")

Id = Field(ge=1, le=LARGEST_ID)
Pieces = Field(ge=0, le=1_000_000_000)
Said = Field(default=None, max_length=500)


class PlaceSent(Body):
    """A marked place for held product; without a unit it is of the whole plant."""

    code: str = Field(max_length=40)
    name_zh: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    unit_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    locked: bool = False


class NewPlace(PlaceSent):
    """A place that is marked for the first time."""

    site_id: int = Id


class ChangedPlace(PlaceSent):
    """A place that is changed, or taken out of use."""

    rev: int = Field(ge=1)
    active: bool = True


class Brought(Body):
    """A hold that is brought to a place, and the version at which it was read."""

    hold_id: int = Id
    rev: int = Field(ge=1)


class FoundSent(Body):
    """What was counted of one hold; a difference says why."""

    hold_id: int = Id
    counted: int = Pieces
    explanation: str | None = Said


class ExtraSent(Body):
    """Something that stands there and is held nowhere."""

    found_as: str = Field(max_length=200)
    counted: int = Pieces
    explanation: str | None = Said


class CountSent(Body):
    """A count of a place: every hold that stands there, and what stands there besides."""

    found: list[FoundSent] = Field(max_length=5000)
    extras: list[ExtraSent] = Field(default_factory=list, max_length=200)
    note: str | None = Said


@bp.get("/places")
@needs("dispositions.view")
def places() -> ResponseReturnValue:
    """Read the places with what stands in each (`site`)."""
    site_id = request.args.get("site", type=id_or_none)
    stocks = registers.stocks(reading(), person(), site_id)
    rows = []
    for place in registers.places(reading(), person(), site_id):
        stock = stocks.get(place.id)
        rows.append(_told(place) | {"holds": stock.holds if stock else 0, "pieces": stock.pieces if stock else 0})
    return jsonify({"places": rows})


@bp.post("/places")
@needs("dispositions.quarantine")
@takes(NewPlace)
def add_place() -> ResponseReturnValue:
    """Make a place: 201."""
    sent = read_body(NewPlace)
    with writing("dispositions.add_place") as session:
        body = _told(workflow.add_place(session, person(), **sent.model_dump()))
    return jsonify(body), 201


@bp.put("/places/<id:place_id>")
@needs("dispositions.quarantine")
@takes(ChangedPlace)
def edit_place(place_id: int) -> ResponseReturnValue:
    """Change a place, or take an empty one out of use."""
    sent = read_body(ChangedPlace)
    with writing("dispositions.edit_place") as session:
        body = _told(workflow.edit_place(session, person(), place_id, **sent.model_dump()))
    return jsonify(body)


@bp.get("/stock")
@needs("dispositions.view")
def stock() -> ResponseReturnValue:
    """Read a page of what is held, the oldest first (`place`: an id, or `none` for what stands nowhere; `after`)."""
    place, number = request.args.get("place", ""), request.args.get("place", type=id_or_none)
    wanted = registers.Filter(sought=request.args.get("q", "")[:100], site_id=request.args.get("site", type=id_or_none),
                              place=place if place == registers.NOWHERE else str(number or ""))
    page = registers.stock(reading(), person(), wanted, Wish(after=request.args.get("after", "")[:300]))
    return jsonify({"holds": [_told(hold) | {"rejection": hold.rejection.number} for hold in page.rows],
                    "next": page.following or None})


@bp.post("/places/<id:place_id>/bring")
@needs("dispositions.quarantine")
@takes(Brought)
def bring(place_id: int) -> ResponseReturnValue:
    """Bring what is held to a place."""
    sent = read_body(Brought)
    with writing("dispositions.bring") as session:
        body = _told(workflow.bring(session, person(), place_id, sent.hold_id, sent.rev))
    return jsonify(body)


@bp.post("/places/<id:place_id>/counts")
@needs("dispositions.quarantine")
@takes(CountSent)
def count(place_id: int) -> ResponseReturnValue:
    """Record a count: 201. 409 when something was brought or released since it was looked at."""
    sent = read_body(CountSent)
    with writing("dispositions.count") as session:
        made = workflow.count(
            session, person(), place_id, found={f.hold_id: Found(f.counted, f.explanation) for f in sent.found},
            extras=[Extra(e.found_as, e.counted, e.explanation) for e in sent.extras], note=sent.note)
        body = _whole(registers.one_count(session, person(), made.id))
    return jsonify(body), 201


@bp.get("/counts/<id:count_id>")
@needs("dispositions.view")
def show_count(count_id: int) -> ResponseReturnValue:
    """Read a count with its lines."""
    return jsonify(_whole(registers.one_count(reading(), person(), count_id)))


def _whole(made: QuarantineCount) -> dict[str, Any]:
    return _told(made) | {"lines": [_told(line) for line in made.lines]}


def _told(record: Record) -> dict[str, Any]:
    """Return a record as JSON: its columns, times in RFC 3339."""
    values = {column.name: getattr(record, column.name) for column in record.__table__.columns}
    return {key: rfc3339(value) if isinstance(value, datetime) else value for key, value in values.items()}
