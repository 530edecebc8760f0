"""The register, the page and the printed record of first pieces and patrols. Decides nothing."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.acceptance_pieces import PiecesFilter
from qms.models.acceptance_pieces import PieceCheck
from qms.rules import acceptance_pieces as rules
from qms.rules.acceptance import requirement
from qms.rules.acceptance_pieces_sheet import LEAST_COLUMNS, SHEET
from qms.rules.clock import utc_now
from qms.rules.steps import step_of
from qms.rules.words import Words
from qms.web import needs, person, reading
from qms.web.language import language, time_zone
from qms.web.page import name
from qms.workflows import acceptance_pieces_register as register
from qms.workflows import acceptance_shown
from qms.workflows.acceptance_pieces_offers import Offers, offers_for
from qms.workflows.acceptance_pieces_standards import asked_by, standard_of
from qms.workflows.acceptance_register import Mark
from qms.workflows.trail import history

bp = Blueprint("acceptance_pieces", __name__, url_prefix="/acceptance/inspections")

BY_ADDRESS = ("item_id", "lot_id", "stop_id")


def shown(template: str, **values: Any) -> str:
    """Draw a page with the words of inspections."""
    return render_template(template, PIECES=rules, requirement=requirement, age=age, late=late, **values)


@bp.get("/")
@needs("acceptance.view")
def inspections() -> str:
    """Show the register of first pieces and patrols."""
    form, wanted = _wanted()
    before, after = (Mark.read(request.args.get(key, "")) for key in ("before", "after"))
    page = register.page(reading(), person(), wanted, before=before, after=after)
    return shown("acceptance/pieces.html", form=form, page=page, wanted=wanted,
                 is_filtered=wanted != register.Filter(zone=wanted.zone))


@bp.get("/<id:check_id>")
@needs("acceptance.view")
def show(check_id: int) -> str:
    """Show an inspection: what it is for, its verdicts and readings, history."""
    check = register.whole(reading(), person(), check_id)
    standard = standard_of(reading(), check, check.item_id)
    return shown("acceptance/piece.html", check=check, standard=standard, steps=_steps(check),
                 readings=_by_characteristic(check), verdicts=verdicts_of(check),
                 history=history(reading(), [("piece_checks", check_id)])[::-1])


@bp.get("/<id:check_id>/sheet")
@needs("acceptance.view")
def sheet(check_id: int) -> ResponseReturnValue:
    """Show the record of an inspection for paper; filled in as far as it was judged."""
    check = register.whole(reading(), person(), check_id)
    standard = standard_of(reading(), check, check.item_id)
    wanted = request.args.get("words")
    return shown("acceptance/piece_sheet.html", check=check, standard=standard, SHEET=SHEET,
                 asked=asked_by(reading(), standard), readings=_by_characteristic(check), verdicts=verdicts_of(check),
                 columns=max(LEAST_COLUMNS, check.pieces or 0), shift=register.shift_of(reading(), check),
                 words=wanted if wanted in {"zh", "en", "both"} else language())


def age(since: datetime) -> str:
    """Return how long something has waited, in the reader's words."""
    told: str = format_timedelta(utc_now() - since, granularity="minute")
    return told


def late(check: PieceCheck) -> str:
    """Return the tone of an inspection's clock."""
    return "late" if rules.is_overdue(check.state, check.due_at, utc_now()) else "soon"


def verdicts_of(check: PieceCheck) -> list[dict[str, Any]]:
    """Return the verdicts of an inspection in their order; `good` is None for one that is not given."""
    return [{"name": name, "words": words, "good": getattr(check, f"{name}_good"), "by": getattr(check, f"{name}_by"),
             "at": getattr(check, f"{name}_at")} for name, words in rules.VERDICTS.items()
            if not (check.kind == "patrol" and name == "self")]


def _steps(check: PieceCheck) -> list[dict[str, Any]]:
    """Return the buttons of the strip."""
    offers: Offers = offers_for(person(), check)
    table = rules.table_of(check.kind)
    found: list[dict[str, Any]] = [
        {"words": step_of(table, f"judge_{verdict}").words, "icon": "clipboard-check",
         "url": url_for("acceptance_pieces_judging.judge", check_id=check.id, verdict=verdict)}
        for verdict in offers.verdicts]
    if check.state == "failed" and person().may("rejections.report", site_id=check.site_id, unit_path=check.unit.path):
        found.append({"words": Words("Report a rejection", "报告不合格"), "icon": "ban", "url": url_for(
            "rejections_report.report", kind="not_made", found_unit_id=check.unit_id,
            lot=check.lot.number if check.lot else None, item=check.item.code if check.item else None)})
    found.append({"words": Words("Print the record", "打印记录"), "icon": "printer", "tone": "",
                  "url": url_for("acceptance_pieces.sheet", check_id=check.id)})
    if offers.miss:
        found.append({"words": Words("Was not done", "标记未做"), "tone": "",
                      "url": url_for("acceptance_pieces_judging.miss", check_id=check.id)})
    return found


def _by_characteristic(check: PieceCheck) -> dict[int, dict[str, dict[int, Any]]]:
    """Map characteristic -> verdict -> piece -> reading."""
    found: dict[int, dict[str, dict[int, Any]]] = {}
    for r in check.readings:
        found.setdefault(r.characteristic_id, {}).setdefault(r.verdict, {})[r.piece] = r
    return found


def _wanted() -> tuple[PiecesFilter, register.Filter]:
    """Return the filter row as the address fills it, and what it asks for."""
    form = PiecesFilter(request.args, translate=gettext, language=language())
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}")
                                       for s in acceptance_shown.sites_of(reading(), person()))]
    form.unit_id.choices = [form.all(), *(SelectChoice(str(u.id), f"{u.code} {name(u)}")
                                          for u in register.units_inspected(reading(), person()))]
    form.validate()
    wanted = register.Filter(
        site_id=form.chosen("site"), unit_id=form.chosen("unit_id"), state=form.chosen("state") or None,
        kind=form.chosen("kind") or None, reason=form.chosen("reason") or None, waiting=bool(form.chosen("waiting")),
        first=form.chosen("first"), last=form.chosen("last"), zone=time_zone(),
        **{key: form[key].data for key in BY_ADDRESS})
    form.only_site()
    for key in BY_ADDRESS:
        if not form[key].data:
            del form[key]
    return form, wanted
