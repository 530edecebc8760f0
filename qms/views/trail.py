"""Pages of the trail: every entry, one entry with its bytes, and the rules with how often each did something."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from qms.rules.accounts_looks import TABLES as PERSONAL
from qms.rules.clauses import LEVELS, RULES
from qms.rules.trail import TABLES
from qms.rules.trail_actions import ACTIONS
from qms.web import needs, person, reading, seen, shows_people
from qms.workflows import trail

bp = Blueprint("trail", __name__, url_prefix="/trail")


@bp.get("/")
@needs("trail.view")
def entries() -> str:
    """List the trail, newest first, a page at a time."""
    args = request.args
    entity = args.get("entity") if args.get("entity") in TABLES else None
    action = args.get("action") if args.get("action") in ACTIONS else None
    wanted = trail.Filter(entity=entity, entity_id=args.get("id", type=int) if entity else None, action=action)
    found = trail.entries(reading(), person(), wanted, before=args.get("before", type=int))
    shown = found[: trail.PAGE]
    kept: dict[str, Any] = {"entity": entity, "id": wanted.entity_id, "action": action}
    older = url_for("trail.entries", **kept, before=shown[-1].seq) if len(found) > trail.PAGE else ""
    newest = url_for("trail.entries", **kept) if "before" in args else ""
    return render_template("trail/entries.html", entries=shown, wanted=wanted, older=older, newest=newest,
                           TABLES=TABLES, ACTIONS=ACTIONS)


@bp.get("/<id:seq>")
@needs("trail.view")
@shows_people("entry")
def entry(seq: int) -> str:
    """Show one entry, as people read it and as it was hashed."""
    told, text = trail.entry(reading(), person(), seq)
    if told.entity in PERSONAL:
        seen(1, told.entity_id if told.entity == "people" else None)
    return render_template("trail/entry.html", told=told, text=text)


@bp.get("/rules")
@needs()
def rules() -> str:
    """List every rule: sentence, clauses, level under both profiles, how often it blocked, warned or acted."""
    return render_template("trail/rules.html", all_rules=RULES.values(), LEVELS=LEVELS,
                           counts=trail.rule_counts(reading()))
