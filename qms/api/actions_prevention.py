"""D7 of corrective actions by JSON: documents, risk register, similar places. Decides nothing."""

from datetime import UTC
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field

from forms.base_json import LARGEST_ID, Body
from qms.models.actions_causes import DocumentUpdate, ReadAcross
from qms.rules.clock import rfc3339
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import actions_documents
from qms.workflows.actions_parts import case, part
from qms.workflows.actions_similar import similar

bp = Blueprint("actions_prevention_api", __name__, url_prefix="/api/v1/actions")



class DocumentSent(Body):
    """The answer for a class of document; `rev` 0 for the first one."""

    rev: int = Field(ge=0)
    affected: bool
    reference: str | None = Field(default=None, max_length=120)
    rev_before: str | None = Field(default=None, max_length=20)
    rev_after: str | None = Field(default=None, max_length=20)
    standard_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    reason: str | None = Field(default=None, max_length=500)


class RiskSent(Body):
    """The answer for the risk register; `rev` is the case's."""

    rev: int = Field(ge=1)
    risk_register: str = Field(max_length=500)


class PlaceSent(Body):
    """A similar place: a site, a unit, an item, or one named in words."""

    site_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    unit_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    item_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    note: str | None = Field(default=None, max_length=500)


class PlaceVersion(Body):
    """The version at which the place was read."""

    rev: int = Field(ge=1)


class AcrossSent(PlaceVersion):
    """The answer for a similar place: what is done there by whom, or why it cannot happen."""

    applies: bool
    reason: str | None = Field(default=None, max_length=500)
    task: str | None = Field(default=None, max_length=1000)
    owner_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    due_at: AwareDatetime | None = None
    due_hours: float | None = Field(default=None, gt=0, le=4000)


@bp.get("/<id:action_id>/prevention")
@needs("actions.view")
def prevention(action_id: int) -> ResponseReturnValue:
    """Read what D7 asks for: documents, risk register, similar places, and which are proposed."""
    action = case(reading(), person(), action_id)
    near = similar(reading(), action)
    return jsonify({
        "action": {"id": action.id, "rev": action.rev, "risk_register": action.risk_register},
        "documents": [_document(a) for a in actions_documents.documents_of(reading(), person(), action_id).values()],
        "read_across": [_across(a) for a in actions_documents.read_across_of(reading(), person(), action_id)],
        "proposed": {"units": [u.id for u in (*near.same_defect_units, *near.same_operation_units)],
                     "items": [i.id for i in (*near.same_defect_items, *near.same_routing_items)]}})


@bp.put("/<id:action_id>/documents/<string:document>")
@needs("actions.work")
@takes(DocumentSent)
def answer(action_id: int, document: str) -> ResponseReturnValue:
    """Answer for a class of document: revised from x to y, or not affected and why (R-28)."""
    sent = read_body(DocumentSent)
    with writing("actions.answer_document") as session:
        held = actions_documents.answer(session, person(), action_id, document, **sent.model_dump())
    return jsonify(_document(held))


@bp.put("/<id:action_id>/risk")
@needs("actions.work")
@takes(RiskSent)
def risk(action_id: int) -> ResponseReturnValue:
    """Answer for the risk register."""
    sent = read_body(RiskSent)
    with writing("actions.answer_risk") as session:
        held = actions_documents.answer_risk(session, person(), action_id, **sent.model_dump())
    return jsonify({"id": held.id, "rev": held.rev, "risk_register": held.risk_register})


@bp.post("/<id:action_id>/read-across")
@needs("actions.work")
@takes(PlaceSent)
def ask(action_id: int) -> ResponseReturnValue:
    """Ask for a similar place: 201 with it."""
    sent = read_body(PlaceSent)
    with writing("actions.ask_across") as session:
        made = actions_documents.ask_across(session, person(), action_id, **sent.model_dump())
    return jsonify(_across(made)), 201


@bp.put("/read-across/<id:read_across_id>")
@needs("actions.work")
@takes(AcrossSent)
def answer_across(read_across_id: int) -> ResponseReturnValue:
    """Answer for a similar place."""
    given = read_body(AcrossSent).model_dump()
    given["due_at"] = given["due_at"].astimezone(UTC) if given["due_at"] else None
    with writing("actions.answer_across") as session:
        actions_documents.answer_across(session, person(), read_across_id, **given)
    return jsonify(_across(part(reading(), person(), ReadAcross, read_across_id)))


@bp.post("/read-across/<id:read_across_id>/take-out")
@needs("actions.work")
@takes(PlaceVersion)
def take_out(read_across_id: int) -> ResponseReturnValue:
    """Take a place out again that nobody has answered for: 204."""
    sent = read_body(PlaceVersion)
    with writing("actions.take_out_across") as session:
        actions_documents.take_out_across(session, person(), read_across_id, sent.rev)
    return "", 204


def _document(held: DocumentUpdate) -> dict[str, Any]:
    fields = ("id", "rev", "document", "affected", "reference", "rev_before", "rev_after", "standard_id", "reason",
              "answered_by_id")
    return {name: getattr(held, name) for name in fields} | {
        "answered_at": rfc3339(held.answered_at) if held.answered_at else None}


def _across(asked: ReadAcross) -> dict[str, Any]:
    fields = ("id", "rev", "action_id", "site_id", "unit_id", "item_id", "note", "applies", "reason", "task_id",
              "answered_by_id")
    return {name: getattr(asked, name) for name in fields} | {
        "answered_at": rfc3339(asked.answered_at) if asked.answered_at else None}
