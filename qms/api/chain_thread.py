"""The thread of a lot by JSON: what happened, in order, with what is missing. Decides nothing."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from qms.db.ledger import plain
from qms.rules.chain_thread import Entry
from qms.rules.words import Words
from qms.web import needs, person, reading
from qms.workflows.chain_thread import Thread, thread
from qms.workflows.chain_thread_report import lot_of, relation

bp = Blueprint("chain_thread_api", __name__, url_prefix="/api/v1/lots")

BALANCE = ("made", "rejected", "held", "scrapped", "conceded", "shipped", "used", "left", "is_wrong")


@bp.get("/<id:lot_id>/thread")
@needs("chain.view")
def show(lot_id: int) -> ResponseReturnValue:
    """Read the thread of a lot; `kind`, as often as wanted, asks for these kinds only."""
    held = thread(reading(), person(), lot_id, request.args.getlist("kind"))
    return jsonify({
        "lot_id": lot_id, "number": held.lot.number, "state": held.state, "missing": held.gaps, "is_cut": held.is_cut,
        "hidden": sorted(held.hidden),
        "balance": held.balance and {name: getattr(held.balance, name) for name in BALANCE},
        "lots": [{"lot_id": i, "number": lot.number, "generation": held.family.distance[i], "quantity": lot.quantity,
                  "relation": _both(relation(held.family, i))} for i, lot in held.family.lots.items()],
        "entries": [_told(held, entry) for entry in held.entries]})


def _told(held: Thread, e: Entry) -> dict[str, Any]:
    return {"kind": e.kind, "at": plain(e.at), "title": _both(e.title), "lot": lot_of(held, e), "record": e.table,
            "record_id": e.record_id, "state": e.state and _both(e.state.words), "text": _both(e.text),
            "by": held.people.get(e.who_id or 0), "rules": list(e.rules),
            "missing": [_both(gap.words) | {"rule": gap.rule or None} for gap in e.gaps]}


def _both(words: Words) -> dict[str, str | None]:
    return {"en": words.en, "zh": words.zh}
