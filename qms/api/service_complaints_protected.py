"""Protected reports by JSON: made, followed by their receipt, read by the few who may. Decides nothing."""

from dataclasses import asdict

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from qms.db.ledger import plain
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import service_complaints_protected as reports
from qms.workflows.chain_paging import Wish

bp = Blueprint("service_complaints_protected_api", __name__, url_prefix="/api/v1/service/protected-reports")


class ReportSent(Body):
    """A report under protection."""

    kind: str = Field(max_length=20)
    account: str = Field(max_length=4000)
    site_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    about_ref: str | None = Field(default=None, max_length=120)


class TakenSent(Body):
    """The version at which a report was read."""

    rev: int = Field(ge=1)


class ReplySent(TakenSent):
    """What whoever reported is told."""

    reply: str = Field(max_length=4000)


@bp.get("")
@needs("service.protect")
def register() -> ResponseReturnValue:
    """Read a page of protected reports without what they tell (`after`)."""
    page = reports.register(reading(), person(), Wish(after=request.args.get("after", "")[:300]))
    return jsonify({"protected_reports": [{
        "id": r.id, "number": r.number, "kind": r.kind, "state": r.state, "filed_at": plain(r.filed_at),
        "looks": len(r.looks)} for r in page.rows], "next": page.following or None})


@bp.post("")
@needs("service.complain")
@takes(ReportSent)
def report() -> ResponseReturnValue:
    """Report under protection: 201 with the receipt."""
    sent = read_body(ReportSent).model_dump()
    with writing("service.report_protected") as session:
        made = reports.report(session, person(), **sent)
        body = {"id": made.id, "number": made.number, "state": made.state}
    return jsonify(body), 201


@bp.get("/mine")
@needs("service.complain")
def mine() -> ResponseReturnValue:
    """Read what became of the caller's own reports."""
    rows = reports.receipts(reading(), person())
    return jsonify({"receipts": [{k: plain(v) for k, v in asdict(row).items()} for row in rows]})


@bp.get("/<id:report_id>")
@needs("service.protect")
def show(report_id: int) -> ResponseReturnValue:
    """Read a report whole; the look is written down first (R-35)."""
    with writing("service.read_protected") as session:
        found = reports.read(session, person(), report_id)
        body = told(found) | {"looks": [{"at": plain(look.at), "by_id": look.by_id} for look in found.looks]}
    return jsonify(body)


@bp.post("/<id:report_id>/look-into")
@needs("service.protect")
@takes(TakenSent)
def look_into(report_id: int) -> ResponseReturnValue:
    """Take a report to look into it."""
    rev = read_body(TakenSent).rev
    with writing("service.look_into_protected") as session:
        body = told(reports.look_into(session, person(), report_id, rev))
    return jsonify(body)


@bp.post("/<id:report_id>/close")
@needs("service.protect")
@takes(ReplySent)
def close(report_id: int) -> ResponseReturnValue:
    """Answer whoever reported, and close."""
    sent = read_body(ReplySent).model_dump()
    with writing("service.close_protected") as session:
        body = told(reports.close(session, person(), report_id, **sent))
    return jsonify(body)
