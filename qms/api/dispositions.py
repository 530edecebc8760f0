"""Dispositions and board reviews by JSON: decide, every step of a line, ask, vote and close. Decides nothing.

Each step carries the version at which its record was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from forms import dispositions_json as bodies
from qms.db.ledger import plain
from qms.db.session import columns_of
from qms.models.dispositions import BoardReview, BoardVote, Disposition, Rework, ScrapTicket
from qms.rules.dispositions import STEPS as LINE
from qms.rules.dispositions_board import STEPS as BOARD
from qms.rules.dispositions_checks import Draft
from qms.rules.steps import step_of
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.web.signing import signing_sent, told_signatures
from qms.workflows import dispositions, dispositions_board, rejections

bp = Blueprint("dispositions_api", __name__, url_prefix="/api/v1")

STEPS: dict[str, tuple[type[bodies.Step], Callable[..., Disposition]]] = {
    "cover": (bodies.Cover, dispositions.cover), "start": (bodies.Start, dispositions.start),
    "report": (bodies.Report, dispositions.report), "verify": (bodies.Verify, dispositions.verify),
    "send_back": (bodies.SendBack, dispositions.send_back), "witness": (bodies.Witness, dispositions.witness),
    "dispose": (bodies.Step, dispositions.dispose), "withdraw": (bodies.Reason, dispositions.withdraw),
}
BOARD_STEPS: dict[str, tuple[type[bodies.Step], Callable[..., BoardReview], str]] = {
    "close": (bodies.Close, dispositions_board.close, "dispositions.close_board"),
    "withdraw": (bodies.TakeBack, dispositions_board.withdraw, "dispositions.withdraw_board"),
}


@bp.get("/rejections/<id:rejection_id>/dispositions")
@needs("dispositions.view")
def of_rejection(rejection_id: int) -> Response:
    """Read the lines of a rejection, the holds that are undecided, and the version to decide at."""
    rejection = rejections.one(reading(), person(), rejection_id)
    holds, lines = dispositions.undecided(reading(), rejection), dispositions.lines_of(reading(), rejection.id)
    return jsonify({
        "rejection_id": rejection.id, "number": rejection.number, "state": rejection.state, "rev": rejection.rev,
        "undecided": [{"hold_id": hold.id, "quantity": hold.quantity, "lot_id": hold.lot_id} for hold in holds],
        "lines": [_line(line) for line in lines],
        "signatures": told_signatures("dispositions", [line.id for line in lines])})


@bp.post("/rejections/<id:rejection_id>/dispositions")
@needs("dispositions.decide")
@takes(bodies.Decision)
def decide(rejection_id: int) -> ResponseReturnValue:
    """Decide what becomes of every undecided quantity of a rejection; the lines add up to it (R-07)."""
    sent = read_body(bodies.Decision)
    signing = signing_sent(sent)
    with writing("dispositions.decide") as session:
        made = dispositions.decide(session, person(), rejection_id, sent.rev,
                                   [Draft(**line.model_dump()) for line in sent.lines], signing=signing)
        told = [_line(line) for line in made]
    return jsonify({"lines": told}), 201


@bp.get("/dispositions/<id:line_id>")
@needs("dispositions.view")
def show(line_id: int) -> Response:
    """Read one line with its runs of work and its scrap ticket; its version is the ETag."""
    line = dispositions.one(reading(), person(), line_id)
    answer = jsonify(_line(line) | {"signatures": told_signatures("dispositions", [line_id])})
    answer.set_etag(f"v{line.rev}")
    return answer


@bp.post("/rejections/<id:rejection_id>/board-reviews")
@needs("dispositions.decide")
@takes(bodies.Ask)
def ask_board(rejection_id: int) -> ResponseReturnValue:
    """Ask the review board about a rejection."""
    sent = read_body(bodies.Ask)
    with writing("dispositions.ask_board") as session:
        review = dispositions_board.ask(session, person(), rejection_id, **sent.model_dump())
        told = _review(review)
    return jsonify(told), 201


@bp.get("/board-reviews/<id:review_id>")
@needs("dispositions.view")
def board_review(review_id: int) -> Response:
    """Read a board review with its votes."""
    return jsonify(_review(dispositions.one_review(reading(), person(), review_id)))


@bp.put("/board-reviews/<id:review_id>/vote")
@needs("dispositions.vote")
@takes(bodies.Vote)
def vote(review_id: int) -> Response:
    """Say what one sees, or change it while the board is open."""
    sent = read_body(bodies.Vote)
    with writing("dispositions.vote") as session:
        told = _plain_row(dispositions_board.vote(session, person(), review_id, **sent.model_dump()))
    return jsonify(told)


def _route(name: str) -> None:
    model, step = STEPS[name]

    def view(line_id: int) -> Response:
        sent = read_body(model)
        with writing(f"dispositions.{name}") as session:
            told = _line(step(session, person(), line_id, **sent.model_dump()))
        return jsonify(told)

    view.__name__, view.__doc__ = name, f"{step_of(LINE, name).words.en}."
    permission = step_of(LINE, name).permission
    bp.post(f"/dispositions/<id:line_id>/{name.replace('_', '-')}")(needs(permission)(takes(model)(view)))


def _board_route(name: str) -> None:
    model, step, action = BOARD_STEPS[name]

    def view(review_id: int) -> Response:
        sent = read_body(model)
        with writing(action) as session:
            told = _review(step(session, person(), review_id, **sent.model_dump()))
        return jsonify(told)

    view.__name__, view.__doc__ = f"board_{name}", f"{step_of(BOARD, name).words.en}."
    permission = step_of(BOARD, name).permission
    bp.post(f"/board-reviews/<id:review_id>/{name}")(needs(permission)(takes(model)(view)))


for _name in STEPS:
    _route(_name)
for _name in BOARD_STEPS:
    _board_route(_name)


def _line(line: Disposition) -> dict[str, Any]:
    return _plain_row(line) | {"runs": [_plain_row(run) for run in line.runs],
                               "scrap_ticket": _plain_row(line.ticket) if line.ticket else None}


def _review(review: BoardReview) -> dict[str, Any]:
    return _plain_row(review) | {"votes": [_plain_row(vote) for vote in review.votes]}


def _plain_row(row: Disposition | Rework | ScrapTicket | BoardReview | BoardVote) -> dict[str, Any]:
    """Return every column of a record: instants in UTC, days and decimals as text."""
    return {name: plain(getattr(row, key)) for key, name in columns_of(type(row))}
