"""Hand-overs by JSON: present, accept, refuse, accept the rest. Decides nothing.

Each change carries the version at which the hand-over was read; an older one is answered with 409 and both versions.
"""

from decimal import Decimal
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from qms.models.acceptance import Handover
from qms.rules.acceptance import Result
from qms.rules.clock import rfc3339
from qms.web import needs, person, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import acceptance, acceptance_settling

bp = Blueprint("handovers_api", __name__, url_prefix="/api/v1/handovers")

Id = Field(ge=1, le=LARGEST_ID)


class ResultSent(Body):
    """One result: a measured value of a piece, or how many of the pieces failed an attribute."""

    characteristic_id: int = Id
    value: str | None = Field(default=None, max_length=40, pattern=r"^-?\d{1,18}(\.\d{1,18})?$")
    piece: int = Field(default=1, ge=1, le=1_000_000)
    pieces: int = Field(default=1, ge=1, le=2_147_483_647)
    nonconforming: int = Field(default=0, ge=0, le=2_147_483_647)


class Accept(Body):
    """What it takes to accept: the version read, and a result for each characteristic."""

    rev: int = Field(ge=1)
    results: list[ResultSent] = Field(default_factory=list, max_length=5000)


class AcceptRest(Accept):
    """Accept what was not reported; every piece was looked at."""

    sorted_all: bool


class Refuse(Body):
    """Refuse the whole quantity on what was reported of it."""

    rev: int = Field(ge=1)


class Present(Body):
    """Hand a quantity of a lot over to the customer of a link."""

    link_id: int = Id
    lot_id: int = Id
    quantity: int = Field(ge=1, le=2_147_483_647)
    self_check: str = Field(max_length=10)
    previous_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    rework: bool = False
    remark: str | None = Field(default=None, max_length=1000)


@bp.post("")
@needs("acceptance.present")
@takes(Present)
def present() -> ResponseReturnValue:
    """Present a quantity of a lot, with the self-check's result."""
    sent = read_body(Present)
    with writing("acceptance.present") as session:
        made = acceptance.present(session, person(), source="station", **sent.model_dump())
    return jsonify(_whole(made)), 201


@bp.post("/<id:handover_id>/accept")
@needs("acceptance.decide")
@takes(Accept)
def accept(handover_id: int) -> ResponseReturnValue:
    """Accept the whole quantity by the standard in force."""
    sent = read_body(Accept)
    with writing("acceptance.accept") as session:
        made = acceptance.accept(session, person(), handover_id, sent.rev, results=_results(sent.results))
    return jsonify(_whole(made))


@bp.post("/<id:handover_id>/accept-the-rest")
@needs("acceptance.decide")
@takes(AcceptRest)
def accept_the_rest(handover_id: int) -> ResponseReturnValue:
    """Accept what was not reported, after every piece was looked at."""
    sent = read_body(AcceptRest)
    with writing("acceptance.partly_accept") as session:
        made = acceptance_settling.accept_the_rest(session, person(), handover_id, sent.rev,
                                                   sorted_all=sent.sorted_all, results=_results(sent.results))
    return jsonify(_whole(made))


@bp.post("/<id:handover_id>/refuse")
@needs("acceptance.decide")
@takes(Refuse)
def refuse(handover_id: int) -> ResponseReturnValue:
    """Refuse the whole quantity on what was reported of it."""
    sent = read_body(Refuse)
    with writing("acceptance.reject") as session:
        made = acceptance_settling.refuse_on_reports(session, person(), handover_id, sent.rev)
    return jsonify(_whole(made))


def _results(sent: list[ResultSent]) -> list[Result]:
    return [Result(characteristic_id=r.characteristic_id, value=None if r.value is None else Decimal(r.value),
                   piece=r.piece, pieces=r.pieces, nonconforming=r.nonconforming) for r in sent]


def _whole(handover: Handover) -> dict[str, Any]:
    fields = ("id", "rev", "number", "state", "link_id", "lot_id", "item_id", "quantity", "accepted", "rejected",
              "for_review", "presentation", "self_check")
    return {**{name: getattr(handover, name) for name in fields}, "presented_at": rfc3339(handover.presented_at),
            "decided_at": rfc3339(handover.decided_at) if handover.decided_at else None}
