"""Making and changing quarantine places, bringing product there, counting. Decides nothing."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import Form
from forms.dispositions_quarantine import BringForm, ChangedPlaceForm, CountForm, NewPlaceForm, PlaceForm
from qms.rules.clock import utc_now
from qms.rules.dispositions import CODES
from qms.rules.dispositions_quarantine import Extra, Found
from qms.rules.rejections import SEVERITIES
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import chain
from qms.workflows import dispositions_quarantine as workflow
from qms.workflows import dispositions_quarantine_register as registers
from qms.workflows.chain_paging import Wish
from qms.workflows.chain_registers import units_of
from qms.workflows.dispositions_register import lines_of

bp = Blueprint("dispositions_quarantine_keeping", __name__, url_prefix="/dispositions/quarantine/places")

EXTRA_LINES = 4


@bp.route("/add", methods=["GET", "POST"])
@needs("dispositions.quarantine")
def add_place() -> ResponseReturnValue:
    """Make a place."""
    sites = chain.sites(reading(), person(), workflow.KEEP)
    form = filled(NewPlaceForm)
    form.site_id.choices = [SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites]
    _offer_units(form, [site.id for site in sites])
    if form.ready:
        with saving(form, "dispositions.add_place") as session:
            made = workflow.add_place(session, person(), **form.values())
        if form.saved:
            flash(gettext("The place is marked."), "success")
            return redirect(url_for("dispositions_quarantine.place", place_id=made.id))
    return _draw_place(form, gettext("Add a place"), url_for("dispositions_quarantine.register"))


@bp.route("/<id:place_id>/edit", methods=["GET", "POST"])
@needs("dispositions.quarantine")
def edit_place(place_id: int) -> ResponseReturnValue:
    """Change a place, or take it out of use."""
    held = workflow.one_place(reading(), person(), place_id)
    form = filled(ChangedPlaceForm, obj=held)
    _offer_units(form, [held.site_id])
    if form.ready:
        with saving(form, "dispositions.edit_place") as session:
            workflow.edit_place(session, person(), place_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("dispositions_quarantine.place", place_id=place_id))
    return _draw_place(form, f"{held.code} {name(held)}", url_for("dispositions_quarantine.place", place_id=place_id))


@bp.route("/<id:place_id>/bring", methods=["GET", "POST"])
@needs("dispositions.quarantine")
def bring(place_id: int) -> ResponseReturnValue:
    """Bring what is held to a place: what stands nowhere is offered, or what is searched for."""
    form = filled(BringForm)
    if form.ready:
        with saving(form, "dispositions.bring") as session:
            workflow.bring(session, person(), place_id, form.hold, form.read_at)
        if form.saved:
            flash(gettext("It stands here now."), "success")
            return redirect(request.full_path)
    place = workflow.one_place(reading(), person(), place_id)
    sought = request.args.get("q", "")[:100].strip()
    page = registers.stock(reading(), person(), registers.Filter(
        sought=sought, site_id=place.site_id, place="" if sought else registers.NOWHERE), Wish(
            after=request.args.get("after", "")[:300]))
    return render_template("dispositions/quarantine_bring.html", form=form, place=place, page=page, sought=sought,
                           now=utc_now(), SEVERITIES=SEVERITIES,
                           by_id={p.id: p for p in registers.places(reading(), person())}), form.status


@bp.route("/<id:place_id>/count", methods=["GET", "POST"])
@needs("dispositions.quarantine")
def count(place_id: int) -> ResponseReturnValue:
    """Count a place: every hold that stands there, and what stands there besides."""
    form = filled(CountForm)
    if form.ready:
        with saving(form, "dispositions.count") as session:
            made = workflow.count(session, person(), place_id, found=_found(request.form),
                                  extras=_extras(request.form), note=form.note.data)
        if form.saved:
            flash(gettext("The count is recorded."), "success")
            return redirect(url_for("dispositions_quarantine.show_count", count_id=made.id))
    place = workflow.one_place(reading(), person(), place_id)
    holds = registers.whole_stock(reading(), person(), place_id)
    return render_template("dispositions/quarantine_counting.html", form=form, place=place, holds=holds,
                           lines=lines_of(reading(), [hold.id for hold in holds]), CODES=CODES,
                           sent=request.form, extra_lines=range(EXTRA_LINES)), form.status


def _found(sent: Mapping[str, str]) -> dict[int, Found]:
    """Read what was counted of each hold."""
    ids = [key.removeprefix("counted-") for key in sent if key.startswith("counted-")]
    return {int(i): Found(_pieces(sent[f"counted-{i}"]), _text(sent, f"why-{i}"))
            for i in ids if i.isdecimal() and len(i) < 18}


def _extras(sent: Mapping[str, str]) -> list[Extra]:
    """Read what stands there and is held nowhere; empty lines say nothing."""
    named = [(n, _text(sent, f"extra-as-{n}")) for n in range(EXTRA_LINES)]
    return [Extra(said, _pieces(sent.get(f"extra-counted-{n}", "")), _text(sent, f"extra-why-{n}"))
            for n, said in named if said]


def _pieces(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def _text(sent: Mapping[str, str], key: str) -> str | None:
    return sent.get(key, "").strip()[:500] or None


def _offer_units(form: PlaceForm, sites: list[int]) -> None:
    form.unit_id.choices = [SelectChoice("", gettext("None: of the whole plant")), *(
        SelectChoice(str(u.id), f"{u.code} {name(u)}") for site_id in sites for u in units_of(reading(), site_id))]


def _draw_place(form: Form, title: str, back: str) -> ResponseReturnValue:
    return render_template("dispositions/quarantine_edit.html", form=form, title=title, back=back), form.status
