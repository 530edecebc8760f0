"""Labels for containers of product under a concession, on a sheet or one by one, with a QR code. Decides nothing."""

from flask import Blueprint, render_template, request, url_for

from qms.rules import dispositions_concessions as rules
from qms.rules.errors import IllegalStep
from qms.web import needs, person, reading
from qms.web.codes import qr
from qms.workflows import dispositions_concessions_shown as shown

bp = Blueprint("dispositions_labels", __name__, url_prefix="/dispositions/concessions")


@bp.get("/<id:concession_id>/labels")
@needs("dispositions.view")
def sheet(concession_id: int) -> str:
    """Show a label for each container, several to a sheet of A4; `containers` in the address names others."""
    return _labels(concession_id, single=False)


@bp.get("/<id:concession_id>/label")
@needs("dispositions.view")
def label(concession_id: int) -> str:
    """Show the labels one by one, of 100 x 60 mm."""
    return _labels(concession_id, single=True)


def _labels(concession_id: int, *, single: bool) -> str:
    held = shown.whole(reading(), person(), concession_id)
    if held.state not in rules.GRANTED:
        words = rules.STATES[held.state]
        raise IllegalStep(f"No label: the customer has not authorised it ({words.en.lower()}).",
                          f"不能打印标签: 顾客未授权 ({words.zh})。")
    typed = request.args.get("containers", "")[:rules.LONGEST_CONTAINERS]
    named = list(rules.check_containers(typed)) if typed.strip() else shown.containers_of(held)
    return render_template(
        "dispositions/labels.html", concession=held, containers=(named or [""])[:shown.MOST_LABELS], label=single,
        typed=typed, code=qr(url_for("dispositions_concessions.show", concession_id=held.id, _external=True)),
        CONCESSION=rules)
