"""The audit trail, one entry of it, and the rules that are enforced. Decides nothing."""

from flask import Blueprint, render_template, request

from qms.rules.clauses import LEVELS, RULES
from qms.rules.trail import ACTIONS, TABLES
from qms.web import needs, person, reading
from qms.web.page import with_args
from qms.workflows import trail

bp = Blueprint("trail", __name__, url_prefix="/trail")


@bp.get("/")
@needs("trail.view")
def entries() -> str:
    """Show the trail, newest first, of every record or of one."""
    before = _id("before")
    wanted = trail.Filter(entity=request.args.get("entity") or None, entity_id=_id("id"),
                          action=request.args.get("action") or None)
    found = trail.entries(reading(), person(), wanted, before=before)
    shown = found[:trail.PAGE]
    older = with_args(before=shown[-1].seq) if len(found) > trail.PAGE else ""
    return render_template("trail/entries.html", entries=shown, wanted=wanted, TABLES=TABLES, ACTIONS=ACTIONS,
                           newest=with_args(before=None) if before else "", older=older)


@bp.get("/<id:seq>")
@needs("trail.view")
def entry(seq: int) -> str:
    """Show one entry: what it says, and the bytes that were hashed."""
    told, text = trail.entry(reading(), person(), seq)
    return render_template("trail/entry.html", told=told, text=text)


@bp.get("/rules")
@needs()
def rules() -> str:
    """List every rule: sentence, clauses, level under both profiles, how often it blocked, warned or acted."""
    return render_template("trail/rules.html", all_rules=RULES.values(), LEVELS=LEVELS,
                           counts=trail.rule_counts(reading()))


def _id(name: str) -> int | None:
    """Return a number of the query; None where there is none that a database could hold."""
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None
