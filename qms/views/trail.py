"""The rules that are enforced, with how often each of them did something. Decides nothing."""

from flask import Blueprint, render_template

from qms.rules.clauses import LEVELS, RULES
from qms.web import needs, reading
from qms.workflows import trail

bp = Blueprint("trail", __name__, url_prefix="/trail")


@bp.get("/rules")
@needs()
def rules() -> str:
    """List every rule: sentence, clauses, level under both profiles, how often it blocked, warned or acted."""
    return render_template("trail/rules.html", all_rules=RULES.values(), LEVELS=LEVELS,
                           counts=trail.rule_counts(reading()))
