"""Rejections by JSON: record one, read one, read the register a page at a time. Decides nothing.

Recording is idempotent by `client_id`: the same body again gets the first receipt, another body under the same id is
refused. The body is kept by its SHA-256.
"""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field

from forms.base_json import LARGEST_ID, Body
from qms.models.rejections import Rejection
from qms.rules.clock import rfc3339
from qms.rules.errors import Doubled
from qms.web import needs, person, reading, writing
from qms.web.bodies import parsed
from qms.web.openapi_routes import takes
from qms.workflows import rejections, rejections_lookup
from qms.workflows.exports_filters import filter_of
from qms.workflows.rejections_register import Filter, Mark, page

bp = Blueprint("rejections_api", __name__, url_prefix="/api/v1/rejections")

RecordId = Field(default=None, ge=1, le=LARGEST_ID)


class Report(Body):
    """What is sent to record a rejection; a field that is not listed here is refused."""

    client_id: UUID
    kind: str = Field(max_length=20)
    found_unit_id: int = Field(ge=1, le=LARGEST_ID)
    quantity: int = Field(ge=1, le=2_147_483_647)
    severity: str | None = Field(default=None, max_length=2)
    lot_id: int | None = RecordId
    item_id: int | None = RecordId
    defect_id: int | None = RecordId
    origin_unit_id: int | None = RecordId
    link_id: int | None = RecordId
    handover_id: int | None = RecordId
    zone: str | None = Field(default=None, max_length=60)
    requirement: str | None = Field(default=None, max_length=500)
    actual: str | None = Field(default=None, max_length=500)
    note: str | None = Field(default=None, max_length=4000)
    location: str | None = Field(default=None, max_length=120)
    whole_lot: bool = False
    for_review: bool = False
    found_at: AwareDatetime | None = None


@bp.post("")
@needs("rejections.report")
@takes(Report)
def report() -> ResponseReturnValue:
    """Record a rejection: 201 with its receipt, 200 with the first receipt when this body was recorded before."""
    body = request.get_data(cache=False)
    sent = parsed(Report, body)
    digest = hashlib.sha256(body).hexdigest()
    values: dict[str, Any] = {name: getattr(sent, name) for name in Report.model_fields}
    values["client_id"] = str(sent.client_id)
    try:
        with writing("rejections.report") as session:
            made = rejections.report(session, person(), content_hash=digest, source="api", **values)
    except Doubled:
        return _recorded_before(str(sent.client_id), digest)
    return _answer(_receipt(made), 201)


@bp.get("/<id:rejection_id>")
@needs("rejections.view")
def show(rejection_id: int) -> Response:
    """Read one rejection; its version is the ETag."""
    found = rejections.one(reading(), person(), rejection_id)
    answer = _answer(_whole(found))
    answer.set_etag(f"v{found.rev}")
    return answer


@bp.get("")
@needs("rejections.view")
def register() -> Response:
    """Read a page of the register; `next` is what to send as `before` for the older ones, null at the end."""
    asked = {key: value for key, value in request.args.items() if key != "before"}
    before = Mark.read(request.args.get("before", ""))
    found = page(reading(), person(), filter_of(Filter, asked), before=before)
    rows = [{key: rfc3339(value) if isinstance(value, datetime) else value for key, value in row._mapping.items()}
            for row in found.rows]
    return _answer({"rejections": rows, "next": found.older.text() if found.older else None})


def _recorded_before(client_id: str, digest: str) -> Response:
    """Answer a repeat with the first receipt. Raises Doubled when something else was recorded under this id.

    It is looked for as a writer: the first may be recorded and not yet committed with its group.
    """
    with writing("rejections.report") as session:
        found = rejections_lookup.by_client_id(session, client_id)
        if found is None:
            raise Doubled("There is already such a record.", "已经有这样的记录。")
        rejections.one(session, person(), found.id)
    if found.content_hash != digest:
        raise Doubled(f"Something else was recorded under this client_id: {found.number}.",
                      f"此 client_id 下已记录了其他内容: {found.number}。", )
    return _answer(_receipt(found))


def _receipt(rejection: Rejection) -> dict[str, Any]:
    return {"id": rejection.id, "number": rejection.number, "rev": rejection.rev, "state": rejection.state,
            "client_id": rejection.client_id, "sha256": rejection.content_hash,
            "received_at": rfc3339(rejection.received_at)}


def _whole(rejection: Rejection) -> dict[str, Any]:
    fields = ("site_id", "kind", "item_id", "lot_id", "quantity", "whole_lot", "for_review", "defect_id", "zone",
              "severity", "requirement", "actual", "note", "found_unit_id", "origin_unit_id", "origin_state", "link_id",
              "handover_id", "escape_steps", "escape_class", "reported_by_id", "void_reason", "source")
    return {**_receipt(rejection), **{name: getattr(rejection, name) for name in fields},
            "found_at": rfc3339(rejection.found_at),
            "closed_at": rfc3339(rejection.closed_at) if rejection.closed_at else None}


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    answer = jsonify(body)
    answer.status_code = status
    return answer
