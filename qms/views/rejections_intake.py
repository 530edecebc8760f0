"""The register and the record page of what tablets sent. Decides nothing."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta

from qms.rules import rejections as rules
from qms.rules import rejections_intake as intake_rules
from qms.rules.errors import Invalid
from qms.rules.trail import YES_NO
from qms.rules.trail_columns import COLUMNS
from qms.rules.words import Words
from qms.web import needs, person, reading
from qms.web.language import say, time_zone
from qms.web.page import name
from qms.workflows import rejections_intake_register as pages
from qms.workflows import rejections_intake_shown as shown
from qms.workflows import rejections_intake_unparsed
from qms.workflows.exports_filters import filter_of
from qms.workflows.rejections_register import Mark
from qms.workflows.trail import Told, history

bp = Blueprint("rejections_intake", __name__, url_prefix="/rejections/tablets")

STEPS = {
    "confirm": ("rejections_intake_steps.confirm", Words("I made this record", "是本人所报"), "check", True),
    "not-mine": ("rejections_intake_steps.not_mine", Words("Not mine", "非本人所报"), "x", True),
    "review": ("rejections_intake_steps.review", Words("Reviewed", "已复核"), "eye", False),
    "countersign": ("rejections_intake_steps.countersign", Words("Countersign", "会签"), "pencil", False),
}


@bp.get("/")
@needs("rejections.view")
def register() -> ResponseReturnValue:
    """Show the register of records from tablets."""
    wanted, wrong = _wanted()
    before, after = (Mark.read(request.args.get(key, "")) for key in ("before", "after"))
    page = pages.page(reading(), person(), wanted, before=before, after=after)
    return render_template(
        "rejections/intake.html", page=page, wanted=wanted, wrong=wrong, PARTS=pages.PARTS, INTAKE=intake_rules,
        STATES=rules.STEPS.states, tablets=pages.tablets(reading(), person()),
        is_filtered=wanted != pages.Filter(zone=wanted.zone)), 422 if wrong else 200


@bp.get("/<id:intake_id>")
@needs("rejections.view")
def show(intake_id: int) -> str:
    """Show a record from a tablet: what was sent, what was made of it, when, by whom, and what is left to do."""
    found = shown.whole(reading(), person(), intake_id)
    return render_template(
        "rejections/intake_show.html", whole=found, intake=found.intake, rejection=found.rejection, INTAKE=intake_rules,
        STATES=rules.STEPS.states, REJECTION=rules, codes=intake_rules.split(found.intake.review),
        steps=[_button(step, found.intake) for step in found.steps], fields=_told_fields(found.fields),
        late=format_timedelta(found.late_by, granularity="minute") if found.late_by else "",
        history=_without_body(history(reading(), [("intakes", intake_id)])[::-1]))


@bp.get("/by-id/<uuid:client_id>")
@needs("rejections.view")
def by_id(client_id: Any) -> ResponseReturnValue:
    """Lead to the record that was taken under an id."""
    return redirect(url_for("rejections_intake.show", intake_id=shown.id_of(reading(), person(), str(client_id))))


@bp.get("/unreadable")
@needs("rejections.review")
def unreadable() -> str:
    """Show what tablets sent that could not be read."""
    return render_template("rejections/intake_unreadable.html",
                           unparsed=rejections_intake_unparsed.unparsed(reading(), person()))


@bp.get("/unreadable/<id:unparsed_id>/bytes")
@needs("rejections.review")
def unreadable_bytes(unparsed_id: int) -> Response:
    """Send such bytes as a file that no browser opens."""
    found = rejections_intake_unparsed.unparsed_bytes(reading(), person(), unparsed_id)
    answer = make_response(found.body)
    answer.content_type = "application/octet-stream"
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.client_id}.bin"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _wanted() -> tuple[pages.Filter, Invalid | None]:
    """Return what the address asks for; when it cannot be asked for, everything, and why."""
    try:
        return filter_of(pages.Filter, {**request.args.to_dict(), "zone": time_zone()}), None
    except Invalid as error:
        return pages.Filter(zone=time_zone()), error


def _button(step: str, intake: Any) -> dict[str, Any]:
    endpoint, words, icon, is_post = STEPS[step]
    button: dict[str, Any] = {"words": words, "icon": icon, "url": url_for(endpoint, intake_id=intake.id)}
    return button | ({"post": True} if is_post else {}) | ({"tone": ""} if step == "not-mine" else {})


def _told_fields(fields: list[shown.Field]) -> list[tuple[Words, str, str, bool]]:
    """Return (label, sent, made, differs) of each field as people read it."""
    return [(COLUMNS[f.name], _told(f.name, f.sent), _told(f.name, f.made), f.differs) for f in fields]


def _told(field: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return say(YES_NO[value])
    if field == "kind" and value in rules.KINDS:
        return say(rules.KINDS[value])
    number = getattr(value, "number", None)
    if number is not None:
        return str(number)
    code = getattr(value, "code", None)
    if code is not None:
        return f"{code} {name(value)}"
    return f"#{value}" if field.endswith("_id") and field != "lot_id" else str(value)


def _without_body(told: list[Told]) -> list[dict[str, Any]]:
    """Return the history without the body, which the page shows field by field."""
    body = COLUMNS["body"]
    return [{"at": one.at, "who": one.who, "action": one.action, "reason": one.reason,
             "changes": [change for change in one.changes if change[0] != body]} for one in told]


