"""Evidence by JSON: what answers a question and what is missing, and packages of it. Decides nothing.

A question is asked by the same fields as on the page: `clause` and `record` may be given again.
"""

from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import Body
from qms.jobs.trail_evidence_packing import KIND, begin
from qms.rules.errors import NotFound
from qms.rules.trail_evidence_sheets import FULL
from qms.web import database, needs, person, reading, settings
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import jobs
from qms.workflows.trail_evidence_preview import preview
from qms.workflows.trail_evidence_question import MOST_RECORDS, Asked, asked_of, check, check_names

bp = Blueprint("trail_evidence_api", __name__, url_prefix="/api/v1/evidence")

Code = Field(default="", max_length=80)


class PackageSent(Body):
    """A question, and how its package is written; everything given narrows it. No clause: all that may be seen."""

    clause: list[str] = Field(default_factory=list, max_length=20)
    first: date | None = None
    last: date | None = None
    site: str = Code
    customer: str = Code
    item: str = Code
    lot: str = Code
    link: str = Field(default="", max_length=200)
    record: list[str] = Field(default_factory=list, max_length=MOST_RECORDS)
    language: str = Field(default="en", max_length=2)
    names: str = Field(default=FULL, max_length=10)


@bp.get("")
@needs("trail.view")
def show() -> ResponseReturnValue:
    """Count what answers a question, by clause and kind of record, and list what is missing in it."""
    check_names(request.args)
    with database().reading() as session:
        seen = preview(session, person(), asked_of(request.args.to_dict(flat=False)), settings().photos)
    return jsonify({
        "records": seen.total, "entries": seen.entries,
        "clauses": [{"code": one.clause.code, "references": list(one.clause.references), "records": dict(one.counts)}
                    for one in seen.clauses],
        "gaps": [{"clause": gap.clause, "rule": gap.rule, "what": gap.what._asdict(), "table": gap.table, "id": gap.id,
                  "number": gap.number} for gap in seen.gaps]})


@bp.post("/packages")
@needs("exports.run")
@takes(PackageSent)
def pack() -> ResponseReturnValue:
    """Begin to make a package, as long work; asked for twice, it is made once."""
    sent = read_body(PackageSent)
    asked = Asked(tuple(dict.fromkeys(sent.clause)), sent.first, sent.last, sent.site, sent.customer, sent.item,
                  sent.lot, sent.link, tuple(dict.fromkeys(sent.record)))
    check(asked)
    job_id = begin(database(), person(), asked, language=sent.language, names=sent.names,
                   address=request.host_url.rstrip("/"))
    return jsonify({"id": job_id, "state": "waiting"}), 202


@bp.get("/packages/<id:job_id>")
@needs("exports.run")
def show_package(job_id: int) -> ResponseReturnValue:
    """Show how far a package is; when it is done, what it holds and where it is fetched."""
    job = jobs.own(reading(), person(), job_id)
    if job.kind != KIND:
        raise NotFound
    told: dict[str, Any] = {"id": job.id, "state": job.state, "done": job.done, "total": job.total}
    if job.state == "done":
        told |= {**(job.result or {}), "url": url_for("trail_evidence.download", job_id=job.id)}
    return jsonify(told)
