"""The pages of quarantine: what stands where by age, the places, and their counts. Decides nothing."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.dispositions_quarantine import StockFilter
from qms.models.dispositions_quarantine import QuarantinePlace
from qms.rules import dispositions_quarantine as rules
from qms.rules.clock import utc_now
from qms.rules.rejections import SEVERITIES
from qms.rules.words import Words
from qms.web import needs, person, reading
from qms.web.language import language
from qms.web.page import name
from qms.workflows import chain
from qms.workflows import dispositions_quarantine as workflow
from qms.workflows import dispositions_quarantine_register as registers
from qms.workflows.chain_paging import Wish
from qms.workflows.trail import history

bp = Blueprint("dispositions_quarantine", __name__, url_prefix="/dispositions/quarantine")


@bp.get("/")
@needs("dispositions.view")
def register() -> str:
    """Show the places with what stands in each, and everything that is held, the oldest first."""
    form, wanted = _wanted()
    places = registers.places(reading(), person(), wanted.site_id)
    return render_template(
        "dispositions/quarantine.html", form=form, places=places, by_id={p.id: p for p in places},
        stocks=registers.stocks(reading(), person(), wanted.site_id), QUARANTINE=rules, now=utc_now(),
        page=registers.stock(reading(), person(), wanted, wish()), is_filtered=wanted != registers.Filter(),
        SEVERITIES=SEVERITIES, NOWHERE=registers.NOWHERE)


@bp.get("/places/<id:place_id>")
@needs("dispositions.view")
def place(place_id: int) -> str:
    """Show a place: what stands there by age, its counts, history."""
    found = workflow.one_place(reading(), person(), place_id)
    page = registers.stock(reading(), person(), registers.Filter(place=str(place_id)), wish())
    return render_template(
        "dispositions/quarantine_place.html", place=found, page=page, steps=_steps(found), QUARANTINE=rules,
        stock=registers.stocks(reading(), person(), found.site_id).get(place_id), now=utc_now(), SEVERITIES=SEVERITIES,
        counts=registers.counts(reading(), person(), place_id, Wish()).rows,
        history=history(reading(), [("quarantine_places", place_id)])[::-1])


@bp.get("/counts/")
@needs("dispositions.view")
def counts() -> str:
    """Show the register of counts."""
    place_id = request.args.get("place", type=id_or_none)
    return render_template("dispositions/quarantine_counts.html", place_id=place_id,
                           page=registers.counts(reading(), person(), place_id, wish()))


@bp.get("/counts/<id:count_id>")
@needs("dispositions.view")
def show_count(count_id: int) -> ResponseReturnValue:
    """Show a count: what was held, what was found, why they differ."""
    found = registers.one_count(reading(), person(), count_id)
    return render_template("dispositions/quarantine_count.html", count=found)


def wish() -> Wish:
    """Return which page of a register the address asks for."""
    return Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))


def _steps(found: QuarantinePlace) -> list[dict[str, Any]]:
    path = found.unit.path if found.unit else None
    if not person().may(workflow.KEEP, site_id=found.site_id, unit_path=path):
        return []
    pages = ((Words("Count", "盘点"), "clipboard-check", "count", found.active),
             (Words("Bring here", "移入此处"), "transfer-in", "bring", found.active),
             (Words("Edit", "编辑"), "pencil", "edit_place", True))
    return [{"words": words, "icon": icon, "url": url_for(f"dispositions_quarantine_keeping.{step}",
                                                          place_id=found.id)}
            for words, icon, step, offered in pages if offered]


def _wanted() -> tuple[StockFilter, registers.Filter]:
    """Return the filter row as the address fills it, and what it asks for."""
    form = StockFilter(request.args, translate=gettext, language=language())
    sites = chain.sites(reading(), person(), "dispositions.view")
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites)]
    form.place.choices = [form.all(), SelectChoice(registers.NOWHERE, gettext("In no place")),
                          *(SelectChoice(str(p.id), f"{p.code} {name(p)}")
                            for p in registers.places(reading(), person()) if p.active)]
    form.validate()
    wanted = registers.Filter(sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"),
                              place=form.chosen("place") or "")
    form.only_site()
    return form, wanted
