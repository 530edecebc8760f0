"""Imported measures of units by JSON. Decides nothing."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from forms.chain import id_or_none
from qms.web import needs, person, reading
from qms.web.bodies import told
from qms.web.filter_rows import wish
from qms.workflows import satisfaction_measures_register as registers

bp = Blueprint("satisfaction_measures_api", __name__, url_prefix="/api/v1/satisfaction/measures")


@bp.get("")
@needs("satisfaction.view")
def register() -> ResponseReturnValue:
    """Read a page of measures, by unit (`site`, `source`, `measure`, `kind`, `import`, `q`, `after`)."""
    given = request.args
    page = registers.register(reading(), person(), registers.Filter(
        sought=given.get("q", "")[:100], site_id=given.get("site", type=id_or_none),
        source=given.get("source", "")[:120], measure=given.get("measure", "")[:120], kind=given.get("kind", "")[:20],
        import_id=given.get("import", type=id_or_none)), wish())
    return jsonify({"measures": [told(m) for m in page.rows], "next": page.following or None})
