"""Corrective actions by JSON: open, read, list, fill in, pass gates, close. Decides nothing.

Whatever changes a case carries `rev`, the version at which it was read; an older one is answered with 409 and both
versions. Lines of a case (members, is / is-not, stock, sources) have versions of their own.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from forms.actions_json import Answer, Closing, Compared, Filling, Member, Opening, Route, Tying, Versioned, Voiding
from qms.db.ledger import plain
from qms.models.actions import Action
from qms.rules.clock import utc_now
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.web.signing import sent_by, signing_sent, told_signatures
from qms.workflows import actions, actions_shown
from qms.workflows.actions_register import Filter, register
from qms.workflows.actions_stock import answer_stock
from qms.workflows.chain_paging import Wish
from qms.workflows.exports_filters import filter_of

bp = Blueprint("actions_api", __name__, url_prefix="/api/v1/actions")

_LINES = {"sources": ("id", "rev", "kind", "record_id", "number", "active"),
          "members": ("id", "rev", "person_id", "unit_id", "function", "active"),
          "comparisons": ("id", "rev", "question", "is_so", "is_not", "difference"),
          "stock": ("id", "rev", "place", "unit_id", "lot_id", "suspect", "checked", "nonconforming", "good", "method",
                    "answered_at"),
          "steps": ("step", "due_at", "done_at", "done_by_id", "reopened")}
"""What of each line of a case is told."""


@bp.post("")
@needs("actions.open")
@takes(Opening)
def open_action() -> Response:
    """Open a case: 201 with it as it is then."""
    sent = read_body(Opening)
    given = sent.model_dump(exclude={"sources"}) | {"sources": [(s.kind, s.record_id) for s in sent.sources]}
    with writing("actions.open") as session:
        action_id = actions.open_action(session, person(), **given).id
    return _answer(action_id, 201)


@bp.get("")
@needs("actions.view")
def listed() -> Response:
    """Read a page of the register, newest first; `next` is what to send as `after`, empty at the end."""
    asked = {key: value for key, value in request.args.items() if key != "after"}
    wish = Wish(sort="-opened", after=request.args.get("after", "")[:300])
    found = register(reading(), person(), filter_of(Filter, asked), wish, utc_now())
    return jsonify({"actions": [_row(action) for action in found.rows], "next": found.following})


@bp.get("/<id:action_id>")
@needs("actions.view")
def show(action_id: int) -> Response:
    """Read a case with its lines, and what is missing before its next discipline is finished."""
    return _answer(action_id)


@bp.patch("/<id:action_id>/disciplines/<string:discipline>")
@needs("actions.work")
@takes(Filling)
def fill(action_id: int, discipline: str) -> Response:
    """Fill in fields of a discipline: D0 (the case itself), D1, D2, D3 or D8."""
    sent = read_body(Filling)
    given = sent.model_dump(include=sent.model_fields_set - {"rev"})
    return _done(action_id, "actions.edit", actions.edit, sent.rev, discipline.upper(), **given)


@bp.post("/<id:action_id>/disciplines/<string:discipline>/pass")
@needs("actions.work")
@takes(Closing)
def pass_gate(action_id: int, discipline: str) -> Response:
    """Finish the discipline that is next; D8 closes the case and is signed."""
    sent = read_body(Closing)
    return _done(action_id, "actions.pass_gate", actions.pass_gate, sent.rev, discipline.upper(),
                 signing=signing_sent(sent))


@bp.post("/<id:action_id>/close")
@needs("actions.approve")
@takes(Closing)
def close(action_id: int) -> Response:
    """Close a case as its sponsor, by signature."""
    return _done(action_id, "actions.close", actions.close, **sent_by(read_body(Closing)))


@bp.post("/<id:action_id>/void")
@needs("actions.approve")
@takes(Voiding)
def void(action_id: int) -> Response:
    """Declare a case void; its number is kept."""
    sent = read_body(Voiding)
    return _done(action_id, "actions.void", actions.void, sent.rev, reason=sent.reason)


@bp.post("/<id:action_id>/route")
@needs("actions.work")
@takes(Route)
def change_route(action_id: int) -> Response:
    """Take another route, with a reason."""
    sent = read_body(Route)
    return _done(action_id, "actions.change_route", actions.change_route, sent.rev, route=sent.route,
                 reason=sent.reason)


@bp.post("/<id:action_id>/sources")
@needs("actions.open")
@takes(Tying)
def add_source(action_id: int) -> Response:
    """Tie one more record to a case."""
    sent = read_body(Tying)
    return _done(action_id, "actions.add_source", actions.add_source, sent.rev, kind=sent.kind,
                 record_id=sent.record_id)


@bp.post("/<id:action_id>/sources/<id:source_id>/withdraw")
@needs("actions.open")
@takes(Versioned)
def withdraw_source(action_id: int, source_id: int) -> Response:
    """Take off a source that was tied by mistake."""
    return _line(action_id, "actions.withdraw_source", actions.withdraw_source, source_id, read_body(Versioned))


@bp.post("/<id:action_id>/members")
@needs("actions.work")
@takes(Member)
def add_member(action_id: int) -> Response:
    """Take somebody into the team."""
    return _done(action_id, "actions.add_member", actions.add_member, **read_body(Member).model_dump())


@bp.post("/<id:action_id>/members/<id:member_id>/withdraw")
@needs("actions.work")
@takes(Versioned)
def withdraw_member(action_id: int, member_id: int) -> Response:
    """Let somebody leave the team."""
    return _line(action_id, "actions.withdraw_member", actions.withdraw_member, member_id, read_body(Versioned))


@bp.put("/<id:action_id>/comparisons/<id:comparison_id>")
@needs("actions.work")
@takes(Compared)
def compare(action_id: int, comparison_id: int) -> Response:
    """Answer one question of is / is-not."""
    return _line(action_id, "actions.compare", actions.compare, comparison_id, read_body(Compared))


@bp.put("/<id:action_id>/stock/<id:line_id>")
@needs("actions.work")
@takes(Answer)
def answer(action_id: int, line_id: int) -> Response:
    """Answer one place for suspect stock."""
    return _line(action_id, "actions.answer_stock", answer_stock, line_id, read_body(Answer))


def _done(action_id: int, trail_action: str, step: Callable[..., Any], *args: Any, **given: Any) -> Response:
    """Take a step on a case and answer with the case as it is then."""
    with writing(trail_action) as session:
        step(session, person(), action_id, *args, **given)
    return _answer(action_id)


def _line(action_id: int, trail_action: str, step: Callable[..., Any], line_id: int, sent: Versioned) -> Response:
    """Take a step on a line of a case and answer with the case as it is then."""
    with writing(trail_action) as session:
        step(session, person(), line_id, **sent.model_dump())
    return _answer(action_id)


def _answer(action_id: int, status: int = 200) -> Response:
    action = actions_shown.whole(reading(), person(), action_id)
    missing = {shown.name: [{"en": point.words.en, "zh": point.words.zh, "field": point.field,
                             "rule": getattr(point, "rule", None)} for point in shown.points]
               for shown in actions_shown.disciplines(reading(), action) if shown.standing == "now"}
    answer = jsonify(_row(action) | {name: [{key: plain(getattr(line, key)) for key in keys}
                                            for line in getattr(action, name)] for name, keys in _LINES.items()}
                     | {"missing": missing, "signatures": told_signatures("actions", [action_id])})
    answer.status_code = status
    answer.set_etag(f"v{action.rev}")
    return answer


def _row(action: Action) -> dict[str, Any]:
    """Return a case's own columns and the discipline at which it stands."""
    columns = [column.name for column in Action.__table__.columns if column.name != "search_text"]
    return {name: plain(getattr(action, name)) for name in columns} | {"standing": actions_shown.standing(action)}
