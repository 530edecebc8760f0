"""The register and the record page of rejections. Decides nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta
from markupsafe import Markup, escape
from sqlalchemy import Row

from qms.models.rejections import Rejection
from qms.rules import (
    dispositions,
    dispositions_board,
    dispositions_concessions,
    dispositions_notices,
    rejections_intake,
)
from qms.rules import rejections as rules
from qms.rules.acceptance import HANDOVER
from qms.rules.accounts import ROLES
from qms.rules.actions import STEPS as CASE
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid
from qms.rules.service_complaints import STEPS as COMPLAINT
from qms.rules.words import Words
from qms.web import needs, person, reading
from qms.web.language import language, say, time_zone
from qms.web.page import called
from qms.workflows import (
    actions_repeats,
    attachments,
    customers_complaints_register,
    dispositions_shown,
    rejections_thanks,
    service_complaints_register,
)
from qms.workflows import rejections_register as pages
from qms.workflows import rejections_shown as shown
from qms.workflows.actions_sources import of_record
from qms.workflows.controls_register import opened_by
from qms.workflows.customers_requirements import that_bite
from qms.workflows.dispositions_concessions_shown import of_rejection
from qms.workflows.exports_filters import filter_of
from qms.workflows.rejections_intake_shown import on_record
from qms.workflows.rejections_offers import Offers, offers_for
from qms.workflows.trail import history
from qms.workflows.trail_signatures import signatures_of

bp = Blueprint("rejections", __name__, url_prefix="/rejections")


MINUTE = timedelta(minutes=1)
STEP_PAGES = {
    "ask": ("rejections_steps.ask", Words("Ask every place", "启动围堵"), "list-check"),
    "contain": ("rejections_steps.containment", Words("Answer containment", "填写围堵清单"), "list-check"),
    "decide": ("dispositions_deciding.decide", Words("Decide the disposition", "决定处置"), "gavel"),
    "release": ("rejections_steps.release", Words("Release after re-inspection", "复检后解除冻结"), "lock-open"),
    "complete": ("rejections_complete.complete", Words("Complete", "补全"), "checklist"),
    "correct": ("rejections_steps.correct", Words("Correct", "更正"), "pencil"),
    "void": ("rejections_steps.void", Words("Void", "作废"), ""),
}
ORIGIN_ICONS = {"assume": "pencil", "confirm": "check", "contest": "flag", "decide": "scale"}
ORIGIN_WORDS = {step.name: step.words for step in rules.ORIGIN_STEPS.steps}


class Line(NamedTuple):
    """One line of the register, ready to be shown."""

    url: str
    number: str
    kind: str
    state: str
    item: str
    lot: str
    defect: str
    severity: str
    quantity: str
    unit: str
    found: str
    origin: str
    origin_state: str
    escape: str
    at: str
    other_at: str


@bp.get("/")
@needs("rejections.view")
def register() -> ResponseReturnValue:
    """Show the register of rejections."""
    wanted, wrong = _wanted()
    before, after = (pages.Mark.read(request.args.get(key, "")) for key in ("before", "after"))
    page = pages.page(reading(), person(), wanted, before=before, after=after)
    return render_template(
        "rejections/register.html", lines=_lines(page.rows, by_found=wanted.sorted_by_found), page=page, wanted=wanted,
        wrong=wrong, pickers=_pickers(wanted), named=shown.named(reading(), person(), wanted),
        is_filtered=wanted != pages.Filter(zone=wanted.zone, by_found=wanted.by_found), REJECTION=rules,
    ), 422 if wrong else 200



@bp.get("/<id:rejection_id>")
@needs("rejections.view")
def show(rejection_id: int) -> str:
    """Show a rejection: facts, thread, holds, containment, origin and the way of the defect, history."""
    rejection = shown.whole(reading(), person(), rejection_id)
    lines, reviews = dispositions_shown.of_rejection(reading(), rejection_id), dispositions_shown.reviews_of(
        reading(), rejection_id)
    offers = offers_for(person(), rejection, dispositions_shown.decided_holds(lines))
    thanks = rejections_thanks.thanks_of(reading(), rejection_id)
    concessions, notices = of_rejection(reading(), rejection_id)
    return render_template(
        "rejections/show.html", rejection=rejection,
        complaints=customers_complaints_register.of_rejection(reading(), rejection_id) if person().may(
            "customers.view") else [], requirements=that_bite(reading(), person(), item_id=rejection.item_id),
        REJECTION=rules, HANDOVER=HANDOVER, INTAKE=rejections_intake,
        lines=lines, reviews=reviews, DISPOSITION=dispositions, BOARD=dispositions_board, ROLES=ROLES,
        may_ask="decide" in offers.steps and not any(review.state == "asked" for review in reviews),
        concessions=concessions, notices=notices, CONCESSION=dispositions_concessions, NOTICE=dispositions_notices,
        tablet=on_record(reading(), rejection_id), thanks=thanks, failed_test=opened_by(reading(), rejection_id),
        cases=of_record(reading(), person(), "rejections", rejection_id), CASE=CASE, COMPLAINT=COMPLAINT,
        internal_complaints=service_complaints_register.of_record(reading(), person(), "rejections", rejection_id),
        repeated=actions_repeats.of_rejection(reading(), person(), rejection),
        thank_url=url_for("rejections_complete.thank", rejection_id=rejection_id)
        if rejections_thanks.may_thank(person(), rejection, thanks) else "",
        handovers=shown.handovers_of(reading(), rejection), others=shown.others_of_lot(reading(), rejection),
        passages=[p for p in rejection.passages if p.active], offers=offers, steps=_steps(rejection, offers),
        origin_steps=[_button(f"rejections_origins.{name}", ORIGIN_WORDS[name], ORIGIN_ICONS[name], rejection, tone="")
                      for name in offers.origin],
        photos=attachments.photos_of(reading(), person(), "rejections", rejection_id),
        age=format_timedelta(utc_now() - rejection.found_at, granularity="minute"),
        signatures=[*signatures_of(reading(), "rejections", [rejection_id], rejection.site.time_zone),
                    *signatures_of(reading(), "dispositions", [line.id for line in lines], rejection.site.time_zone)],
        history=history(reading(), shown.records_of(rejection))[::-1])


@bp.get("/board")
@needs("rejections.view")
def board() -> str:
    """Show what was found in the last 24 hours, by unit and origin, newest first."""
    found = shown.last_day(reading(), person())
    return render_template("rejections/board.html", found=found, REJECTION=rules)


def _steps(rejection: Rejection, offers: Offers) -> list[dict[str, Any]]:
    """Return the buttons of the strip."""
    buttons = []
    for name in offers.steps:
        endpoint, words, icon = STEP_PAGES[name]
        more: dict[str, Any] = {"post": True, "fields": {"rev": rejection.rev}} if name == "ask" else {}
        if name == "release":
            buttons.append({"words": words, "icon": icon, "url": url_for(endpoint, hold_id=offers.holds[0])
                            if len(offers.holds) == 1 else "#holds"})
        else:
            buttons.append(_button(endpoint, words, icon, rejection, **more))
    label = _button("rejections_tags.label", Words("Print tag", "打印标识卡"), "qrcode", rejection, tone="")
    last = [b | {"tone": "danger"} for b in buttons if b["words"] == STEP_PAGES["void"][1]]
    return [*(b for b in buttons if b["words"] != STEP_PAGES["void"][1]), label, *last]


def _button(endpoint: str, words: Words, icon: str, rejection: Rejection, **more: Any) -> dict[str, Any]:
    return {"words": words, "icon": icon, "url": url_for(endpoint, rejection_id=rejection.id)} | more


def _wanted() -> tuple[pages.Filter, Invalid | None]:
    """Return what the address asks for; when it cannot be asked for, everything, and why."""
    args = {**request.args.to_dict(), "zone": time_zone(), "sites": ""}
    try:
        return filter_of(pages.Filter, args), None
    except Invalid as error:
        return pages.Filter(zone=time_zone()), error


def _lines(rows: Sequence[Row[Any]], *, by_found: bool) -> list[Line]:
    """Return the rows in the reader's words. Everything is looked up once: the template only writes it down."""
    words = {name: {code: say(pair) for code, pair in pairs.items()} for name, pairs in (
        ("kind", rules.KINDS), ("severity", rules.SEVERITIES), ("origin", rules.ORIGIN_STATES))}
    zone, zh = ZoneInfo(time_zone()), language() == "zh"
    base = url_for("rejections.register")
    lines = []
    for r in rows:
        at, other = (r.found_at, r.received_at) if by_found else (r.received_at, r.found_at)
        lines.append(Line(
            f"{base}{r.id}", r.number, words["kind"][r.kind], r.state, called(r.item_code, r.item_zh, r.item_en, zh),
            r.lot_number or "", called(r.defect_code, r.defect_zh, r.defect_en, zh), words["severity"][r.severity],
            f"{r.quantity:,}", r.unit or "", called(r.found_code, r.found_zh, r.found_en, zh),
            called(r.origin_code, r.origin_zh, r.origin_en, zh), words["origin"][r.origin_state],
            "" if r.escape_class == "unknown" else r.escape_class, _minute(at, zone),
            _minute(other, zone) if abs(other - at) >= MINUTE else ""))
    return lines


def _minute(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(" ")[:16]


def _pickers(wanted: pages.Filter) -> dict[str, Markup]:
    """Map each filter that picks a record to its options; a site only where there are several."""
    choices = shown.choices(reading(), person())
    rows = {"site_id": choices.sites, "found_unit_id": choices.units, "origin_unit_id": choices.units,
            "defect_id": choices.defects}
    return {key: _picker(found, getattr(wanted, key)) for key, found in rows.items() if found}


@lru_cache(maxsize=64)
def _options(rows: tuple[tuple[int, str, str, str], ...], zh: bool) -> str:
    """Return records (id, code, name_zh, name_en) as the options of a select, which has a thousand of them at times."""
    return "\n".join(f'<option value="{i}">{escape(called(code, name_zh, name_en, zh))}</option>'
                     for i, code, name_zh, name_en in rows)


def _picker(rows: Sequence[Row[Any]], chosen: int | None) -> Markup:
    """Return the options of a filter with the chosen one marked."""
    options = _options(tuple(map(tuple, rows)), language() == "zh")
    if chosen is not None:
        options = options.replace(f'value="{chosen}"', f'value="{chosen}" selected', 1)
    return Markup(options)  # noqa: S704
