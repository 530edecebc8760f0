"""Making and changing lots and their genealogy. Decides nothing."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import LotForm, id_or_none
from qms.models.chain import Lot, Site
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import chain
from qms.workflows import chain_registers as registers

bp = Blueprint("chain_lots", __name__, url_prefix="/chain/lots")


@bp.route("/add", methods=["GET", "POST"])
@needs("chain.edit")
def add() -> ResponseReturnValue:
    """Make a lot."""
    site = chain.site_to_edit(reading(), person(), request.args.get("site", type=id_or_none))
    sites = chain.sites(reading(), person(), "chain.edit")
    form = _form(site)
    if form.ready:
        with saving(form, "chain.add_lot") as session:
            lot = chain.add_lot(session, person(), site_id=site.id, **_entered(session, form, site))
        if form.saved:
            flash(gettext("The lot was added."), "success")
            return redirect(url_for("chain.lot", lot_id=lot.id))
    return _draw(form, gettext("Add a lot"), url_for("chain.lots"), site=site, sites=sites)


@bp.route("/<id:lot_id>/edit", methods=["GET", "POST"])
@needs("chain.edit")
def edit(lot_id: int) -> ResponseReturnValue:
    """Change a lot and what it was made from."""
    lot = chain.one(reading(), person(), Lot, lot_id)
    site = reading().get_one(Site, lot.site_id)
    form = _form(site, lot)
    if form.ready:
        with saving(form, "chain.edit_lot") as session:
            chain.edit_lot(session, person(), lot_id, form.read_at, **_entered(session, form, site))
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.lot", lot_id=lot_id))
    return _draw(form, lot.number, url_for("chain.lot", lot_id=lot_id))


def _form(site: Site, lot: Lot | None = None) -> LotForm:
    """Return the form of a lot; times are shown in the site's zone."""
    shown: dict[str, Any] = {}
    if lot is not None:
        sources, _made = registers.genealogy(reading(), lot.id)
        shown = {"rev": lot.rev, "number": lot.number, "item_id": lot.item_id, "quantity": lot.quantity,
                 "made_at": lot.made_at.astimezone(ZoneInfo(site.time_zone)) if lot.made_at else None,
                 "sources": [(row.source.number, row.quantity) for row in sources]}
    form = filled(LotForm, **shown)
    items = {item.id: item for item in registers.items_of(reading(), site.id)}
    if lot is not None:
        items[lot.item_id] = lot.item
    form.item_id.choices = [SelectChoice("", gettext("Choose an item")),
                            *(SelectChoice(str(i.id), f"{i.code} {name(i)}") for i in items.values())]
    return form


def _entered(session: Session, form: LotForm, site: Site) -> dict[str, Any]:
    """Return what was entered: source lots by id, the time as an instant."""
    values = form.values()
    values["sources"] = chain.sources_by_number(session, site.id, values["sources"] or [])
    if values["made_at"] is not None:
        values["made_at"] = values["made_at"].replace(tzinfo=ZoneInfo(site.time_zone))
    return values


def _draw(form: LotForm, words: str, back: str, **more: object) -> tuple[str, int]:
    return render_template(
        "chain/form.html", form=form, words=words, back=back, button=gettext("Save"),
        groups=(("number", "item_id"), ("quantity", "made_at"), ("sources",)),
        trail=[(gettext("Lots"), url_for("chain.lots"))], **more), form.status
