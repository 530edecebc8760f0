"""First pieces and patrols by JSON, for enrolled tablets: what is due, the form, the verdicts. Decides nothing.

A verdict needs a sign-in: a badge says who somebody is, and never signs.
"""

from decimal import Decimal

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.models.acceptance_pieces import PieceCheck
from qms.rules.acceptance_pieces import MOST_PIECES, PieceResult
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid, NotFound
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.devices import as_device, device, needs_device
from qms.web.openapi_routes import takes
from qms.workflows.acceptance_pieces import item_inspected, one_check, open_checks, report_change
from qms.workflows.acceptance_pieces_judging import Verdict, judge, report_pieces
from qms.workflows.acceptance_pieces_told import form_told, told

bp = Blueprint("acceptance_pieces_api", __name__, url_prefix="/api/v1/piece-checks")

Id = Field(ge=1, le=LARGEST_ID)
IdOrNone = Field(default=None, ge=1, le=LARGEST_ID)


class Change(Body):
    """A change (5M1E) at an operation of the tablet."""

    unit_id: int = Id
    reason: str = Field(max_length=20)
    item_id: int | None = IdOrNone
    lot_id: int | None = IdOrNone


class ReadingSent(Body):
    """What was found for one characteristic on one piece. Numbers are judged by their limits, whatever `good` says."""

    characteristic_id: int = Id
    piece: int = Field(ge=1, le=MOST_PIECES)
    value: str | None = Field(default=None, max_length=40, pattern=r"^-?\d{1,18}(\.\d{1,18})?$")
    good: bool = True


class RejectionSent(Body):
    """Sent when the person wants what is not good reported as a rejection; without a quantity all of it."""

    quantity: int | None = Field(default=None, ge=1, le=MOST_PIECES)
    defect_id: int | None = IdOrNone


class Judgement(Body):
    """A verdict and the version at which the inspection was read."""

    rev: int = Field(ge=1)
    verdict: str = Field(max_length=10)
    good: bool
    pieces: int = Field(ge=0, le=1_000_000)
    nonconforming: int = Field(ge=0, le=1_000_000)
    item_id: int | None = IdOrNone
    lot_id: int | None = IdOrNone
    readings: list[ReadingSent] = Field(default_factory=list, max_length=5000)
    note: str | None = Field(default=None, max_length=500)
    rejection: RejectionSent | None = None


@bp.get("")
@needs_device
def open_inspections() -> ResponseReturnValue:
    """Read what an operation of the tablet (`unit`) has still to judge, the first due first."""
    unit_id = request.args.get("unit", type=id_or_none)
    _check_served(unit_id)
    at = utc_now()
    return jsonify({"checks": [told(check, g.person, at) for check in open_checks(reading(), (unit_id or 0,))]})


@bp.post("")
@needs_device
@needs("acceptance.present")
@takes(Change)
def change() -> ResponseReturnValue:
    """Report a change (5M1E): a first piece is asked for, 201. The same change again gives the one that waits."""
    sent = read_body(Change)
    _check_served(sent.unit_id)
    with writing("acceptance.ask_piece_check") as session:
        made = report_change(session, person(), **sent.model_dump())
        body = told(made, person(), utc_now())
    return jsonify(body), 201


@bp.get("/<id:check_id>/form")
@needs_device
def form(check_id: int) -> ResponseReturnValue:
    """Read the form of an inspection, generated from the standard in force for the item (`item`, or that of `lot`)."""
    check = _served(check_id)
    item_id, lot_id = (request.args.get(key, type=id_or_none) for key in ("item", "lot"))
    found = item_inspected(reading(), check.site_id, item_id or check.item_id, lot_id or check.lot_id)
    return jsonify(form_told(reading(), check, found))


@bp.post("/<id:check_id>/judge")
@needs_device
@needs("acceptance.view")
@takes(Judgement)
def judge_pieces(check_id: int) -> ResponseReturnValue:
    """Judge the pieces: self, mutual or dedicated. With `rejection`, what is not good is reported and held as well."""
    sent = read_body(Judgement)
    _served(check_id)
    if sent.rejection is not None and sent.good:
        raise Invalid("What is good is not rejected.", "合格品不能报告为不合格。", field="rejection")
    given = Verdict(sent.verdict, sent.good, sent.pieces, sent.nonconforming, note=sent.note, results=[
        PieceResult(r.characteristic_id, r.piece, None if r.value is None else Decimal(r.value), r.good)
        for r in sent.readings])
    with writing("acceptance.judge_pieces") as session:
        check = judge(session, person(), check_id, sent.rev, given, item_id=sent.item_id, lot_id=sent.lot_id)
        made = None if sent.rejection is None else report_pieces(
            session, person(), check, source="station", **sent.rejection.model_dump())
        body = told(check, person(), utc_now())
    return jsonify(body | {"rejection": {"id": made.id, "number": made.number} if made else None})


def _served(check_id: int) -> PieceCheck:
    """Return an inspection of an operation that the tablet serves. Raises NotFound."""
    check = one_check(reading(), as_device(), check_id)
    if check.unit_id not in device().units:
        raise NotFound
    return check


def _check_served(unit_id: int | None) -> None:
    if unit_id not in device().units:
        raise NotFound("This tablet does not serve that operation.", "此平板不服务于该工序。")
