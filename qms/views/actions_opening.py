"""Opening a corrective action, from a record or by itself. Decides nothing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.actions import OpenForm
from forms.chain import id_or_none
from qms.models.chain import Defect, Item, Lot, Unit
from qms.rules.actions import SOURCES
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import actions, chain, rejections_lookup
from qms.workflows.actions_told import Told, told
from qms.workflows.chain_registers import units_of
from qms.workflows.customers_requirements import that_bite

bp = Blueprint("actions_opening", __name__, url_prefix="/actions/open")


@bp.route("/", methods=["GET", "POST"])
@needs("actions.open")
def open_action() -> ResponseReturnValue:
    """Open a case; `kind` and `id` in the address name the record that it comes from."""
    source = _source()
    found = told(reading(), person(), *source) if source else None
    form = _form(found)
    if form.ready:
        with saving(form, "actions.open") as session:
            made = actions.open_action(session, person(), site_id=form.site_id.data, title=form.title.data or "",
                                       sources=[source] if source else [], **_given(session, form))
        if form.saved:
            flash(gettext("%(number)s is open, its clocks run.", number=made.number), "success")
            return redirect(url_for("actions.show", action_id=made.id))
    return render_template("actions/open.html", requirements=that_bite(
        reading(), person(), item_id=found.item_id, customer_id=found.customer_id) if found else [],
        form=form, found=found, source=source, SOURCES=SOURCES), form.status


def _source() -> tuple[str, int] | None:
    kind, record_id = request.args.get("kind", ""), request.args.get("id", type=id_or_none)
    return (kind, record_id) if kind and record_id is not None and 0 < record_id < 10**18 else None


def _form(found: Told | None) -> OpenForm:
    """Return the form with what the source tells, and the choices of its site."""
    sites = chain.sites(reading(), person(), "actions.open")
    if found is not None:
        sites = [site for site in sites if site.id == found.site_id]
    form = filled(OpenForm, **({} if found is None else _as_told(found)))
    form.site_id.choices = [SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites]
    units = [u for s in sites for u in units_of(reading(), s.id)]
    nobody = SelectChoice("", gettext("Not known"))
    inside = [SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units]
    form.origin_unit_id.choices = form.detecting_unit_id.choices = [nobody, *inside]
    form.customer_id.choices = [SelectChoice("", gettext("None: found inside")), *(
        SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units if u.kind == "customer")]
    return form


def _as_told(found: Told) -> dict[str, Any]:
    def called(model: Any, record_id: int | None) -> Any:
        record = reading().get(model, record_id) if record_id is not None else None
        return "" if record is None else f"{record.code} {name(record)}"

    item, defect = called(Item, found.item_id), called(Defect, found.defect_id)
    lot = reading().get(Lot, found.lot_id) if found.lot_id is not None else None
    where = reading().get(Unit, found.detecting_unit_id) if found.detecting_unit_id is not None else None
    title = ", ".join(part for part in (defect, item) if part) or (f"{where.code} {name(where)}" if where else "")
    return {"site_id": found.site_id, "title": title, "severity": found.severity, "safety": found.safety,
            "symptom": found.symptom, "item": item, "defect": defect, "lot": lot.number if lot else "",
            "origin_unit_id": found.origin_unit_id, "detecting_unit_id": found.detecting_unit_id,
            "customer_id": found.customer_id}


def _given(session: Session, form: OpenForm) -> dict[str, Any]:
    """Return what the workflow is told: ids for what was typed."""
    site_id = form.site_id.data
    same = ("severity", "origin_unit_id", "detecting_unit_id", "customer_id", "customer_ref", "symptom",
            "route", "route_reason")
    return {key: form[key].data or None for key in same} | {
        "safety": form.safety.data, "item_id": rejections_lookup.item_id(session, site_id, form.item.data),
        "defect_id": rejections_lookup.defect_id(session, site_id, form.defect.data),
        "lot_id": rejections_lookup.lot_id(session, site_id, form.lot.data)}
