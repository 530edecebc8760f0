"""Reporting a rejection at the desk: what, where, how many. Decides nothing."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.rejections import ReportForm
from qms.models.rejections import Rejection
from qms.rules.errors import Doubled, Invalid
from qms.rules.pictures import zone_text
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.workflows import chain_pictures, rejections, rejections_lookup

bp = Blueprint("rejections_report", __name__, url_prefix="/rejections/report")

PLAIN = ("kind", "found_unit_id", "quantity", "whole_lot", "origin_unit_id", "client_id")
TEXTS = ("severity", "zone", "requirement", "actual", "note", "location")


@bp.route("/", methods=["GET", "POST"])
@needs("rejections.report")
def report() -> ResponseReturnValue:
    """Report a rejection; `found_unit_id`, `lot`, `item`, `kind` and `handover_id` in the address are proposed."""
    form = _form()
    if form.ready:
        with saving(form, "rejections.report") as session:
            made = rejections.report(session, person(), **_given(session, form))
        if isinstance(form.refusal, Doubled):
            return _sent_before(form)
        if form.refusal is not None and form.refusal.field == "item_id":
            form.refuse(Invalid(*form.refusal.words, field="item"), language())
        if form.saved:
            flash(gettext("%(number)s: reported and held. Print the tag and put it on the parts.", number=made.number),
                  "success")
            return redirect(url_for("rejections.show", rejection_id=made.id))
    return render_template("rejections/report.html", form=form), form.status


@bp.get("/lots")
@needs("rejections.report")
def lots() -> str:
    """Offer the lots whose number begins like `lot`."""
    found = rejections_lookup.lots_like(reading(), person(), request.args.get("lot", ""))
    return render_template("rejections/_offers.html", offers=[
        (lot.number, f"{lot.item.code} {name(lot.item)}, {lot.quantity:,} {lot.item.unit}") for lot in found])


@bp.get("/items")
@needs("rejections.report")
def items() -> str:
    """Offer the items that `item` may mean."""
    found = rejections_lookup.items_like(reading(), person(), request.args.get("item", ""))
    return render_template("rejections/_offers.html", offers=[(f"{x.code} {name(x)}", x.initials) for x in found])


@bp.get("/defects")
@needs("rejections.report")
def defects() -> str:
    """Offer the defects that `defect` may mean."""
    found = rejections_lookup.defects_like(reading(), person(), request.args.get("defect", ""))
    return render_template("rejections/_offers.html", offers=[(f"{x.code} {name(x)}", x.initials) for x in found])


@bp.get("/zones")
@needs("rejections.report")
def zones() -> str:
    """Offer the zones on the picture of the item that `lot` or `item` may mean; nothing where there is none."""
    args = request.args
    item_id = rejections_lookup.item_meant(reading(), person(), args.get("found_unit_id", type=id_or_none),
                                           args.get("lot", ""), args.get("item", ""))
    picture = chain_pictures.item_picture(reading(), item_id) if item_id is not None else None
    return render_template("rejections/_zones.html", picture=picture, chosen=args.get("zone", ""), zone_text=zone_text)


def _form() -> ReportForm:
    proposed: dict[str, Any] = {key: request.args[key] for key in ("lot", "item") if key in request.args}
    proposed |= {"kind": request.args.get("kind", "not_accepted"),
                 "handover_id": request.args.get("handover_id", type=id_or_none)}
    units = rejections_lookup.units_to_report_in(reading(), person())
    own = request.args.get("found_unit_id", type=id_or_none) or rejections_lookup.home_of(reading(), person())
    form = filled(ReportForm, client_id=str(uuid.uuid4()), found_unit_id=own, **proposed)
    offered = [SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units]
    form.found_unit_id.choices = [SelectChoice("", gettext("Choose a unit")), *offered]
    sites = {u.site_id for u in units}
    makers = [u for site in sorted(sites) for u in rejections_lookup.units_of_site(reading(), site, producing=True)]
    form.origin_unit_id.choices = [SelectChoice("", gettext("As the chain says")),
                                   *(SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in makers)]
    return form


def _given(session: Session, form: ReportForm) -> dict[str, Any]:
    """Return what the workflow is told: ids for what was typed."""
    site_id = rejections_lookup.site_of_unit(session, form.found_unit_id.data)
    given: dict[str, Any] = {key: form[key].data or None for key in PLAIN}
    given |= {key: (form[key].data or "").strip() or None for key in TEXTS}
    return given | {
        "whole_lot": bool(form.whole_lot.data), "handover_id": form.handover_id.data,
        "lot_id": rejections_lookup.lot_id(session, site_id, form.lot.data),
        "item_id": rejections_lookup.item_id(session, site_id, form.item.data),
        "defect_id": rejections_lookup.defect_id(session, site_id, form.defect.data)}


def _sent_before(form: ReportForm) -> ResponseReturnValue:
    """Lead to what the same form has recorded already."""
    made: Rejection | None = rejections_lookup.by_client_id(reading(), form.client_id.data or "")
    if made is None:
        return render_template("rejections/report.html", form=form), form.status
    return redirect(url_for("rejections.show", rejection_id=made.id))
