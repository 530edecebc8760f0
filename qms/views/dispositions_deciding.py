"""The page on which it is decided what becomes of a rejection's held quantities. Decides nothing itself."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.dispositions import DecideForm, LineForm
from qms.models.rejections import Hold
from qms.rules import dispositions as rules
from qms.rules import dispositions_authority as authority
from qms.rules import dispositions_board
from qms.rules.accounts import ROLES
from qms.rules.rejections import SEVERITIES
from qms.rules.rejections import STEPS as REJECTION
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.signing import signing_of, to_sign
from qms.workflows import attachments, dispositions
from qms.workflows import dispositions_shown as shown
from qms.workflows.customers_requirements import that_bite
from qms.workflows.dispositions_deciding import asks_customer, is_outside
from qms.workflows.dispositions_offers import roles_here

bp = Blueprint("dispositions_deciding", __name__, url_prefix="/dispositions/rejections")

MOST_ROWS = 30
BROUGHT = ("justification", "risk_ref", "risk_rev", "risk_on", "customer_ref", "customer_approver",
           "customer_approved_on", "supplier_claim", "criteria_ref")


@bp.route("/<id:rejection_id>/decide", methods=["GET", "POST"])
@needs("dispositions.decide")
def decide(rejection_id: int) -> ResponseReturnValue:
    """Decide every held quantity of a rejection that nothing is decided for."""
    rejection = shown.rejection_of(reading(), person(), rejection_id)
    matter = shown.matter(reading(), rejection)
    head = to_sign(DecideForm, "disposition", {"number": rejection.number}, rev=rejection.rev)
    adds = "add" in request.form
    rows = _rows(head, matter.holds, adds=adds)
    if (not adds and head.ready and not [row for row in rows if not row.validate()]
            and (signing := signing_of(head))):
        drafts = [_draft(row) for row in rows if not row.is_empty]
        with saving(head, "dispositions.decide") as session:
            lines = dispositions.decide(session, person(), rejection_id, head.read_at, drafts, signing=signing)
        if head.saved:
            flash(ngettext("%(num)d disposition decided.", "%(num)d dispositions decided.", len(lines)), "success")
            return redirect(url_for("rejections.show", rejection_id=rejection_id))
        _beside_its_row(head, rows)
    wrong = any(row.errors or row.refusal for row in rows)
    return render_template(
        "dispositions/decide.html", requirements=that_bite(reading(), person(), item_id=rejection.item_id),
        head=head, rows=rows, rejection=rejection, matter=matter, DISPOSITION=rules, site=rejection.site,
        AUTHORITY=authority, BOARD=dispositions_board, ROLES=ROLES, REJECTION=REJECTION, SEVERITIES=SEVERITIES,
        brought=BROUGHT, remaining=_remaining(matter.holds, rows), roles=roles_here(person(), rejection),
        asks_customer=asks_customer(reading(), rejection, "rework"), is_outside=is_outside(reading(), rejection),
        photos=attachments.photos_of(reading(), person(), "rejections", rejection_id),
    ), 200 if adds else 409 if any(row.refusal for row in rows) else 422 if wrong else head.status


def _rows(head: DecideForm, holds: Sequence[Hold], *, adds: bool) -> list[LineForm]:
    """Return the lines of the page: those that were sent, with one more where that was asked for; else one a hold."""
    sent = str(head.rows.data or "")
    count = min(int(sent) if sent.isdecimal() and len(sent) < 4 else len(holds), MOST_ROWS)
    rows = [_row(position, holds) for position in range(count)]
    if adds and count < MOST_ROWS:
        rows.append(LineForm(None, prefix=f"lines-{count}-", translate=gettext, language=language(),
                             hold_id=_first_left(holds, rows)))
    for row in rows:
        row.hold_id.choices = [SelectChoice(str(h.id), _called(h)) for h in holds]
    head.rows.data = str(len(rows))
    return rows


def _row(position: int, holds: Sequence[Hold]) -> LineForm:
    hold = holds[position] if position < len(holds) else None
    return filled(LineForm, prefix=f"lines-{position}-", hold_id=hold.id if hold else None,
                  quantity=hold.quantity if hold else None)


def _called(hold: Hold) -> str:
    lot = hold.lot.number if hold.lot else gettext("not identified")
    return f"{hold.quantity:,} · {lot}" + (f" · {hold.location}" if hold.location else "")


def _remaining(holds: Sequence[Hold], rows: list[LineForm]) -> int:
    """Return how many pieces the lines leave undecided; a line without a disposition decides nothing. Negative where
    they are more than are held.
    """
    held, told = (sum(pieces) for pieces in ([hold.quantity for hold in holds],
                                             [row.pieces for row in rows if row.code.data]))
    return int(held) - told


def _first_left(holds: Sequence[Hold], rows: list[LineForm]) -> int | None:
    """Return the first hold that the lines leave undecided in part."""
    for hold in holds:
        if sum(row.pieces for row in rows if row.hold_id.data == hold.id) < hold.quantity:
            return hold.id
    return holds[0].id if holds else None


def _draft(row: LineForm) -> dispositions.Draft:
    def plain(value: Any) -> Any:
        return (value.strip() or None) if isinstance(value, str) else value

    return dispositions.Draft(
        hold_id=row.hold_id.data or 0, code=row.code.data or "", quantity=row.quantity.data or 0,
        **{name: plain(row[name].data) for name in BROUGHT})


def _beside_its_row(head: DecideForm, rows: list[LineForm]) -> None:
    """Put a refusal that names a line (`lines-1-code`) into that line, beside its field."""
    refusal = head.refusal
    filled_rows = [row for row in rows if not row.is_empty]
    parts = (refusal.field or "").split("-", 2) if refusal is not None else []
    if refusal is None or len(parts) != 3:
        return
    refusal.field = parts[2]
    filled_rows[int(parts[1])].refuse(refusal, language())
    head.refusal = None
