"""The review board and the record page of a disposition. Decides nothing."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request, url_for
from flask_babel import format_timedelta, gettext
from sqlalchemy import Row
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.dispositions import BoardFilter
from qms.models.dispositions import Disposition
from qms.rules import dispositions as rules
from qms.rules.accounts import ROLES
from qms.rules.clock import utc_now
from qms.rules.rejections import SEVERITIES
from qms.rules.rejections import STEPS as REJECTION
from qms.rules.steps import step_of
from qms.web import needs, person, reading
from qms.web.language import language, say
from qms.web.page import called, name, number
from qms.workflows import attachments, chain, dispositions_register
from qms.workflows import dispositions_shown as shown
from qms.workflows.chain_paging import Wish
from qms.workflows.chain_registers import units_of
from qms.workflows.dispositions_offers import offers_for
from qms.workflows.trail import history
from qms.workflows.trail_signatures import signatures_of

bp = Blueprint("dispositions", __name__, url_prefix="/dispositions")

ICONS = {"cover": "file-certificate", "start": "tool", "report": "check", "verify": "circle-check",
         "send_back": "arrow-back-up", "witness": "eye", "dispose": "trash", "withdraw": "arrow-back-up"}
AT_ONCE = frozenset({"dispose"})
"""Steps that ask for nothing, so that their button takes them."""
WAITING = "waiting"
"""How a decided line stands that the customer has not authorised yet."""
QUIET = frozenset({"send_back", "withdraw"})


class Line(NamedTuple):
    """One line of the board, ready to be shown."""

    url: str
    number: str
    line_url: str
    position: int | None
    code: str
    state: str
    decide_url: str
    defect: str
    severity: str
    item: str
    lot: str
    quantity: str
    unit: str
    value: str
    currency: str
    place: str
    age: str


@bp.get("/")
@needs("dispositions.view")
def register() -> str:
    """Show the review board: every quantity that is held, oldest first."""
    form = _filter()
    form.validate()
    wanted = dispositions_register.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), state=form.chosen("state") or "",
        code=form.chosen("code") or "", severity=form.chosen("severity") or "", unit_id=form.chosen("unit"),
        customer_id=form.chosen("customer"))
    form.only_site()
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    page = dispositions_register.board(reading(), person(), wanted, wish)
    return render_template(
        "dispositions/register.html", form=form, page=page, lines=_lines(page.rows), wanted=wanted, DISPOSITION=rules,
        is_filtered=wanted != dispositions_register.Filter())


@bp.get("/<id:line_id>")
@needs("dispositions.view")
def show(line_id: int) -> str:
    """Show a disposition: what was decided by whom, how it was carried out and verified, history."""
    line = shown.whole(reading(), person(), line_id)
    return render_template(
        "dispositions/show.html", line=line, DISPOSITION=rules, ROLES=ROLES, REJECTION=REJECTION, steps=_steps(line),
        photos=attachments.photos_of(reading(), person(), "rejections", line.rejection_id),
        signatures=signatures_of(reading(), "dispositions", [line.id], line.site.time_zone),
        history=history(reading(), shown.records_of(line))[::-1])


def _lines(rows: Sequence[Row[Any]]) -> list[Line]:
    """Return the rows in the reader's words. Everything is looked up once: the template only writes it down."""
    zh, now = language() == "zh", utc_now()
    severities = {code: say(words) for code, words in SEVERITIES.items()}
    codes = {code: say(words) for code, words in rules.CODES.items()}
    base, pages = url_for("rejections.register"), url_for("dispositions.register")
    return [Line(
        f"{base}{r.rejection_id}", r.number, f"{pages}{r.line_id}" if r.line_id else "", r.position,
        codes[r.code] if r.code else "", _state(r),
        "" if r.line_id else url_for("dispositions_deciding.decide", rejection_id=r.rejection_id),
        ((r.defect_zh or r.defect_en) if zh else (r.defect_en or r.defect_zh)) or "", severities[r.severity],
        called(r.item_code, r.item_zh, r.item_en, zh), r.lot or "", number(r.quantity), r.unit or "",
        "" if r.value is None else number(r.value), r.currency or "",
        called(r.place_code, r.place_zh, r.place_en, zh) or r.location
        or called(r.found_code, r.found_zh, r.found_en, zh),
        format_timedelta(now - r.held_at, granularity="minute")) for r in rows]


def _state(row: Row[Any]) -> str:
    """Return the state of what is decided of a hold: UNDECIDED, WAITING for the customer, or the line's own."""
    if row.line_id is None:
        return dispositions_register.UNDECIDED
    waits = row.state == "decided" and row.code in rules.CONCEDED and row.concession_id is None
    return WAITING if waits else row.state


def _filter() -> BoardFilter:
    """Return the filter row, filled from the address."""
    form = BoardFilter(request.args, translate=gettext, language=language())
    sites = chain.sites(reading(), person(), "dispositions.view")
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites)]
    form.unit.choices = [form.all(), *(SelectChoice(str(u.id), f"{u.code} {name(u)}")
                                       for s in sites for u in units_of(reading(), s.id, "operation"))]
    form.customer.choices = [form.all(), *(SelectChoice(str(u.id), f"{u.code} {name(u)}")
                                           for u in dispositions_register.customers(reading(), person()))]
    return form


def _steps(line: Disposition) -> list[dict[str, Any]]:
    """Return the buttons of the strip: what brings it on first, taking it back last."""
    offered = offers_for(person(), line)
    return ([_button(line, step) for step in offered if step not in QUIET]
            + [_button(line, step) | {"tone": ""} for step in offered if step in QUIET])


def _button(line: Disposition, step: str) -> dict[str, Any]:
    button = {"words": step_of(rules.STEPS, step).words, "icon": ICONS[step],
              "url": url_for(f"dispositions_steps.{step}", line_id=line.id)}
    return button | {"post": True, "fields": {"rev": line.rev}} if step in AT_ONCE else button
